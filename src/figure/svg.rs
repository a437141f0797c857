//! A [`Figure`] on paper: SVG 1.1 with text as text, fonts that print, and colours that stay apart in grey and for colour
//! blindness (Okabe and Ito, "Color Universal Design", 2008).

use std::fmt::Write;

use super::{Axis, Content, Dash, Figure, Marks, Matrix, Place, Plot, Rows, Scales, Series, Tone};

const SERIES: [&str; 8] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5d3a9b", "#333333",
];

/// Width and height of a plot in points.
const WIDTH: f64 = 540.0;
const HEIGHT: f64 = 400.0;

/// The figure as an SVG document.
pub fn render(figure: &Figure) -> String {
    let mut pen = Pen::default();
    let (width, height) = match &figure.content {
        Content::Plot(plot) => draw_plot(&mut pen, plot),
        Content::Rows(rows) => draw_rows(&mut pen, rows),
        Content::Scales(scales) => draw_scales(&mut pen, scales),
        Content::Matrix(matrix) => draw_matrix(&mut pen, matrix),
    };
    let notes = figure.notes.len() as f64 * 14.0;
    for (order, note) in figure.notes.iter().enumerate() {
        pen.text(width / 2.0, height + 10.0 + order as f64 * 14.0, "middle", 10.0, note);
    }
    let title = escape(&figure.title);
    format!(
        concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}pt\" height=\"{h}pt\" viewBox=\"0 0 {w} {h}\" ",
            "font-family=\"Helvetica, Arial, 'Liberation Sans', 'Noto Sans CJK SC', sans-serif\" fill=\"#000000\">\n",
            "<title>{title}</title>\n",
            "<rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n",
            "<text x=\"{x}\" y=\"20\" text-anchor=\"middle\" font-size=\"13\" font-weight=\"bold\">{title}</text>\n",
            "{body}</svg>\n"
        ),
        w = width,
        h = height + notes + 8.0,
        title = title,
        x = width / 2.0,
        body = pen.body
    )
}

#[derive(Default)]
struct Pen {
    body: String,
}

impl Pen {
    fn add(&mut self, text: std::fmt::Arguments) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(text);
        self.body.push('\n');
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, size: f64, text: &str) {
        self.add(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{}</text>",
            escape(text)
        ));
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64, dash: Dash) {
        self.add(format_args!(
            "<line x1=\"{:.2}\" y1=\"{:.2}\" x2=\"{:.2}\" y2=\"{:.2}\" stroke=\"{colour}\" stroke-width=\"{width}\"{}/>",
            from.0,
            from.1,
            to.0,
            to.1,
            pattern(dash)
        ));
    }
}

fn pattern(dash: Dash) -> &'static str {
    match dash {
        Dash::Solid => "",
        Dash::Dashed => " stroke-dasharray=\"6 3\"",
        Dash::Dotted => " stroke-dasharray=\"1.5 3\"",
    }
}

fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "#000000",
        Tone::Muted => "#7a7a7a",
        Tone::Accent => "#0072b2",
        Tone::Good => "#009e73",
        Tone::Warn => "#e69f00",
        Tone::Bad => "#d55e00",
        Tone::Series(number) => SERIES[number as usize % 8],
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .chars()
        .filter(|letter| !letter.is_control())
        .collect()
}

/// A rectangle in which axes place values.
struct Stage<'a> {
    x: &'a Axis,
    y: &'a Axis,
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Stage<'_> {
    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (
            self.left + self.x.position(x) * self.width,
            self.top + (1.0 - self.y.position(y)) * self.height,
        )
    }
}

