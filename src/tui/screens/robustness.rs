//! How far the result may be trusted: the AUC by each way of asking, the study's split among many, the controls, outcomes
//! dealt at random, how often each feature is chosen again, and what other choices would have given.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::{CHART_WITH_PARTS, ChartState, turn};
use crate::figure::controls::ControlsInput;
use crate::figure::estimates::EstimatesInput;
use crate::figure::frequency::FrequencyInput;
use crate::figure::multiverse::MultiverseInput;
use crate::figure::permutations::PermutationsInput;
use crate::figure::resplits::ResplitsInput;
use crate::figure::{Chart, Figure, Results};
use crate::message::english::robustness as words;
use crate::tui::command::{Command, Group};
use crate::tui::effect::Effect;
use crate::tui::screen::{Identity, Screen, ScreenName, View};
use crate::tui::snapshot::Snapshot;
use crate::tui::widgets::{above, below, left_of, right_of};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("robustness"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: Some(EstimatesInput::NEEDS),
};

/// The screen.
#[derive(Default)]
pub struct Robustness {
    chart: ChartState,
    part: usize,
}

/// What can be drawn, one after the other.
fn figures(results: &Results) -> Vec<Figure> {
    fn of<C: Chart>(results: &Results) -> Option<Figure> {
        results.first::<C>().and_then(Chart::figure)
    }
    [
        of::<EstimatesInput>(results),
        of::<ResplitsInput>(results),
        of::<ControlsInput>(results),
        of::<PermutationsInput>(results),
        of::<FrequencyInput>(results),
        of::<MultiverseInput>(results),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Screen for Robustness {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        !figures(&snapshot.results).is_empty()
    }

    fn groups(&self) -> &'static [&'static Group] {
        CHART_WITH_PARTS
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let figures = figures(&view.snapshot.results);
        if matches!(command, Command::NextPart | Command::PreviousPart) {
            self.part = turn(self.part, figures.len(), command == Command::NextPart);
            self.chart.first_row = 0;
            self.chart.cursor = None;
            return Vec::new();
        }
        self.chart.obey(command, figures.get(self.part)).unwrap_or_default()
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let figures = figures(&view.snapshot.results);
        self.part = self.part.min(figures.len().saturating_sub(1));
        let Some(figure) = figures.get(self.part) else { return };
        // Where there is room the next part stands beside the one in hand, or below it.
        let rooms = match (area.width, area.height) {
            (140.., _) => Some((left_of(area, area.width / 2 - 1), right_of(area, area.width / 2 + 1))),
            (_, 32..) => Some((above(area, area.height / 2), below(area, area.height / 2 + 1))),
            _ => None,
        };
        match (rooms, figures.get(turn(self.part, figures.len(), true))) {
            (Some((first, second)), Some(next)) if figures.len() > 1 && !self.chart.table => {
                self.chart.draw(buffer, first, figure, view);
                ChartState::default().draw(buffer, second, next, view);
            }
            _ => self.chart.draw(buffer, area, figure, view),
        }
    }

    fn back(&mut self) -> bool {
        self.chart.back()
    }

    fn reading(&self, view: &View) -> String {
        let figures = figures(&view.snapshot.results);
        let Some(figure) = figures.get(self.part) else {
            return String::new();
        };
        let reading = self.chart.reading(figure);
        if reading.is_empty() {
            words::reading(self.part + 1, figures.len()).to_string()
        } else {
            reading
        }
    }
}
