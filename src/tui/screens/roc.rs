//! ROC curves with a cursor over the cut-offs: the confusion table there, the areas, and DeLong's tests.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::{CHART_WITH_PARTS, ChartState, turn};
use crate::figure::cells::{note_lines, width};
use crate::figure::confusion::ConfusionInput;
use crate::figure::roc::{self, RocInput, letter};
use crate::figure::subgroups::SubgroupsInput;
use crate::figure::{Chart, Figure, ticks};
use crate::message::english::charts::{TAB_BACK_TO_CURVES, TAB_SHOWS_ALL};
use crate::message::english::roc as words;
use crate::stats::base::number::{p_equals, short_share, signed_share};
use crate::tui::command::{Command, Group};
use crate::tui::effect::Effect;
use crate::tui::screen::{Identity, Screen, ScreenName, View};
use crate::tui::snapshot::Snapshot;
use crate::tui::widgets::{below, right_of, sheet, text};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("ROC"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: Some("evaluate"),
};

/// A part of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Part {
    /// The curves
    #[default]
    Curves,
    /// The areas and the tests
    Tests,
    /// The cases at the cut-off that was chosen in training
    Confusion,
    /// The areas in the groups that the study names
    Subgroups,
}

impl Part {
    const ALL: [Self; 4] = [Self::Curves, Self::Tests, Self::Confusion, Self::Subgroups];

    /// The next one of those that the study has.
    fn turned(self, forward: bool, view: &View) -> Self {
        let mut part = self;
        loop {
            part = Self::ALL[turn(part as usize, Self::ALL.len(), forward)];
            let results = &view.snapshot.results;
            let there = match part {
                Self::Curves | Self::Tests => true,
                Self::Confusion => results.first::<ConfusionInput>().is_some(),
                Self::Subgroups => results.first::<SubgroupsInput>().is_some(),
            };
            if there {
                return part;
            }
        }
    }
}

/// The screen.
#[derive(Default)]
pub struct Roc {
    chart: ChartState,
    part: Part,
    curve: usize,
    point: Option<usize>,
}

impl Roc {
    fn input<'a>(view: &'a View) -> Option<&'a RocInput> {
        view.snapshot.results.first()
    }

    /// The chart in hand: the curves with the band of that in hand, or what another part shows of its model and set.
    fn figure(&self, view: &View) -> Option<Figure> {
        let input = Self::input(view)?;
        let (results, name) = (&view.snapshot.results, &input.curves.get(self.curve)?.name);
        let found = match self.part {
            Part::Curves | Part::Tests => None,
            Part::Confusion => (results.all().find(|one: &&ConfusionInput| one.name == *name)).and_then(Chart::figure),
            Part::Subgroups => (results.all().find(|one: &&SubgroupsInput| one.name == *name)).and_then(Chart::figure),
        };
        // A model without a cut-off has a curve alone.
        if found.is_some() {
            return found;
        }
        roc::figure(&RocInput {
            band: Some(self.curve),
            ..input.clone()
        })
    }

    /// The point under the cursor: where it was moved to, else the cut-off in use.
    fn place(&self, input: &RocInput) -> Option<usize> {
        let curve = input.curves.get(self.curve)?;
        self.point
            .filter(|&point| point < curve.thresholds.len())
            .or_else(|| curve.cut_off.and_then(|value| curve.nearest(value)))
    }

    /// Lines about the point under the cursor and the tests; whether each is a heading.
    fn lines(&self, input: &RocInput) -> Vec<(bool, String)> {
        let mut lines = Vec::new();
        if let (Some(curve), Some(point)) = (input.curves.get(self.curve), self.place(input)) {
            let threshold = ticks::significant(curve.thresholds[point], 4);
            lines.push((true, words::curve_at(&curve.name, threshold).to_string()));
            if let Some([tp, fp, tn, f_n]) = curve.counts(point) {
                let (event, no_event) = (words::EVENT.text(), words::NO_EVENT.text());
                let (positive, negative) = (words::POSITIVE.text(), words::NEGATIVE.text());
                let side = width(positive).max(width(negative));
                let gap = |text: &str| " ".repeat(side.saturating_sub(width(text)));
                lines.push((false, format!("  {} {event:>6}  {no_event:>8}", " ".repeat(side))));
                lines.push((false, format!("  {positive}{} {tp:>6}  {fp:>8}", gap(positive))));
                lines.push((false, format!("  {negative}{} {f_n:>6}  {tn:>8}", gap(negative))));
                let sensitivity = short_share(curve.sensitivities[point], 3);
                let specificity = short_share(curve.specificities[point], 3);
                lines.push((false, format!("  {}", words::sens_spec(sensitivity, specificity))));
                // Of no case at all it is NaN.
                let of = |part: usize, whole: usize| short_share(part as f64 / whole as f64, 3);
                let youden = curve.sensitivities[point] + curve.specificities[point] - 1.0;
                let values = words::predictive(of(tp, tp + fp), of(tn, tn + f_n), short_share(youden, 3));
                lines.push((false, format!("  {values}")));
            }
        }
        if !input.tests.is_empty() {
            lines.push((false, String::new()));
            lines.push((true, words::DELONG_TESTS.to_string()));
            for test in &input.tests {
                lines.push((
                    false,
                    format!(
                        "  {} – {}  {}  {}",
                        letter(test.first),
                        letter(test.second),
                        signed_share(test.difference, 3),
                        p_equals(test.p)
                    ),
                ));
            }
        }
        lines
    }
}

