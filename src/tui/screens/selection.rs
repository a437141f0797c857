//! The selection of features: coefficient paths and cross-validated error with one cursor over the penalty, and the
//! coefficients there.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::{Value, json};

use super::chart::{ChartState, turn};
use crate::figure::centres::CentresInput;
use crate::figure::cv::CvInput;
use crate::figure::path::{PathInput, short_name};
use crate::figure::{Figure, Tone, centres, cv, frequency, path, ticks};
use crate::message::english::commands::{GROUP_SELECTION, USE_LAMBDA, USE_LAMBDA_ABOUT};
use crate::message::english::selection as words;
use crate::message::{Id, Message};
use crate::stats::base::number::signed_share;
use crate::tui::command::{CHART, Command, Group, LIST, MOVE, PARTS, Row};
use crate::tui::effect::Effect;
use crate::tui::screen::{self, Identity, Own, Screen, ScreenName, View};
use crate::tui::snapshot::Snapshot;
use crate::tui::widgets::{above, below, left_of, plot, right_of, text, wrap};

/// A part of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Part {
    /// The coefficients' paths
    #[default]
    Path,
    /// The cross-validated error
    Error,
    /// The coefficients at the penalty in hand
    List,
    /// How often each feature is chosen again
    Frequency,
    /// What centres explain of the features, in a study that harmonises
    Centres,
}

impl Part {
    const ALL: [Self; 5] = [Self::Path, Self::Error, Self::List, Self::Frequency, Self::Centres];

    fn turned(self, forward: bool, harmonised: bool) -> Self {
        let count = Self::ALL.len() - usize::from(!harmonised);
        Self::ALL[turn(self as usize, count, forward)]
    }

    /// Whether it knows no penalty.
    fn is_apart(self) -> bool {
        matches!(self, Self::Frequency | Self::Centres)
    }
}

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("selection"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: Some("select"),
};

/// What it has for itself.
static OWN: &[Own<Selection>] = &[Own::new(
    Row::new(&["s"], USE_LAMBDA, USE_LAMBDA_ABOUT, 25),
    |screen, view| match view.snapshot.results.first::<PathInput>() {
        Some(input) => input
            .lambda
            .get(screen.place(input))
            .map(|lambda| Effect::Set("select.lambda".to_owned(), lambda.to_string()))
            .into_iter()
            .collect(),
        None => Vec::new(),
    },
)];

/// The screen.
#[derive(Default)]
pub struct Selection {
    chart: ChartState,
    /// What is in hand where not all fits
    part: Part,
    /// The penalty under the cursor
    index: Option<usize>,
}

impl Selection {
    fn figures(view: &View) -> (Option<Figure>, Option<Figure>) {
        let results = &view.snapshot.results;
        (
            results.first().and_then(path::figure),
            results.first().and_then(cv::figure),
        )
    }

    fn figure(&self, view: &View) -> Option<Figure> {
        let (path, cv) = Self::figures(view);
        match self.part {
            Part::Frequency => view.snapshot.results.first().and_then(frequency::figure),
            Part::Centres => view.snapshot.results.first().and_then(centres::figure),
            Part::Error => cv.or(path),
            Part::Path | Part::List => path,
        }
    }

    /// The penalty in hand: the cursor's, else the chosen one, else the one with the least error.
    fn place(&self, input: &PathInput) -> usize {
        self.index
            .or_else(|| {
                input
                    .chosen
                    .or(input.lambda_min)
                    .and_then(|lambda| input.nearest(lambda))
            })
            .unwrap_or(0)
            .min(input.lambda.len().saturating_sub(1))
    }

    fn draw_list(&self, buffer: &mut Buffer, area: Rect, input: &PathInput, view: &View) {
        let index = self.place(input);
        let found = input.at(index);
        let lambda = input.lambda.get(index).copied().unwrap_or(f64::NAN);
        let heading = words::lambda_features(ticks::significant(lambda, 5), found.len()).to_string();
        text(buffer, area, 0, 0, &view.glyphs.text(&heading), view.theme.heading());
        if found.is_empty() {
            text(buffer, area, 0, 2, words::NONE_KEPT.text(), view.theme.muted());
        }
        let room = area.height.saturating_sub(1) as usize;
        for (order, (name, value)) in found.iter().take(room).enumerate() {
            let row = order as u16 + 1;
            if order + 1 == room && found.len() > room {
                let more = words::more(found.len() - order).to_string();
                text(buffer, area, 0, row, &view.glyphs.text(&more), view.theme.muted());
                break;
            }
            let tone = if *value < 0.0 { Tone::Series(0) } else { Tone::Series(1) };
            text(
                buffer,
                area,
                0,
                row,
                &format!("{:>9}", signed_share(*value, 5)),
                view.theme.tone(tone),
            );
            let name = if area.width < 40 { short_name(name) } else { name };
            text(buffer, area, 10, row, name, ratatui::style::Style::new());
        }
    }
}

