//! The nomogram, alive: predictors move, and points, total and risk follow.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::ChartState;
use super::features::next_case;
use crate::figure::nomogram::{self, Marks, NomogramInput};
use crate::figure::{Figure, ticks};
use crate::message::english::commands::{GROUP_NOMOGRAM, RESET, RESET_ABOUT};
use crate::message::english::nomogram as words;
use crate::message::{Id, Message};
use crate::stats::base::number::short_share;
use crate::tui::command::{BY_CASE, CHART, Command, Group, MOVE, Row};
use crate::tui::effect::Effect;
use crate::tui::screen::{self, Identity, Own, Screen, ScreenName, View};
use crate::tui::snapshot::Snapshot;

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("nomogram"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: Some("fit"),
};

/// What it has for itself.
static OWN: &[Own<Nomogram>] = &[Own::new(Row::new(&["z"], RESET, RESET_ABOUT, 25), |screen, view| {
    if let Some(input) = view.snapshot.results.first::<NomogramInput>() {
        screen.marks = Nomogram::start(input);
        screen.case = None;
    }
    Vec::new()
})];

/// The screen.
#[derive(Default)]
pub struct Nomogram {
    chart: ChartState,
    marks: Marks,
    case: Option<usize>,
}

impl Nomogram {
    /// Values in the middle of each scale, at the first tick of a yes-or-no predictor.
    fn start(input: &NomogramInput) -> Marks {
        Marks {
            values: input
                .terms
                .iter()
                .map(|term| {
                    let (low, high) = term.range();
                    if term.discrete { low } else { f64::midpoint(low, high) }
                })
                .collect(),
            selected: Some(0),
        }
    }

    fn marks(&self, input: &NomogramInput) -> Marks {
        if self.marks.values.len() == input.terms.len() {
            self.marks.clone()
        } else {
            Self::start(input)
        }
    }

    fn figure(&self, view: &View) -> Option<Figure> {
        let input = view.snapshot.results.first::<NomogramInput>()?;
        nomogram::figure(input, Some(&self.marks(input)))
    }

    /// What the scales say, as a sentence to be copied.
    fn sentence(&self, input: &NomogramInput) -> String {
        let marks = self.marks(input);
        let total: f64 = input
            .terms
            .iter()
            .zip(&marks.values)
            .map(|(term, &value)| input.points(term, value))
            .sum();
        let values: Vec<String> = input
            .terms
            .iter()
            .zip(&marks.values)
            .map(|(term, &value)| {
                let words = term
                    .ticks
                    .iter()
                    .find(|(tick, _)| term.discrete && *tick == value)
                    .map_or_else(|| ticks::significant(value, 3), |(_, label)| label.clone());
                format!("{} {words}", term.name)
            })
            .collect();
        words::sentence(values, format!("{total:.0}"), short_share(input.risk(total), 3)).to_string()
    }
}

impl Screen for Nomogram {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        snapshot
            .results
            .first::<NomogramInput>()
            .is_some_and(|input| !input.terms.is_empty())
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE, CHART, BY_CASE]
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let Some(input) = view.snapshot.results.first::<NomogramInput>() else {
            return Vec::new();
        };
        let mut marks = self.marks(input);
        let selected = marks.selected.unwrap_or(0).min(input.terms.len().saturating_sub(1));
        if !self.chart.table {
            match command {
                Command::Up => marks.selected = Some(selected.saturating_sub(1)),
                Command::Down => marks.selected = Some((selected + 1).min(input.terms.len().saturating_sub(1))),
                Command::Left | Command::Right | Command::First | Command::Last => {
                    if let Some(term) = input.terms.get(selected) {
                        marks.values[selected] = moved(term, marks.values[selected], command);
                        self.case = None;
                    }
                }
                Command::Copy => return vec![Effect::Copy(self.sentence(input))],
                Command::NextCase | Command::CaseBefore => {
                    let complete = |case: &crate::tui::snapshot::Case| {
                        case.predictors.len() == input.terms.len()
                            && case.predictors.iter().all(|value| value.is_finite())
                    };
                    let count = view.snapshot.cases.len();
                    let forward = command == Command::NextCase;
                    let mut at = self.case;
                    let next = (0..count)
                        .filter_map(|_| {
                            at = next_case(at, count, forward);
                            at
                        })
                        .find(|&index| complete(&view.snapshot.cases[index]));
                    return match next {
                        Some(index) => {
                            marks.values.clone_from(&view.snapshot.cases[index].predictors);
                            self.marks = marks;
                            self.case = Some(index);
                            Vec::new()
                        }
                        None => vec![Effect::Say(crate::figure::Tone::Warn, words::NO_COMPLETE_CASE.into())],
                    };
                }
                _ => {}
            }
            self.marks = marks;
            if matches!(
                command,
                Command::Up | Command::Down | Command::Left | Command::Right | Command::First | Command::Last
            ) {
                return Vec::new();
            }
        }
        self.chart.obey(command, self.figure(view).as_ref()).unwrap_or_default()
    }

    fn own(&self) -> Vec<Row> {
        screen::rows(OWN)
    }

    fn all_own(&self) -> Vec<(Id, Vec<Row>)> {
        vec![(GROUP_NOMOGRAM, screen::rows(OWN))]
    }

    fn own_refusal(&self, order: usize, view: &View) -> Option<Message> {
        screen::refused(OWN, order, self, view)
    }

    fn own_update(&mut self, order: usize, view: &View) -> Vec<Effect> {
        screen::act(OWN, order, self, view)
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        if let Some(figure) = self.figure(view) {
            self.chart.draw(buffer, area, &figure, view);
        }
    }

    fn back(&mut self) -> bool {
        self.chart.back()
    }

    fn reading(&self, view: &View) -> String {
        let Some(input) = view.snapshot.results.first::<NomogramInput>() else {
            return String::new();
        };
        let case = self
            .case
            .and_then(|case| view.snapshot.cases.get(case))
            .map(|case| format!("{}: ", case.id))
            .unwrap_or_default();
        format!("{case}{}", self.sentence(input))
    }
}

fn moved(term: &nomogram::NomogramTerm, value: f64, command: Command) -> f64 {
    let (low, high) = term.range();
    if term.discrete {
        let mut values: Vec<f64> = term.ticks.iter().map(|(value, _)| *value).collect();
        values.sort_by(f64::total_cmp);
        let at = values.iter().position(|&tick| tick >= value).unwrap_or(0);
        let to = match command {
            Command::Left => at.saturating_sub(1),
            Command::Right => (at + 1).min(values.len().saturating_sub(1)),
            Command::First => 0,
            _ => values.len().saturating_sub(1),
        };
        return values.get(to).copied().unwrap_or(value);
    }
    let step = (high - low) / 40.0;
    match command {
        Command::Left => (value - step).max(low),
        Command::Right => (value + step).min(high),
        Command::First => low,
        _ => high,
    }
}
