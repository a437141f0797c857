//! The model: the Rad-score's formula and coefficients, odds ratios of the clinical predictors and the models, the score
//! of every case.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::{ChartState, turn};
use super::features::next_case;
use crate::figure::coefficients::CoefficientsInput;
use crate::figure::forest::ForestInput;
use crate::figure::waterfall::WaterfallInput;
use crate::figure::{Figure, Sheet, Tone, coefficients, contributions, forest, ticks, waterfall};
use crate::tui::command::{Command, Scope};
use crate::tui::screen::{Effect, Screen, View};
use crate::tui::snapshot::Snapshot;
use crate::tui::widgets::{left_of, right_of, sheet, text, wrap};

/// The screen.
#[derive(Default)]
pub struct Model {
    chart: ChartState,
    part: usize,
    scroll: usize,
    /// The case whose contributions are shown
    case: usize,
}

/// One of the screen's parts.
enum Part {
    Formula,
    Chart(Box<Figure>),
    Table(Sheet),
}

fn parts(view: &View, case: usize) -> Vec<(String, Part)> {
    let results = &view.snapshot.results;
    let mut parts = Vec::new();
    if let Some(input) = results.first::<CoefficientsInput>() {
        parts.push(("formula".to_owned(), Part::Formula));
        if let Some(figure) = coefficients::figure(input) {
            parts.push(("coefficients".to_owned(), Part::Chart(Box::new(figure))));
        }
        if let Some(figure) = contributions_of(view, input, case) {
            parts.push((CASE_PART.to_owned(), Part::Chart(Box::new(figure))));
        }
    }
    for input in results.all::<ForestInput>() {
        if let Some(figure) = forest::figure(input) {
            parts.push((input.name.clone(), Part::Chart(Box::new(figure))));
        }
    }
    for input in results.all::<WaterfallInput>() {
        if let Some(figure) = waterfall::figure(input) {
            parts.push((format!("Rad-scores, {}", input.name), Part::Chart(Box::new(figure))));
        }
    }
    if let Some(table) = &results.table1 {
        parts.push(("table 1".to_owned(), Part::Table(table.clone())));
    }
    parts
}

/// The part with one case's contributions.
const CASE_PART: &str = "one case";

/// What makes the score of a case, counted along the table of features.
fn contributions_of(view: &View, score: &CoefficientsInput, case: usize) -> Option<Figure> {
    let table = view.snapshot.table.as_ref()?;
    let id = table.ids.get(case)?;
    let values: Option<Vec<f64>> = score
        .terms
        .iter()
        .map(|term| table.column(&term.name)?.get(case).copied())
        .collect();
    contributions::figure(score, id, &values?)
}

fn formula(view: &View, width: usize) -> Vec<String> {
    let Some(input) = view.snapshot.results.first::<CoefficientsInput>() else {
        return Vec::new();
    };
    let mut lines = input.formula();
    if input.terms.is_empty() {
        lines.push(String::new());
        lines.extend(wrap(
            "The LASSO kept no feature: the features say less about the outcome than chance allows for here. \
             Try lambda min instead of 1se, another measure, or more cases.",
            width,
        ));
        return lines;
    }
    lines.push(String::new());
    lines.push("every feature standardised by the training cases:".to_owned());
    for term in &input.terms {
        lines.push(format!(
            "  {}: mean {}, SD {}",
            term.name,
            ticks::significant(term.mean, 6),
            ticks::significant(term.standard_deviation, 6)
        ));
    }
    lines
}

impl Screen for Model {
    fn title(&self) -> &'static str {
        "model"
    }

    fn short(&self) -> &'static str {
        "model"
    }

    fn needs(&self) -> Option<&'static str> {
        Some("fit")
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        snapshot.results.first::<CoefficientsInput>().is_some() || snapshot.results.first::<ForestInput>().is_some()
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Move, Scope::Chart, Scope::Parts, Scope::ByCase]
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let mut parts = parts(view, self.case);
        let count = parts.len();
        match command {
            Command::NextPart | Command::PreviousPart => {
                self.part = turn(self.part, count, command == Command::NextPart);
                self.scroll = 0;
                self.chart.first_row = 0;
                return Vec::new();
            }
            Command::LoadCase | Command::LoadCaseBefore => {
                let Some(place) = parts.iter().position(|(name, _)| name == CASE_PART) else {
                    return vec![Effect::Say(
                        Tone::Warn,
                        "no case has all of the score's features".to_owned(),
                    )];
                };
                // The first press shows the case in hand, the next ones turn the pages.
                if self.part == place {
                    let count = view.snapshot.table.as_ref().map_or(0, |table| table.ids.len());
                    self.case = next_case(Some(self.case), count, command == Command::LoadCase).unwrap_or(0);
                }
                self.part = place;
                return Vec::new();
            }
            _ => {}
        }
        if self.part >= count {
            return Vec::new();
        }
        match parts.swap_remove(self.part).1 {
            Part::Chart(figure) => self.chart.obey(command, Some(&figure)).unwrap_or_default(),
            Part::Table(table) => {
                if command == Command::Copy {
                    return vec![Effect::Copy(table.to_csv())];
                }
                self.chart.place.obey(command, &table);
                Vec::new()
            }
            Part::Formula => {
                match command {
                    Command::Copy => return vec![Effect::Copy(formula(view, 200).join("\n"))],
                    Command::Up => self.scroll = self.scroll.saturating_sub(1),
                    Command::Down => self.scroll += 1,
                    Command::First => self.scroll = 0,
                    _ => {}
                }
                Vec::new()
            }
        }
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let parts = parts(view, self.case);
        self.part = self.part.min(parts.len().saturating_sub(1));
        let mut room = area;
        if area.width >= 100 {
            for (order, (name, _)) in parts.iter().enumerate() {
                let style = if order == self.part {
                    view.theme.selection()
                } else {
                    view.theme.muted()
                };
                text(
                    buffer,
                    left_of(area, 26),
                    0,
                    order as u16,
                    &view.glyphs.text(&format!(" {name} ")),
                    style,
                );
            }
            room = right_of(area, 28);
        }
        match parts.get(self.part) {
            Some((_, Part::Chart(figure))) => self.chart.draw(buffer, room, figure, view),
            Some((_, Part::Table(table))) => sheet::draw(buffer, room, table, &mut self.chart.place, view),
            Some((_, Part::Formula)) => {
                let lines = formula(view, room.width as usize);
                self.scroll = self.scroll.min(lines.len().saturating_sub(room.height as usize));
                for (order, line) in lines.iter().skip(self.scroll).take(room.height as usize).enumerate() {
                    text(
                        buffer,
                        room,
                        0,
                        order as u16,
                        &view.glyphs.text(line),
                        ratatui::style::Style::new(),
                    );
                }
            }
            None => {}
        }
    }

    fn back(&mut self) -> bool {
        if self.chart.back() {
            return true;
        }
        std::mem::take(&mut self.part) != 0
    }

    fn reading(&self, view: &View) -> String {
        let parts = parts(view, self.case);
        let Some((name, part)) = parts.get(self.part) else {
            return String::new();
        };
        let reading = match part {
            Part::Chart(figure) => self.chart.reading(figure),
            _ => String::new(),
        };
        if reading.is_empty() {
            format!(
                "{name}, {} of {}   Tab the next part, n one case",
                self.part + 1,
                parts.len()
            )
        } else {
            reading
        }
    }
}