fn draw_plot(pen: &mut Pen, plot: &Plot) -> (f64, f64) {
    let legend: Vec<&Series> = plot.series.iter().filter(|series| !series.name.is_empty()).collect();
    let (inner_width, inner_height) = if plot.square { (300.0, 300.0) } else { (440.0, 300.0) };
    let above = if plot.top.is_some() { 68.0 } else { 36.0 };
    let stage = Stage {
        x: &plot.x,
        y: &plot.y,
        left: 64.0,
        top: above,
        width: inner_width,
        height: inner_height,
    };
    let (right, bottom) = (stage.left + stage.width, stage.top + stage.height);
    let rug = if plot.rug.is_some() { 26.0 } else { 0.0 };
    pen.add(format_args!(
        "<clipPath id=\"frame\"><rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\"/></clipPath>",
        stage.left, stage.top, stage.width, stage.height
    ));
    pen.add(format_args!("<g clip-path=\"url(#frame)\">"));
    for series in &plot.series {
        if let Marks::Band(points) = &series.marks {
            let edge = |which: usize| -> Vec<(f64, f64)> {
                points.iter().map(|point| stage.at(point[0], point[which])).collect()
            };
            let outline: Vec<String> = edge(1)
                .into_iter()
                .chain(edge(2).into_iter().rev())
                .filter(|(x, y)| x.is_finite() && y.is_finite())
                .map(|(x, y)| format!("{x:.2},{y:.2}"))
                .collect();
            pen.add(format_args!(
                "<polygon points=\"{}\" fill=\"{}\" fill-opacity=\"0.15\"/>",
                outline.join(" "),
                colour(series.tone)
            ));
        }
    }
    for rule in &plot.rules {
        let (from, to) = match rule.place {
            Place::X(x) => {
                let at = stage.at(x, plot.y.limits.0).0;
                ((at, stage.top), (at, bottom))
            }
            Place::Y(y) => {
                let at = stage.at(plot.x.limits.0, y).1;
                ((stage.left, at), (right, at))
            }
            Place::Diagonal => (stage.at(0.0, 0.0), stage.at(1.0, 1.0)),
        };
        pen.line(from, to, colour(rule.tone), 0.8, Dash::Dotted);
    }
    for series in &plot.series {
        draw_series(pen, &stage, series);
    }
    pen.add(format_args!("</g>"));
    for rule in &plot.rules {
        if let (Place::X(x), false) = (rule.place, rule.label.is_empty()) {
            pen.text(
                stage.at(x, plot.y.limits.0).0 + 3.0,
                stage.top + 10.0,
                "start",
                9.0,
                &rule.label,
            );
        }
    }
    pen.add(format_args!(
        "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"none\" stroke=\"#000000\" stroke-width=\"0.8\"/>",
        stage.left, stage.top, stage.width, stage.height
    ));
    for (value, label) in plot.x.tick_labels(6) {
        let x = stage.at(value, plot.y.limits.0).0;
        if x.is_finite() && x >= stage.left - 0.1 && x <= right + 0.1 {
            pen.line((x, bottom), (x, bottom + 4.0), "#000000", 0.8, Dash::Solid);
            pen.text(x, bottom + 15.0, "middle", 10.0, &label);
        }
    }
    for (value, label) in plot.y.tick_labels(6) {
        let y = stage.at(plot.x.limits.0, value).1;
        if y.is_finite() && y >= stage.top - 0.1 && y <= bottom + 0.1 {
            pen.line((stage.left - 4.0, y), (stage.left, y), "#000000", 0.8, Dash::Solid);
            pen.text(stage.left - 7.0, y + 3.5, "end", 10.0, &label);
        }
    }
    if let Some(top) = &plot.top {
        let mut free = f64::NEG_INFINITY;
        let mut labels: Vec<(f64, &String)> = top
            .labels
            .iter()
            .map(|(value, label)| (stage.at(*value, plot.y.limits.0).0, label))
            .collect();
        labels.sort_by(|left, right| left.0.total_cmp(&right.0));
        for (x, label) in labels {
            let half = label.chars().count() as f64 * 2.8;
            if x - half >= free && x >= stage.left - 0.1 && x <= right + 0.1 {
                pen.line((x, stage.top - 4.0), (x, stage.top), "#000000", 0.8, Dash::Solid);
                pen.text(x, stage.top - 7.0, "middle", 9.0, label);
                free = x + half + 6.0;
            }
        }
        pen.text(
            f64::midpoint(stage.left, right),
            stage.top - 20.0,
            "middle",
            10.0,
            &top.label,
        );
    }
    if let Some(values) = &plot.rug {
        for &value in values.iter().filter(|value| value.is_finite()) {
            let x = stage.at(value, plot.y.limits.0).0;
            if x >= stage.left && x <= right {
                pen.line((x, bottom + 22.0), (x, bottom + 32.0), "#7a7a7a", 0.6, Dash::Solid);
            }
        }
    }
    pen.text(
        f64::midpoint(stage.left, right),
        bottom + 32.0 + rug,
        "middle",
        11.0,
        &plot.x.label,
    );
    let middle = f64::midpoint(stage.top, bottom);
    pen.add(format_args!(
        "<text transform=\"translate(18 {middle:.1}) rotate(-90)\" text-anchor=\"middle\" font-size=\"11\">{}</text>",
        escape(&plot.y.label)
    ));
    let mut width = (right + 24.0).max(WIDTH);
    if plot.legend && !legend.is_empty() {
        let longest = legend
            .iter()
            .map(|series| series.name.chars().count())
            .max()
            .unwrap_or(0) as f64;
        let left = right + 14.0;
        width = width.max(left + 30.0 + longest * 5.6 + 8.0);
        for (order, series) in legend.iter().enumerate() {
            let y = stage.top + 12.0 + order as f64 * 16.0;
            match &series.marks {
                Marks::Points(_) => pen.add(format_args!(
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{}\"/>",
                    left + 11.0,
                    y - 3.5,
                    colour(series.tone)
                )),
                Marks::Bars(_) | Marks::Band(_) => pen.add(format_args!(
                    "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"22\" height=\"8\" fill=\"{}\"/>",
                    y - 8.0,
                    colour(series.tone)
                )),
                _ => pen.line(
                    (left, y - 3.5),
                    (left + 22.0, y - 3.5),
                    colour(series.tone),
                    1.6,
                    series.dash,
                ),
            }
            pen.text(left + 27.0, y, "start", 10.0, &series.name);
        }
    }
    (width, (bottom + 44.0 + rug).max(HEIGHT))
}