impl Screen for Selection {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        snapshot
            .results
            .first::<PathInput>()
            .is_some_and(|input| !input.lambda.is_empty())
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE, LIST, CHART, PARTS]
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let Some(input) = view.snapshot.results.first::<PathInput>() else {
            return Vec::new();
        };
        let index = self.place(input);
        let last = input.lambda.len().saturating_sub(1);
        if !self.chart.table && !self.part.is_apart() {
            // The axis runs from small penalties to large ones, the path from large to small.
            let to = match command {
                Command::Right => Some(index.saturating_sub(1)),
                Command::Left => Some((index + 1).min(last)),
                Command::PageUp => Some(index.saturating_sub(10)),
                Command::PageDown => Some((index + 10).min(last)),
                Command::First => Some(last),
                Command::Last => Some(0),
                _ => None,
            };
            if to.is_some() {
                self.index = to;
                return Vec::new();
            }
        }
        match command {
            Command::NextPart | Command::PreviousPart => {
                let harmonised = view.snapshot.results.first::<CentresInput>().is_some();
                self.part = self.part.turned(command == Command::NextPart, harmonised);
                self.chart.first_row = 0;
            }
            Command::Open => {
                self.part = if self.part == Part::List {
                    Part::Path
                } else {
                    Part::List
                }
            }
            _ => return self.chart.obey(command, self.figure(view).as_ref()).unwrap_or_default(),
        }
        Vec::new()
    }

    fn own(&self) -> Vec<Row> {
        screen::rows(OWN)
    }

    fn all_own(&self) -> Vec<(Id, Vec<Row>)> {
        vec![(GROUP_SELECTION, screen::rows(OWN))]
    }

    fn own_refusal(&self, order: usize, view: &View) -> Option<Message> {
        screen::refused(OWN, order, self, view)
    }

    fn own_update(&mut self, order: usize, view: &View) -> Vec<Effect> {
        screen::act(OWN, order, self, view)
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let Some(input) = view.snapshot.results.first::<PathInput>() else {
            return;
        };
        let (path, cv) = Self::figures(view);
        if self.chart.table {
            if let Some(figure) = self.figure(view) {
                self.chart.draw(buffer, area, &figure, view);
            }
            return;
        }
        if self.part.is_apart() {
            if let Some(figure) = self.figure(view) {
                self.chart.draw(buffer, area, &figure, view);
                return;
            }
            let mut lines = vec![words::HOW_OFTEN.to_string(), String::new()];
            lines.extend(wrap(words::ROBUSTNESS_FIRST.text(), area.width.min(76) as usize - 4));
            for (order, line) in lines.iter().enumerate() {
                let style = if order == 0 {
                    view.theme.heading()
                } else {
                    view.theme.muted()
                };
                text(buffer, area, 2, order as u16 + 1, line, style);
            }
            return;
        }
        let cursor = self
            .index
            .and_then(|index| input.lambda.get(index))
            .map(|lambda| lambda.ln());
        let mut charts = area;
        if area.width >= 100 {
            let list = if area.width >= 140 { 48 } else { 36 };
            charts = left_of(area, area.width - list - 2);
            self.draw_list(buffer, right_of(area, area.width - list), input, view);
        } else if self.part == Part::List {
            self.draw_list(buffer, area, input, view);
            return;
        }
        match (&path, &cv) {
            (Some(path), Some(cv)) if charts.height >= 32 => {
                let half = charts.height / 2;
                plot::draw(buffer, above(charts, half), path, view, cursor, 0);
                plot::draw(buffer, below(charts, half), cv, view, cursor, 0);
            }
            (Some(path), Some(cv)) => {
                plot::draw(
                    buffer,
                    charts,
                    if self.part == Part::Error { cv } else { path },
                    view,
                    cursor,
                    0,
                );
            }
            (Some(figure), None) | (None, Some(figure)) => plot::draw(buffer, charts, figure, view, cursor, 0),
            (None, None) => {}
        }
    }

    fn back(&mut self) -> bool {
        if self.chart.table {
            self.chart.table = false;
            true
        } else if self.part != Part::Path {
            self.part = Part::Path;
            true
        } else {
            self.index.take().is_some()
        }
    }

    fn reading(&self, view: &View) -> String {
        let Some(input) = view.snapshot.results.first::<PathInput>() else {
            return String::new();
        };
        match self.part {
            Part::Frequency => return words::HOW_OFTEN_READING.to_string(),
            Part::Centres => return words::CENTRES_READING.to_string(),
            Part::Path | Part::Error | Part::List => {}
        }
        let index = self.place(input);
        let Some(&lambda) = input.lambda.get(index) else {
            return String::new();
        };
        let count = input.coefficients[index].len();
        let mut reading = words::lambda_features(ticks::significant(lambda, 5), count).to_string();
        if let Some(cv) = view.snapshot.results.first::<CvInput>()
            && let Some(position) = cv
                .lambda
                .iter()
                .position(|&other| (other - lambda).abs() <= 1e-12 * lambda)
        {
            reading.push_str(&format!(
                "  {} {} ± {}",
                cv.measure,
                ticks::significant(cv.mean[position], 4),
                ticks::significant(cv.standard_error.get(position).copied().unwrap_or(f64::NAN), 2)
            ));
        }
        reading.push_str(&format!("   {}", words::READING_KEYS));
        reading
    }

    fn memory(&self) -> Value {
        json!({ "index": self.index })
    }

    fn recall(&mut self, memory: &Value) {
        self.index = memory["index"].as_u64().map(|index| index as usize);
    }
}
