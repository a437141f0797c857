//! The nomogram, alive: predictors move, and points, total and risk follow.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::ChartState;
use super::features::next_case;
use crate::figure::nomogram::{self, Marks, NomogramInput};
use crate::figure::{Figure, ticks};
use crate::tui::command::{Command, Scope};
use crate::tui::screen::{Effect, Screen, View};
use crate::tui::snapshot::Snapshot;

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
        format!(
            "{}: {total:.0} points, risk {:.3}",
            values.join(", "),
            input.risk(total)
        )
    }
}

impl Screen for Nomogram {
    fn title(&self) -> &'static str {
        "nomogram"
    }

    fn short(&self) -> &'static str {
        "nomo"
    }

    fn needs(&self) -> Option<&'static str> {
        Some("fit")
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        snapshot
            .results
            .first::<NomogramInput>()
            .is_some_and(|input| !input.terms.is_empty())
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Move, Scope::Chart, Scope::Nomogram, Scope::ByCase]
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
                Command::Reset => {
                    self.marks = Self::start(input);
                    self.case = None;
                    return Vec::new();
                }
                Command::LoadCase | Command::LoadCaseBefore => {
                    let complete = |case: &crate::tui::snapshot::Case| {
                        case.predictors.len() == input.terms.len()
                            && case.predictors.iter().all(|value| value.is_finite())
                    };
                    let count = view.snapshot.cases.len();
                    let forward = command == Command::LoadCase;
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
                        None => vec![Effect::Say(
                            crate::figure::Tone::Warn,
                            "no case has all the predictors".to_owned(),
                        )],
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