fn draw_series(pen: &mut Pen, stage: &Stage, series: &Series) {
    let colour = colour(series.tone);
    match &series.marks {
        Marks::Line(points) | Marks::Steps(points) => {
            let stepped = matches!(series.marks, Marks::Steps(_));
            let mut path = String::new();
            let mut pen_down = false;
            for point in points {
                let (x, y) = stage.at(point[0], point[1]);
                if !(x.is_finite() && y.is_finite()) {
                    pen_down = false;
                    continue;
                }
                let (x, y) = (x.clamp(-1e5, 1e5), y.clamp(-1e5, 1e5));
                let _ = match (pen_down, stepped) {
                    (false, _) => write!(path, "M{x:.2} {y:.2}"),
                    (true, false) => write!(path, "L{x:.2} {y:.2}"),
                    (true, true) => write!(path, "H{x:.2}V{y:.2}"),
                };
                pen_down = true;
            }
            pen.add(format_args!(
                "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.4\" stroke-linejoin=\"round\"{}/>",
                pattern(series.dash)
            ));
        }
        Marks::Points(points) => {
            for point in points {
                let (x, y) = stage.at(point.x, point.y);
                if !(x.is_finite() && y.is_finite()) {
                    continue;
                }
                if let Some((low, high)) = point.bar
                    && low.is_finite()
                    && high.is_finite()
                {
                    let (low, high) = (stage.at(point.x, low).1, stage.at(point.x, high).1);
                    pen.line((x, low), (x, high), "#7a7a7a", 0.7, Dash::Solid);
                    for end in [low, high] {
                        pen.line((x - 1.5, end), (x + 1.5, end), "#7a7a7a", 0.7, Dash::Solid);
                    }
                }
                pen.add(format_args!(
                    "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"2.2\" fill=\"{colour}\"/>"
                ));
            }
        }
        Marks::Bars(bars) => {
            for &[left, right, height] in bars {
                let ((x0, y0), (x1, y1)) = (stage.at(left, 0.0), stage.at(right, height));
                if [x0, y0, x1, y1].iter().all(|value| value.is_finite()) {
                    pen.add(format_args!(
                        "<rect x=\"{x0:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"{colour}\"/>",
                        y0.min(y1),
                        (x1 - x0).max(0.2),
                        (y1 - y0).abs()
                    ));
                }
            }
        }
        Marks::Band(_) => {}
    }
}

/// A guess at the width of a text of Helvetica at 10 points.
fn room(text: &str) -> f64 {
    super::cells::width(text) as f64 * 5.6
}

