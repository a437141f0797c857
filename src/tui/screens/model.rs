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
use crate::message::Message;
use crate::message::english::model as words;
use crate::study::engine::stage::Stage;
use crate::study::stages::table1::Table1;
use crate::tui::command::{BY_CASE, CHART, Command, Group, MOVE, PARTS};
use crate::tui::effect::Effect;
use crate::tui::screen::{Identity, Screen, ScreenName, View};
use crate::tui::snapshot::Snapshot;
use crate::tui::widgets::{left_of, right_of, sheet, text, wrap};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("model"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: Some("fit"),
};

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
    /// The contributions to one case's score
    OneCase(Box<Figure>),
    Chart(Box<Figure>),
    Table(Sheet),
}

fn parts(view: &View, case: usize) -> Vec<(Message, Part)> {
    let results = &view.snapshot.results;
    let mut parts = Vec::new();
    if let Some(input) = results.first::<CoefficientsInput>() {
        parts.push((words::FORMULA.into(), Part::Formula));
        if let Some(figure) = coefficients::figure(input) {
            parts.push((words::COEFFICIENTS.into(), Part::Chart(Box::new(figure))));
        }
        if let Some(figure) = contributions_of(view, input, case) {
            parts.push((words::ONE_CASE.into(), Part::OneCase(Box::new(figure))));
        }
    }
    for input in results.all::<ForestInput>() {
        if let Some(figure) = forest::figure(input) {
            parts.push((input.name.clone(), Part::Chart(Box::new(figure))));
        }
    }
    for input in results.all::<WaterfallInput>() {
        if let Some(figure) = waterfall::figure(input) {
            parts.push((words::scores_of(&input.name), Part::Chart(Box::new(figure))));
        }
    }
    if let Some(table) = &results.table1 {
        parts.push((words::TABLE_1.into(), Part::Table(table.clone())));
    }
    parts
}

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
        lines.extend(wrap(words::NOTHING_KEPT.text(), width));
        return lines;
    }
    lines.push(String::new());
    lines.push(words::STANDARDISED_BY.to_string());
    for term in &input.terms {
        let mean = ticks::significant(term.mean, 6);
        let deviation = ticks::significant(term.standard_deviation, 6);
        lines.push(format!("  {}", words::mean_and_deviation(&term.name, mean, deviation)));
    }
    lines
}

impl Screen for Model {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        snapshot.results.first::<CoefficientsInput>().is_some() || snapshot.results.first::<ForestInput>().is_some()
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE, CHART, PARTS, BY_CASE]
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
            Command::NextCase | Command::CaseBefore => {
                let Some(place) = parts.iter().position(|(_, part)| matches!(part, Part::OneCase(_))) else {
                    return vec![Effect::Say(Tone::Warn, words::NO_COMPLETE_CASE.into())];
                };
                // The first press shows the case in hand, the next ones turn the pages.
                if self.part == place {
                    let count = view.snapshot.table.as_ref().map_or(0, |table| table.ids.len());
                    self.case = next_case(Some(self.case), count, command == Command::NextCase).unwrap_or(0);
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
            Part::Chart(figure) | Part::OneCase(figure) => self.chart.obey(command, Some(&figure)).unwrap_or_default(),
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
            Some((_, Part::Chart(figure) | Part::OneCase(figure))) => self.chart.draw(buffer, room, figure, view),
            Some((_, Part::Table(table))) => {
                let labels = view.snapshot.results.labels_of(Some(Table1::NAME));
                sheet::draw(buffer, room, table, &labels, &mut self.chart.place, view);
            }
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
            Part::Chart(figure) | Part::OneCase(figure) => self.chart.reading(figure),
            Part::Formula | Part::Table(_) => String::new(),
        };
        if reading.is_empty() {
            words::reading(name, self.part + 1, parts.len()).to_string()
        } else {
            reading
        }
    }
}
