//! Decision curves by set of cases, plain or standardised, with a cursor over the threshold.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::{ChartState, turn};
use crate::figure::decision::{self, DecisionInput};
use crate::figure::{Figure, ticks};
use crate::tui::command::{Command, Scope};
use crate::tui::screen::{Effect, Screen, View};
use crate::tui::snapshot::Snapshot;

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
    fn title(&self) -> &'static str {
        "decision"
    }

    fn short(&self) -> &'static str {
        "decide"
    }

    fn needs(&self) -> Option<&'static str> {
        Some("evaluate")
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        snapshot.results.first::<DecisionInput>().is_some()
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Move, Scope::Chart, Scope::Parts, Scope::Decision]
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let parts = view.snapshot.results.count::<DecisionInput>();
        let turning = matches!(command, Command::NextPart | Command::PreviousPart)
            || (!self.chart.table && matches!(command, Command::Up | Command::Down));
        if turning {
            self.part = turn(self.part, parts, matches!(command, Command::NextPart | Command::Down));
            return Vec::new();
        }
        if command == Command::Standardised {
            self.standardised = !self.standardised;
            return Vec::new();
        }
        self.chart.obey(command, self.figure(view).as_ref()).unwrap_or_default()
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
            return format!(
                "{} of {}   ↑↓ the other sets, ←→ read values, s standardised",
                self.part + 1,
                view.snapshot.results.count::<DecisionInput>()
            );
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
                reading.push_str(&format!("   avoided per 100 {}", ticks::significant(avoided, 2)));
            }
        }
        reading
    }
}