fn draw_rows(pen: &mut Pen, rows: &Rows) -> (f64, f64) {
    let name = rows.rows.iter().map(|row| room(&row.name)).fold(40.0, f64::max);
    let texts: Vec<f64> = (1..rows.headings.len())
        .map(|column| {
            rows.rows
                .iter()
                .filter_map(|row| row.texts.get(column - 1))
                .map(|text| room(text))
                .chain([room(&rows.headings[column])])
                .fold(0.0, f64::max)
        })
        .collect();
    let unit = Axis::linear("", 0.0, 1.0);
    let stage = Stage {
        x: &rows.x,
        y: &unit,
        left: name + 20.0,
        top: 50.0,
        width: 260.0,
        height: rows.rows.len() as f64 * 18.0,
    };
    let (right, bottom) = (stage.left + stage.width, stage.top + stage.height);
    let mut column = right + 14.0;
    for (order, wide) in texts.iter().enumerate() {
        pen.text(column + wide, stage.top - 8.0, "end", 10.0, &rows.headings[order + 1]);
        column += wide + 14.0;
    }
    let centre = stage.at(rows.centre, 0.0).0;
    pen.line((centre, stage.top), (centre, bottom), "#7a7a7a", 0.8, Dash::Dashed);
    for (order, row) in rows.rows.iter().enumerate() {
        let y = stage.top + order as f64 * 18.0 + 9.0;
        pen.text(stage.left - 8.0, y + 3.5, "end", 10.0, &row.name);
        let place = |value: f64| stage.at(value, 0.0).0.clamp(stage.left, right);
        let value = place(row.value);
        if value.is_finite() {
            match row.interval {
                Some((low, high)) => {
                    let (from, to) = (place(low), place(high));
                    if from.is_finite() && to.is_finite() {
                        pen.line((from, y), (to, y), "#000000", 1.0, Dash::Solid);
                        for (end, cut, tip) in [(from, low < rows.x.limits.0, 5.0), (to, high > rows.x.limits.1, -5.0)]
                        {
                            if cut {
                                pen.add(format_args!(
                                    "<path d=\"M{end:.2} {y:.2}l{tip} -3v6z\" fill=\"#000000\"/>"
                                ));
                            } else {
                                pen.line((end, y - 3.0), (end, y + 3.0), "#000000", 1.0, Dash::Solid);
                            }
                        }
                    }
                    pen.add(format_args!(
                        "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"7\" height=\"7\" fill=\"{}\"/>",
                        value - 3.5,
                        y - 3.5,
                        colour(row.tone)
                    ));
                }
                None => pen.add(format_args!(
                    "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"10\" fill=\"{}\"/>",
                    value.min(centre),
                    y - 5.0,
                    (value - centre).abs().max(0.4),
                    colour(row.tone)
                )),
            }
        }
        let mut column = right + 14.0;
        for (text, wide) in row.texts.iter().zip(&texts) {
            pen.text(column + wide, y + 3.5, "end", 10.0, text);
            column += wide + 14.0;
        }
    }
    pen.line((stage.left, bottom), (right, bottom), "#000000", 0.8, Dash::Solid);
    for (value, label) in rows.x.tick_labels(5) {
        let x = stage.at(value, 0.0).0;
        if x >= stage.left - 0.1 && x <= right + 0.1 {
            pen.line((x, bottom), (x, bottom + 4.0), "#000000", 0.8, Dash::Solid);
            pen.text(x, bottom + 15.0, "middle", 10.0, &label);
        }
    }
    pen.text(
        f64::midpoint(stage.left, right),
        bottom + 30.0,
        "middle",
        11.0,
        &rows.x.label,
    );
    (column.max(360.0) + 6.0, bottom + 40.0)
}

fn draw_scales(pen: &mut Pen, scales: &Scales) -> (f64, f64) {
    let name = scales.scales.iter().map(|scale| room(&scale.name)).fold(60.0, f64::max);
    let (left, width) = (name + 24.0, 420.0);
    for (order, scale) in scales.scales.iter().enumerate() {
        let y = 60.0 + order as f64 * 36.0;
        pen.text(left - 12.0, y + 3.5, "end", 10.0, &scale.name);
        let places: Vec<f64> = scale.ticks.iter().map(|(share, _)| left + share * width).collect();
        let low = places.iter().copied().fold(f64::INFINITY, f64::min);
        let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if low.is_finite() && high.is_finite() {
            pen.line((low, y), (high, y), "#000000", 0.9, Dash::Solid);
        }
        let mut free = f64::NEG_INFINITY;
        let mut ticks: Vec<(f64, &String)> = places
            .iter()
            .copied()
            .zip(scale.ticks.iter().map(|tick| &tick.1))
            .collect();
        ticks.sort_by(|left, right| left.0.total_cmp(&right.0));
        for (x, label) in ticks {
            pen.line((x, y), (x, y - 5.0), "#000000", 0.8, Dash::Solid);
            let half = room(label) / 2.0;
            if x - half >= free {
                pen.text(x, y - 8.0, "middle", 9.0, label);
                free = x + half + 3.0;
            }
        }
        if let Some(mark) = scale.mark {
            let x = left + mark.clamp(0.0, 1.0) * width;
            pen.add(format_args!("<path d=\"M{x:.2} {y:.2}l-4 7h8z\" fill=\"#d55e00\"/>"));
            pen.text(left + width + 12.0, y + 3.5, "start", 10.0, &scale.reading);
        }
    }
    let reading = scales
        .scales
        .iter()
        .map(|scale| room(&scale.reading))
        .fold(0.0, f64::max);
    (left + width + 20.0 + reading, 60.0 + scales.scales.len() as f64 * 36.0)
}

