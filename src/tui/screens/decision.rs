//! Decision curves by set of cases, plain or standardised, with a cursor over the threshold.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::{CHART_WITH_PARTS, ChartState};
use crate::figure::decision::{self, DecisionInput};
use crate::figure::{Figure, ticks};
use crate::message::english::commands::{GROUP_DECISION, STANDARDISED, STANDARDISED_ABOUT};
use crate::message::english::decision as words;
use crate::message::{Id, Message};
use crate::tui::command::{Command, Group, Row};
use crate::tui::effect::Effect;
use crate::tui::screen::{self, Identity, Own, Screen, ScreenName, View};
use crate::tui::snapshot::Snapshot;

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("decision"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: Some("evaluate"),
};

/// What it has for itself.
static OWN: &[Own<Decision>] = &[Own::new(
    Row::new(&["s"], STANDARDISED, STANDARDISED_ABOUT, 25),
    |screen, _| {
        screen.standardised = !screen.standardised;
        Vec::new()
    },
)];

/// The screen.
#[derive(Default)]
pub struct Decision {
    chart: ChartState,
    part: usize,
    standardised: bool,
}

impl Decision {
    fn figure(&self, view: &View) -> Option<Figure> {
        view.snapshot
            .results
            .nth::<DecisionInput>(self.part)
            .and_then(|input| decision::figure(input, self.standardised))
    }
}

impl Screen for Decision {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        snapshot.results.first::<DecisionInput>().is_some()
    }

    fn groups(&self) -> &'static [&'static Group] {
        CHART_WITH_PARTS
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let parts = view.snapshot.results.count::<DecisionInput>();
        if let Some(part) = self.chart.turned(self.part, parts, command) {
            self.part = part;
            return Vec::new();
        }
        self.chart.obey(command, self.figure(view).as_ref()).unwrap_or_default()
    }

    fn own(&self) -> Vec<Row> {
        screen::rows(OWN)
    }

    fn all_own(&self) -> Vec<(Id, Vec<Row>)> {
        vec![(GROUP_DECISION, screen::rows(OWN))]
    }

    fn own_refusal(&self, order: usize, view: &View) -> Option<Message> {
        screen::refused(OWN, order, self, view)
    }

    fn own_update(&mut self, order: usize, view: &View) -> Vec<Effect> {
        screen::act(OWN, order, self, view)
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        self.part = self
            .part
            .min(view.snapshot.results.count::<DecisionInput>().saturating_sub(1));
        if let Some(figure) = self.figure(view) {
            self.chart.draw(buffer, area, &figure, view);
        }
    }

    fn back(&mut self) -> bool {
        self.chart.back()
    }

    fn reading(&self, view: &View) -> String {
        let Some(figure) = self.figure(view) else {
            return String::new();
        };
        let mut reading = self.chart.reading(&figure);
        if reading.is_empty() {
            return words::reading(self.part + 1, view.snapshot.results.count::<DecisionInput>()).to_string();
        }
        // Interventions avoided per 100 cases against treating all, without missing more events (Vickers and Elkin, 2006).
        if let (Some(x), Some(input), false) = (
            self.chart.x(&figure),
            view.snapshot.results.nth::<DecisionInput>(self.part),
            self.chart.table,
        ) && x > 0.0
            && x < 1.0
        {
            let all = input.prevalence - (1.0 - input.prevalence) * x / (1.0 - x);
            let at = |curve: &decision::DecisionCurve| {
                crate::figure::Series::line(
                    "",
                    crate::figure::Tone::Plain,
                    crate::figure::Dash::Solid,
                    curve
                        .threshold
                        .iter()
                        .zip(&curve.net_benefit)
                        .map(|(&x, &y)| [x, y])
                        .collect(),
                )
                .at(x)
            };
            if let Some(benefit) = input.models.last().and_then(at) {
                let avoided = (benefit - all) / (x / (1.0 - x)) * 100.0;
                reading.push_str(&format!("   {}", words::avoided(ticks::significant(avoided, 2))));
            }
        }
        reading
    }
}