impl Screen for Roc {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        snapshot
            .results
            .first::<RocInput>()
            .is_some_and(|input| !input.curves.is_empty())
    }

    fn groups(&self) -> &'static [&'static Group] {
        CHART_WITH_PARTS
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let Some(input) = Self::input(view) else {
            return Vec::new();
        };
        if matches!(command, Command::NextPart | Command::PreviousPart) {
            self.part = self.part.turned(command == Command::NextPart, view);
            self.chart.table = false;
            return Vec::new();
        }
        if self.part == Part::Tests {
            match command {
                Command::Copy => return vec![Effect::Copy(input.tests_sheet().to_csv())],
                _ => {
                    self.chart.place.obey(command, &input.tests_sheet());
                }
            }
            return Vec::new();
        }
        if !self.chart.table && matches!(command, Command::Up | Command::Down) {
            self.curve = turn(self.curve, input.curves.len(), command == Command::Down);
            self.point = None;
            return Vec::new();
        }
        if !self.chart.table && self.part == Part::Curves {
            match command {
                Command::Left | Command::Right | Command::First | Command::Last => {
                    let Some(curve) = input.curves.get(self.curve) else {
                        return Vec::new();
                    };
                    // Along the curve from the lower left to the upper right, whichever way the thresholds run.
                    let mut order: Vec<usize> = (0..curve.thresholds.len()).collect();
                    order.sort_by(|&left, &right| {
                        curve.specificities[right]
                            .total_cmp(&curve.specificities[left])
                            .then(curve.sensitivities[left].total_cmp(&curve.sensitivities[right]))
                    });
                    if order.is_empty() {
                        return Vec::new();
                    }
                    let at = self
                        .place(input)
                        .and_then(|point| order.iter().position(|&other| other == point))
                        .unwrap_or(0);
                    let to = match command {
                        Command::Left => at.saturating_sub(1),
                        Command::Right => (at + 1).min(order.len() - 1),
                        Command::First => 0,
                        _ => order.len() - 1,
                    };
                    self.point = Some(order[to]);
                    return Vec::new();
                }
                _ => {}
            }
        }
        self.chart.obey(command, self.figure(view).as_ref()).unwrap_or_default()
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let Some(input) = Self::input(view) else { return };
        self.curve = self.curve.min(input.curves.len().saturating_sub(1));
        let Some(figure) = self.figure(view) else { return };
        if matches!(self.part, Part::Confusion | Part::Subgroups) {
            self.chart.draw(buffer, area, &figure, view);
            return;
        }
        if self.part == Part::Tests {
            text(buffer, area, 0, 0, words::AREAS_AND_TESTS.text(), view.theme.heading());
            let labels = view.snapshot.results.labels_of(figure.stage);
            let sheet = input.tests_sheet();
            sheet::draw(buffer, below(area, 2), &sheet, &labels, &mut self.chart.place, view);
            return;
        }
        if self.chart.table {
            self.chart.draw(buffer, area, &figure, view);
            return;
        }
        let cursor = self.point.and_then(|point| {
            input
                .curves
                .get(self.curve)
                .and_then(|curve| curve.specificities.get(point))
                .map(|specificity| 1.0 - specificity)
        });
        crate::tui::widgets::plot::draw(buffer, area, &figure, view, cursor, 0);
        // The square plot leaves room at its right, under the legend.
        let rows = area.height.saturating_sub(5);
        let left = (f64::from(rows) * 2.2).max(24.0) as u16 + 9;
        let top = input.curves.len() as u16 + 4;
        if area.width >= left + 28 {
            // The figure's notes keep the lowest rows.
            let written = note_lines(&figure, area.width as usize, area.height as usize).len();
            let notes = written + view.snapshot.results.labels_of(figure.stage).len();
            let mut room = below(right_of(area, left), top);
            room.height = room.height.saturating_sub(notes as u16);
            let mut lines = self.lines(input);
            if lines.len() > room.height as usize {
                lines.retain(|(_, line)| !line.is_empty());
            }
            if lines.len() > room.height as usize {
                lines.truncate(room.height.saturating_sub(1) as usize);
                lines.push((false, format!("  {TAB_SHOWS_ALL}")));
            }
            for (order, (heading, line)) in lines.iter().enumerate() {
                let style = if *heading {
                    view.theme.heading()
                } else {
                    ratatui::style::Style::new()
                };
                text(buffer, room, 0, order as u16, &view.glyphs.text(line), style);
            }
        }
    }

    fn back(&mut self) -> bool {
        if self.chart.table || self.part != Part::Curves {
            self.chart.table = false;
            self.part = Part::Curves;
            return true;
        }
        self.point.take().is_some()
    }

    fn reading(&self, view: &View) -> String {
        let Some(input) = Self::input(view) else {
            return String::new();
        };
        if self.chart.table {
            return self
                .figure(view)
                .map(|figure| self.chart.reading(&figure))
                .unwrap_or_default();
        }
        let last = self.part.turned(true, view) == Part::Curves;
        if self.part != Part::Curves {
            return if last {
                TAB_BACK_TO_CURVES.to_string()
            } else {
                String::new()
            };
        }
        match (input.curves.get(self.curve), self.place(input)) {
            (Some(curve), Some(point)) => words::reading(
                &curve.name,
                ticks::significant(curve.thresholds[point], 4),
                short_share(curve.sensitivities[point], 3),
                short_share(curve.specificities[point], 3),
            )
            .to_string(),
            _ => String::new(),
        }
    }
}