fn draw_matrix(pen: &mut Pen, matrix: &Matrix) -> (f64, f64) {
    let side = matrix.names.len();
    let cell = (400.0 / side.max(1) as f64).clamp(3.0, 24.0);
    let size = (cell - 1.0).clamp(2.5, 10.0);
    let name = matrix
        .names
        .iter()
        .map(|name| room(name) * size / 10.0)
        .fold(20.0, f64::max)
        + if matrix.clusters.is_empty() { 0.0 } else { 2.0 * size };
    let (left, top) = (name + 14.0, 36.0);
    let (low, high) = matrix.limits;
    for row in 0..side {
        pen.text(
            left - 5.0,
            top + (row as f64 + 0.75) * cell,
            "end",
            size,
            &match matrix.clusters.get(row).copied().flatten() {
                Some(cluster) => format!("{}  {}", matrix.names[row], super::heatmap::letter(cluster)),
                None => matrix.names[row].clone(),
            },
        );
        for column in 0..side {
            let value = matrix.values[row * side + column];
            if value.is_finite() {
                let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
                let (red, green, blue) = diverging(share);
                pen.add(format_args!(
                    "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{cell:.2}\" height=\"{cell:.2}\" fill=\"#{red:02x}{green:02x}{blue:02x}\"/>",
                    left + column as f64 * cell,
                    top + row as f64 * cell,
                ));
            }
        }
    }
    let bottom = top + side as f64 * cell;
    let legend = format!("{}: {low} blue to {high} orange", matrix.label);
    pen.text(left, bottom + 16.0, "start", 10.0, &legend);
    (left + (side as f64 * cell).max(room(&legend)) + 20.0, bottom + 26.0)
}

/// Blue at 0, white in the middle, orange at 1.
fn diverging(share: f64) -> (u8, u8, u8) {
    let mix = |from: f64, to: f64, part: f64| (from + (to - from) * part).round() as u8;
    if share < 0.5 {
        let part = share * 2.0;
        (mix(0.0, 255.0, part), mix(114.0, 255.0, part), mix(178.0, 255.0, part))
    } else {
        let part = share * 2.0 - 1.0;
        (mix(255.0, 213.0, part), mix(255.0, 94.0, part), mix(255.0, 0.0, part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::forest::{ForestInput, ForestTerm};
    use crate::figure::roc::{RocCurve, RocInput};

    #[test]
    fn names_are_escaped_and_nan_is_left_out() {
        let input = RocInput {
            curves: vec![RocCurve {
                name: "a < b & \"c\"".to_owned(),
                auc: 0.8,
                interval: (0.7, f64::NAN),
                thresholds: vec![0.1, f64::NAN],
                sensitivities: vec![1.0, f64::NAN],
                specificities: vec![0.0, 1.0],
                ..RocCurve::default()
            }],
            ..RocInput::default()
        };
        let text = render(&crate::figure::roc::figure(&input).unwrap());
        assert!(text.contains("a &lt; b &amp; &quot;c&quot;"));
        assert!(!text.contains("NaN\""), "no coordinate is NaN");
    }

    #[test]
    fn an_interval_without_end_is_cut_with_an_arrow() {
        let input = ForestInput {
            name: "x".to_owned(),
            terms: vec![ForestTerm {
                name: "smoking".to_owned(),
                odds_ratio: 1e9,
                interval: (0.5, f64::INFINITY),
                p: 0.9,
                ..ForestTerm::default()
            }],
            remark: String::new(),
        };
        let text = render(&crate::figure::forest::figure(&input).unwrap());
        assert!(!text.contains("NaN") && !text.contains("inf"));
        assert!(text.contains("l-5 -3v6z"));
    }
}
