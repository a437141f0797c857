//! A [`Figure`] laid out in character cells, each with a tone instead of a colour.
//!
//! The terminal program gives the tones colours from its theme; `radscore show` prints the cells as text. Curves are dots
//! of a finer grid (2 x 4 in a Braille cell), bands are the background of a cell, ticks stand exactly under their values:
//! both go through the same rounding.

use unicode_width::UnicodeWidthChar;

use super::{Axis, Content, Dash, Figure, Marks, Matrix, Place, Plot, Rows, Scales, Series, Tone, ticks};

/// What curves are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ink {
    /// Braille, 2 x 4 dots a cell
    #[default]
    Braille,
    /// Quadrant blocks, 2 x 2
    Block,
    /// A dot a cell
    Dot,
    /// ASCII letters, one sign a series
    Ascii,
}

impl Ink {
    /// The next of the cycle.
    pub fn next(self) -> Self {
        match self {
            Self::Braille => Self::Block,
            Self::Block => Self::Dot,
            Self::Dot => Self::Ascii,
            Self::Ascii => Self::Braille,
        }
    }

    /// Dots across and up a cell.
    fn grain(self) -> (usize, usize) {
        match self {
            Self::Braille => (2, 4),
            Self::Block => (2, 2),
            Self::Dot | Self::Ascii => (1, 1),
        }
    }
}

/// How a figure is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Layout {
    /// What curves are drawn with
    pub ink: Ink,
    /// Whether only ASCII may be used, for frames and marks too
    pub ascii: bool,
    /// Whether the title stands above
    pub title: bool,
    /// Where a cursor stands on the horizontal axis
    pub cursor: Option<f64>,
    /// The first row shown of a chart of rows
    pub first_row: usize,
}

/// The background of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fill {
    /// None
    #[default]
    None,
    /// Inside a band of this tone
    Band(Tone),
    /// A shade from 0 to 23 of a heat map
    Shade(u8),
    /// The row in hand
    Selected,
}

/// A character cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it; `\0` in the right half of a wide character
    pub symbol: char,
    /// Its meaning
    pub tone: Tone,
    /// Its background
    pub fill: Fill,
    /// Whether it is to be strong
    pub strong: bool,
}

impl Default for Cell {
    fn default() -> Self {
        Self {
            symbol: ' ',
            tone: Tone::Plain,
            fill: Fill::None,
            strong: false,
        }
    }
}

/// A block of cells, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// Columns
    pub width: usize,
    /// Rows
    pub height: usize,
    grid: Vec<Cell>,
}

impl Cells {
    /// An empty block.
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            grid: vec![Cell::default(); width * height],
        }
    }

    /// The cell at a column and row; an empty one outside.
    pub fn get(&self, x: usize, y: usize) -> Cell {
        if x < self.width && y < self.height {
            self.grid[y * self.width + x]
        } else {
            Cell::default()
        }
    }

    /// The cell at a column and row, to be changed.
    pub fn at(&mut self, x: usize, y: usize) -> Option<&mut Cell> {
        (x < self.width && y < self.height).then(|| &mut self.grid[y * self.width + x])
    }

    /// Puts a character; outside nothing happens.
    pub fn put(&mut self, x: usize, y: usize, symbol: char, tone: Tone) {
        if let Some(cell) = self.at(x, y) {
            cell.symbol = symbol;
            cell.tone = tone;
        }
    }

    /// Writes text of at most `room` columns and gives the columns used; a text that does not fit ends in `…`.
    pub fn text(&mut self, x: usize, y: usize, room: usize, text: &str, tone: Tone) -> usize {
        let room = room.min(self.width.saturating_sub(x));
        let text = fit(text, room);
        let mut column = x;
        for symbol in text.chars() {
            let wide = symbol.width().unwrap_or(0);
            if wide == 0 {
                continue;
            }
            self.put(column, y, symbol, tone);
            if wide == 2 {
                self.put(column + 1, y, '\0', tone);
            }
            column += wide;
        }
        column - x
    }

    fn strong_text(&mut self, x: usize, y: usize, room: usize, text: &str, tone: Tone) {
        let used = self.text(x, y, room, text, tone);
        for column in x..x + used {
            if let Some(cell) = self.at(column, y) {
                cell.strong = true;
            }
        }
    }

    /// Copies another block into this one.
    pub fn insert(&mut self, x: usize, y: usize, other: &Cells) {
        for row in 0..other.height {
            for column in 0..other.width {
                if let Some(cell) = self.at(x + column, y + row) {
                    *cell = other.get(column, row);
                }
            }
        }
    }

    /// One row as text, without spaces at its end; bands and shades without a sign of their own get one.
    pub fn line(&self, y: usize, ascii: bool) -> String {
        let mut text = String::new();
        for x in 0..self.width {
            let cell = self.get(x, y);
            match cell.symbol {
                '\0' => {}
                ' ' => text.push(fill_sign(cell.fill, ascii)),
                symbol => text.push(symbol),
            }
        }
        text.trim_end().to_owned()
    }
}

/// The sign for a background where there are no colours.
pub fn fill_sign(fill: Fill, ascii: bool) -> char {
    match (fill, ascii) {
        (Fill::None | Fill::Selected, _) => ' ',
        (Fill::Band(_), false) => '░',
        (Fill::Band(_), true) => ':',
        (Fill::Shade(shade), false) => [' ', '░', '▒', '▓', '█'][(shade as usize * 5 / 24).min(4)],
        (Fill::Shade(shade), true) => {
            [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'][(shade as usize * 10 / 24).min(9)]
        }
    }
}

/// The columns that a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(|symbol| symbol.width().unwrap_or(0)).sum()
}

/// A text cut to a number of columns, `…` at its end where something was cut off.
pub fn fit(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    if room == 0 {
        return String::new();
    }
    let mut kept = String::new();
    let mut used = 0;
    for symbol in text.chars() {
        let wide = symbol.width().unwrap_or(0);
        if used + wide > room - 1 {
            break;
        }
        kept.push(symbol);
        used += wide;
    }
    kept.push('…');
    kept
}

/// A text cut at its beginning: feature names differ at their end.
pub fn fit_end(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    if room == 0 {
        return String::new();
    }
    let mut kept: Vec<char> = Vec::new();
    let mut used = 0;
    for symbol in text.chars().rev() {
        let wide = symbol.width().unwrap_or(0);
        if used + wide > room - 1 {
            break;
        }
        kept.push(symbol);
        used += wide;
    }
    kept.push('…');
    kept.iter().rev().collect()
}

/// A figure in cells.
pub fn paint(figure: &Figure, width: usize, height: usize, layout: &Layout) -> Cells {
    let mut cells = Cells::new(width, height);
    if width < 24 || height < 6 {
        cells.text(0, 0, width, "too small for the chart", Tone::Muted);
        return finish(cells, layout);
    }
    let mut top = 0;
    if layout.title {
        cells.strong_text(0, 0, width, &figure.title, Tone::Plain);
        top = 1;
    }
    let notes = if height >= 12 {
        figure.notes.len().min(height / 6)
    } else {
        0
    };
    for (order, note) in figure.notes.iter().take(notes).enumerate() {
        cells.text(1, height - notes + order, width - 1, note, Tone::Muted);
    }
    let room = height - top - notes;
    let drawn = match &figure.content {
        Content::Plot(plot) => paint_plot(plot, width, room, layout),
        Content::Rows(rows) => paint_rows(rows, width, room, layout),
        Content::Scales(scales) => paint_scales(scales, width, room),
        Content::Matrix(matrix) => paint_matrix(matrix, width, room),
    };
    cells.insert(0, top, &drawn);
    finish(cells, layout)
}

fn finish(mut cells: Cells, layout: &Layout) -> Cells {
    if layout.ascii {
        for cell in &mut cells.grid {
            cell.symbol = ascii(cell.symbol);
        }
    }
    cells
}

/// The nearest ASCII sign; letters of other scripts stay, since they are names.
pub fn ascii(symbol: char) -> char {
    match symbol {
        '─' | '┄' | '╌' | '–' | '—' | '▁' | '▔' => '-',
        '│' | '┊' | '┤' | '├' | '▏' | '▐' | '▌' => '|',
        '┼' | '┴' | '┬' | '└' | '┘' | '┌' | '┐' | '╭' | '╮' | '╰' | '╯' | '±' | '✓' => '+',
        '●' | '•' | '◆' => 'o',
        '■' | '█' | '▓' | '▇' | '▆' | '▅' | '▀' => '#',
        '▄' | '▃' | '▂' | '▒' => '=',
        '░' => ':',
        '◄' | '‹' | '≤' | '←' => '<',
        '►' | '▸' | '›' | '≥' | '→' => '>',
        '…' => '~',
        '×' | '✗' => 'x',
        'λ' => 'L',
        '²' => '2',
        '·' => '.',
        '↑' => '^',
        '↓' => 'v',
        '∞' => 'I',
        '√' => 'V',
        '\u{2801}'..='\u{28ff}' => '*',
        other => other,
    }
}

/// The finer grid in which curves are drawn.
struct Dots {
    ink: Ink,
    columns: usize,
    rows: usize,
    bits: Vec<u8>,
    tones: Vec<Tone>,
    signs: Vec<char>,
}

impl Dots {
    fn new(ink: Ink, columns: usize, rows: usize) -> Self {
        Self {
            ink,
            columns,
            rows,
            bits: vec![0; columns * rows],
            tones: vec![Tone::Plain; columns * rows],
            signs: vec!['*'; columns * rows],
        }
    }

    fn across(&self) -> usize {
        self.columns * self.ink.grain().0
    }

    fn up(&self) -> usize {
        self.rows * self.ink.grain().1
    }

    /// Sets a dot, counted from the upper left.
    fn set(&mut self, x: usize, y: usize, tone: Tone, sign: char) {
        let (grain_x, grain_y) = self.ink.grain();
        let (column, row) = (x / grain_x, y / grain_y);
        if column >= self.columns || row >= self.rows {
            return;
        }
        let place = row * self.columns + column;
        let (inner_x, inner_y) = (x % grain_x, y % grain_y);
        self.bits[place] |= match self.ink {
            Ink::Braille => match (inner_x, inner_y) {
                (0, 3) => 0x40,
                (1, 3) => 0x80,
                (x, y) => 1 << (x * 3 + y),
            },
            Ink::Block => 1 << (inner_y * 2 + inner_x),
            Ink::Dot | Ink::Ascii => 1,
        };
        self.tones[place] = tone;
        self.signs[place] = sign;
    }

    fn symbol(&self, place: usize) -> Option<char> {
        let bits = self.bits[place];
        if bits == 0 {
            return None;
        }
        Some(match self.ink {
            Ink::Braille => char::from_u32(0x2800 + u32::from(bits)).unwrap_or('*'),
            Ink::Block => [
                ' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█',
            ][bits as usize & 15],
            Ink::Dot => '•',
            Ink::Ascii => self.signs[place],
        })
    }
}

/// Where the plot proper lies, and how values become dots.
struct Frame<'a> {
    x: &'a Axis,
    y: &'a Axis,
    left: usize,
    top: usize,
    columns: usize,
    rows: usize,
    grain: (usize, usize),
}

impl Frame<'_> {
    /// The dot of a point, not rounded and not clipped; NaN where the scales cannot show it.
    fn dot(&self, x: f64, y: f64) -> (f64, f64) {
        let across = (self.columns * self.grain.0) as f64 - 1.0;
        let up = (self.rows * self.grain.1) as f64 - 1.0;
        (self.x.position(x) * across, (1.0 - self.y.position(y)) * up)
    }

    /// The cell column of a value, where it lies inside.
    fn column(&self, x: f64) -> Option<usize> {
        let position = self.x.position(x);
        if !(-1e-9..=1.0 + 1e-9).contains(&position) {
            return None;
        }
        let across = (self.columns * self.grain.0) as f64 - 1.0;
        Some((position.clamp(0.0, 1.0) * across).round() as usize / self.grain.0)
    }

    /// The cell row of a value, where it lies inside.
    fn row(&self, y: f64) -> Option<usize> {
        let position = self.y.position(y);
        if !(-1e-9..=1.0 + 1e-9).contains(&position) {
            return None;
        }
        let up = (self.rows * self.grain.1) as f64 - 1.0;
        Some(((1.0 - position.clamp(0.0, 1.0)) * up).round() as usize / self.grain.1)
    }
}

const SIGNS: [char; 8] = ['*', '+', 'o', 'x', '#', '@', '%', '='];

fn sign_of(tone: Tone) -> char {
    match tone {
        Tone::Series(number) => SIGNS[number as usize % 8],
        _ => '.',
    }
}

/// The value in the middle of the cell column where a value lies: so a cursor's steps are the columns of the drawing.
fn paint_plot(plot: &Plot, width: usize, height: usize, layout: &Layout) -> Cells {
    let mut cells = Cells::new(width, height);
    let ink = if layout.ascii { Ink::Ascii } else { layout.ink };
    let grain = ink.grain();
    let legend: Vec<&Series> = plot.series.iter().filter(|series| !series.name.is_empty()).collect();
    let legend_width = legend.iter().map(|series| self::width(&series.name)).max().unwrap_or(0) + 4;
    let show_label = height >= 9;
    let above = 1 + usize::from(plot.top.is_some());
    let below = 2 + usize::from(show_label) + usize::from(plot.rug.is_some());
    let rows = height.saturating_sub(above + below).max(2);
    let y_ticks = plot.y.tick_labels((rows / 3).clamp(2, 8));
    let gutter = y_ticks.iter().map(|(_, label)| self::width(label)).max().unwrap_or(1) + 1;
    let mut columns = width.saturating_sub(gutter + 3).max(8);
    let mut beside = false;
    if plot.square {
        let wanted = ((rows as f64 * 2.2) as usize).max(24);
        if wanted < columns {
            let room = columns - wanted;
            columns = if plot.legend && !legend.is_empty() && room < legend_width + 2 && room + 12 >= legend_width {
                columns - (legend_width + 2).min(columns - 24)
            } else {
                wanted
            };
            beside = plot.legend && width - gutter - columns - 3 >= legend_width.min(20);
        }
    } else if plot.legend && width >= 110 && !legend.is_empty() {
        columns = columns.saturating_sub(legend_width + 2).max(24);
        beside = true;
    }
    let frame = Frame {
        x: &plot.x,
        y: &plot.y,
        left: gutter + 1,
        top: above,
        columns,
        rows,
        grain,
    };
    // Bands lie under everything.
    for series in &plot.series {
        if let Marks::Band(points) = &series.marks {
            paint_band(&mut cells, &frame, points, series.tone);
        }
    }
    paint_axes(&mut cells, &frame, plot, &y_ticks, gutter, show_label);
    let mut dots = Dots::new(ink, columns, rows);
    paint_rules(&mut cells, &mut dots, &frame, plot);
    let mut points_on_top: Vec<(usize, usize, Tone)> = Vec::new();
    for series in &plot.series {
        let sign = sign_of(series.tone);
        match &series.marks {
            Marks::Line(points) => paint_line(&mut dots, &frame, points, series.tone, series.dash, sign),
            Marks::Steps(points) => {
                let mut stepped: Vec<[f64; 2]> = Vec::with_capacity(points.len() * 2);
                for point in points {
                    if let Some(last) = stepped.last().copied() {
                        stepped.push([point[0], last[1]]);
                    }
                    stepped.push(*point);
                }
                paint_line(&mut dots, &frame, &stepped, series.tone, series.dash, sign);
            }
            Marks::Points(points) => {
                for point in points {
                    let Some(column) = frame.column(point.x) else { continue };
                    if let Some((low, high)) = point.bar {
                        let (x, from) = (column * grain.0, frame.dot(point.x, high).1);
                        let to = frame.dot(point.x, low).1;
                        if from.is_finite() && to.is_finite() {
                            let last = dots.up() as f64 - 1.0;
                            let (from, to) = (from.clamp(0.0, last) as usize, to.clamp(0.0, last) as usize);
                            for y in from..=to {
                                dots.set(x, y, Tone::Muted, '|');
                            }
                        }
                    }
                    if let Some(row) = frame.row(point.y) {
                        points_on_top.push((column, row, series.tone));
                    }
                }
            }
            Marks::Bars(bars) => paint_bars(&mut cells, &frame, bars, series.tone),
            Marks::Band(_) => {}
        }
    }
    let cursor = layout.cursor.and_then(|x| frame.column(x));
    if let Some(column) = cursor {
        for row in 0..rows {
            let (x, y) = (frame.left + column, frame.top + row);
            if cells.get(x, y).symbol == ' ' || cells.get(x, y).symbol == '┊' {
                cells.put(x, y, '│', Tone::Accent);
            }
        }
    }
    for place in 0..columns * rows {
        if let Some(symbol) = dots.symbol(place) {
            cells.put(
                frame.left + place % columns,
                frame.top + place / columns,
                symbol,
                dots.tones[place],
            );
        }
    }
    for (column, row, tone) in points_on_top {
        cells.put(frame.left + column, frame.top + row, '●', tone);
    }
    paint_texts(&mut cells, &frame, plot);
    if plot.legend && !legend.is_empty() {
        paint_legend(&mut cells, &frame, &legend, legend_width, beside);
    }
    cells
}

fn paint_axes(
    cells: &mut Cells,
    frame: &Frame,
    plot: &Plot,
    y_ticks: &[(f64, String)],
    gutter: usize,
    show_label: bool,
) {
    cells.text(0, 0, cells.width / 2, &plot.y.label, Tone::Muted);
    if let Some(top) = &plot.top {
        let start = (frame.left + frame.columns).saturating_sub(width(&top.label));
        let start = start.max(width(&plot.y.label) + 2);
        cells.text(start, 0, cells.width.saturating_sub(start), &top.label, Tone::Muted);
        centred_labels(cells, frame, 1, &top.labels);
    }
    for row in 0..frame.rows {
        cells.put(gutter, frame.top + row, '│', Tone::Muted);
    }
    let mut last = usize::MAX;
    for (value, label) in y_ticks.iter().rev() {
        if let Some(row) = frame.row(*value) {
            cells.put(gutter, frame.top + row, '┤', Tone::Muted);
            if last == usize::MAX || row > last {
                let start = (gutter - 1).saturating_sub(width(label));
                cells.text(start, frame.top + row, gutter, label, Tone::Plain);
                last = row;
            }
        }
    }
    let axis = frame.top + frame.rows;
    cells.put(gutter, axis, '└', Tone::Muted);
    for column in 0..frame.columns {
        cells.put(frame.left + column, axis, '─', Tone::Muted);
    }
    let x_ticks = plot.x.tick_labels((frame.columns / 9).clamp(2, 10));
    for (value, _) in &x_ticks {
        if let Some(column) = frame.column(*value) {
            cells.put(frame.left + column, axis, '┴', Tone::Muted);
        }
    }
    centred_labels(cells, frame, axis + 1, &x_ticks);
    let mut next = axis + 2;
    if let Some(values) = &plot.rug {
        paint_rug(cells, frame, next, values);
        next += 1;
    }
    if show_label {
        let start = frame.left + frame.columns.saturating_sub(width(&plot.x.label)) / 2;
        cells.text(
            start,
            next,
            cells.width.saturating_sub(start),
            &plot.x.label,
            Tone::Muted,
        );
    }
}

/// Labels centred on their values; one that would touch the last is left out.
fn centred_labels(cells: &mut Cells, frame: &Frame, row: usize, labels: &[(f64, String)]) {
    let mut placed: Vec<(usize, &String)> = labels
        .iter()
        .filter_map(|(value, label)| frame.column(*value).map(|column| (column, label)))
        .collect();
    placed.sort_by_key(|(column, _)| *column);
    let mut free = 0;
    for (column, label) in placed {
        let wide = width(label);
        let start = (frame.left + column).saturating_sub(wide / 2);
        if start < free || start + wide > cells.width {
            continue;
        }
        cells.text(start, row, wide, label, Tone::Plain);
        free = start + wide + 1;
    }
}

fn paint_rug(cells: &mut Cells, frame: &Frame, row: usize, values: &[f64]) {
    let mut counts = vec![0usize; frame.columns];
    for &value in values {
        if let Some(column) = frame.column(value) {
            counts[column] += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    for (column, &count) in counts.iter().enumerate() {
        if count > 0 {
            let level = (count * 8).div_ceil(most).clamp(1, 8);
            cells.put(frame.left + column, row, EIGHTHS[level - 1], Tone::Muted);
        }
    }
}

const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

fn paint_rules(cells: &mut Cells, dots: &mut Dots, frame: &Frame, plot: &Plot) {
    for rule in &plot.rules {
        match rule.place {
            Place::X(value) => {
                if let Some(column) = frame.column(value) {
                    for row in 0..frame.rows {
                        cells.put(frame.left + column, frame.top + row, '┊', rule.tone);
                    }
                }
            }
            Place::Y(value) => {
                if let Some(row) = frame.row(value) {
                    for column in 0..frame.columns {
                        if cells.get(frame.left + column, frame.top + row).symbol == ' ' {
                            cells.put(frame.left + column, frame.top + row, '┄', rule.tone);
                        }
                    }
                }
            }
            Place::Diagonal => paint_line(dots, frame, &[[0.0, 0.0], [1.0, 1.0]], rule.tone, Dash::Dotted, '.'),
        }
    }
}

fn paint_texts(cells: &mut Cells, frame: &Frame, plot: &Plot) {
    let mut row = frame.top;
    for rule in &plot.rules {
        if let Place::X(value) = rule.place
            && !rule.label.is_empty()
            && let Some(column) = frame.column(value)
        {
            let wide = width(&rule.label) + 1;
            let right = frame.left + frame.columns;
            let start = frame.left + column + 1;
            let start = if start + wide > right {
                (frame.left + column).saturating_sub(wide - 1)
            } else {
                start
            };
            cells.text(start, row, wide, &rule.label, rule.tone);
            row += 1;
        }
    }
    if frame.columns < 96 {
        return;
    }
    let mut used = std::collections::HashSet::new();
    for text in &plot.texts {
        if let (Some(column), Some(row)) = (frame.column(text.x), frame.row(text.y))
            && used.insert(row)
        {
            let room = frame.columns.saturating_sub(column + 2);
            cells.text(frame.left + column + 1, frame.top + row, room, &text.text, text.tone);
        }
    }
}

/// Draws a broken or unbroken line through points, clipped to the frame.
fn paint_line(dots: &mut Dots, frame: &Frame, points: &[[f64; 2]], tone: Tone, dash: Dash, sign: char) {
    let (right, bottom) = (dots.across() as f64 - 1.0, dots.up() as f64 - 1.0);
    let mut travelled = 0usize;
    let mut last_dot = None;
    for pair in points.windows(2) {
        let from = frame.dot(pair[0][0], pair[0][1]);
        let to = frame.dot(pair[1][0], pair[1][1]);
        let Some((from, to)) = clip(from, to, right, bottom) else {
            continue;
        };
        let (delta_x, delta_y) = (to.0 - from.0, to.1 - from.1);
        let steps = delta_x.abs().max(delta_y.abs()).ceil().max(1.0) as usize;
        for step in 0..=steps {
            let share = step as f64 / steps as f64;
            let dot = (
                (from.0 + share * delta_x).round() as usize,
                (from.1 + share * delta_y).round() as usize,
            );
            if last_dot == Some(dot) {
                continue;
            }
            last_dot = Some(dot);
            let on = match dash {
                Dash::Solid => true,
                Dash::Dashed => travelled % 6 < 3,
                Dash::Dotted => travelled.is_multiple_of(3),
            };
            if on {
                dots.set(dot.0, dot.1, tone, sign);
            }
            travelled += 1;
        }
    }
}

/// The part of a segment inside the rectangle from (0, 0) to (right, bottom); Liang and Barsky, 1984.
fn clip(from: (f64, f64), to: (f64, f64), right: f64, bottom: f64) -> Option<((f64, f64), (f64, f64))> {
    if ![from.0, from.1, to.0, to.1].iter().all(|value| value.is_finite()) {
        return None;
    }
    let (delta_x, delta_y) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    // Half a dot of tolerance keeps a line that runs along the edge.
    for (speed, room) in [
        (-delta_x, from.0 + 0.5),
        (delta_x, right + 0.5 - from.0),
        (-delta_y, from.1 + 0.5),
        (delta_y, bottom + 0.5 - from.1),
    ] {
        if speed == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else {
            let at = room / speed;
            if speed < 0.0 {
                enter = enter.max(at);
            } else {
                leave = leave.min(at);
            }
        }
    }
    if enter > leave {
        return None;
    }
    let point = |share: f64| {
        (
            (from.0 + share * delta_x).clamp(0.0, right),
            (from.1 + share * delta_y).clamp(0.0, bottom),
        )
    };
    Some((point(enter), point(leave)))
}

fn paint_band(cells: &mut Cells, frame: &Frame, points: &[[f64; 3]], tone: Tone) {
    let line = |which: usize| Series {
        name: String::new(),
        tone,
        dash: Dash::Solid,
        marks: Marks::Line(points.iter().map(|point| [point[0], point[which]]).collect()),
    };
    let (low, high) = (line(1), line(2));
    for column in 0..frame.columns {
        let x = frame.x.value((column as f64 + 0.5) / frame.columns as f64);
        let (Some(low), Some(high)) = (low.at(x), high.at(x)) else {
            continue;
        };
        let (low_limit, high_limit) = frame.y.limits;
        if low.is_nan() || high.is_nan() || low > high || high < low_limit || low > high_limit {
            continue;
        }
        let (Some(bottom), Some(top)) = (
            frame.row(low.clamp(low_limit, high_limit)),
            frame.row(high.clamp(low_limit, high_limit)),
        ) else {
            continue;
        };
        for row in top..=bottom {
            if let Some(cell) = cells.at(frame.left + column, frame.top + row) {
                cell.fill = Fill::Band(tone);
            }
        }
    }
}

fn paint_bars(cells: &mut Cells, frame: &Frame, bars: &[[f64; 3]], tone: Tone) {
    let whole = (frame.rows * 8) as f64;
    let level = |value: f64| (frame.y.position(value).clamp(0.0, 1.0) * whole).round() as usize;
    let zero = level(0.0);
    for &[left, right, height] in bars {
        if !height.is_finite() {
            continue;
        }
        let (from, to) = (frame.x.position(left), frame.x.position(right));
        if !(from.is_finite() && to.is_finite()) || to <= 0.0 || from >= 1.0 {
            continue;
        }
        let first = (from.max(0.0) * frame.columns as f64 + 0.25) as usize;
        let last = ((to.min(1.0) * frame.columns as f64 - 0.75).max(first as f64) as usize).min(frame.columns - 1);
        let end = level(height);
        let (low, high) = (zero.min(end), zero.max(end));
        for row in 0..frame.rows {
            let floor = (frame.rows - 1 - row) * 8;
            let covered = high.min(floor + 8).saturating_sub(low.max(floor));
            let symbol = match (covered, height >= 0.0) {
                (0, _) => continue,
                (8, _) => '█',
                (part, true) if high <= floor + 8 && low <= floor => EIGHTHS[part - 1],
                (part, false) if low >= floor && high >= floor + 8 => match part {
                    1 | 2 => '▔',
                    3..=5 => '▀',
                    _ => '█',
                },
                (part, _) if part >= 4 => '█',
                _ => continue,
            };
            for column in first..=last {
                cells.put(frame.left + column, frame.top + row, symbol, tone);
            }
        }
    }
}

fn paint_legend(cells: &mut Cells, frame: &Frame, legend: &[&Series], legend_width: usize, beside: bool) {
    let shown = legend.len().min(frame.rows);
    let right = frame.left + frame.columns;
    let (left, top) = if beside {
        (right + 2, frame.top + 1.min(frame.rows.saturating_sub(shown)))
    } else {
        let wide = legend_width.min(frame.columns);
        let corners = [
            (right.saturating_sub(wide + 1), frame.top),
            (frame.left + 1, frame.top),
            (right.saturating_sub(wide + 1), frame.top + frame.rows - shown),
            (frame.left + 1, frame.top + frame.rows - shown),
        ];
        let taken = |&(left, top): &(usize, usize)| {
            (top..top + shown)
                .flat_map(|y| (left..left + wide).map(move |x| (x, y)))
                .filter(|&(x, y)| cells.get(x, y).symbol != ' ')
                .count()
        };
        corners.into_iter().min_by_key(taken).unwrap_or(corners[0])
    };
    let room = cells.width.saturating_sub(left);
    for (order, series) in legend.iter().take(shown).enumerate() {
        let row = top + order;
        if !beside {
            for x in left..(left + legend_width).min(right) {
                cells.put(x, row, ' ', Tone::Plain);
            }
        }
        let sample = match (&series.marks, series.dash) {
            (Marks::Points(_), _) => "● ",
            (Marks::Bars(_), _) => "██",
            (Marks::Band(_), _) => "░░",
            (_, Dash::Solid) => "──",
            (_, Dash::Dashed) => "╌╌",
            (_, Dash::Dotted) => "··",
        };
        cells.text(left, row, room.min(2), sample, series.tone);
        let space = if beside {
            room.saturating_sub(3)
        } else {
            legend_width - 3
        };
        cells.text(left + 3, row, space, &series.name, Tone::Plain);
    }
}

fn paint_rows(rows: &Rows, width: usize, height: usize, layout: &Layout) -> Cells {
    let mut cells = Cells::new(width, height);
    let texts = rows.headings.len().saturating_sub(1);
    let mut text_widths: Vec<usize> = (0..texts)
        .map(|column| {
            rows.rows
                .iter()
                .filter_map(|row| row.texts.get(column))
                .map(|text| self::width(text))
                .chain([self::width(&rows.headings[column + 1])])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let longest = rows.rows.iter().map(|row| self::width(&row.name)).max().unwrap_or(0);
    // The drawing keeps a quarter of the width; texts give way from the left, then the name.
    while !text_widths.is_empty() && text_widths.iter().sum::<usize>() + text_widths.len() * 2 + 12 + 12 > width {
        text_widths.remove(0);
    }
    let skipped = texts - text_widths.len();
    let right = text_widths.iter().map(|wide| wide + 2).sum::<usize>();
    let name = longest.min((width - right).saturating_sub((width / 4).max(12)).max(8));
    let left = name + 1;
    let columns = width.saturating_sub(left + right).max(4);
    let room = height.saturating_sub(4).max(1);
    let first = layout.first_row.min(rows.rows.len().saturating_sub(room));
    let shown = rows.rows.len().saturating_sub(first).min(room);
    let frame = Frame {
        x: &rows.x,
        y: &rows.x,
        left,
        top: 1,
        columns,
        rows: shown,
        grain: (2, 1),
    };
    let mut column = left + columns + 2;
    for (order, wide) in text_widths.iter().enumerate() {
        let heading = &rows.headings[order + skipped + 1];
        cells.text(
            column + wide - self::width(heading).min(*wide),
            0,
            *wide,
            heading,
            Tone::Muted,
        );
        column += wide + 2;
    }
    if let Some(centre) = frame.column(rows.centre) {
        for row in 0..shown {
            cells.put(left + centre, 1 + row, '┊', Tone::Muted);
        }
    }
    for (order, row) in rows.rows.iter().skip(first).take(shown).enumerate() {
        let y = 1 + order;
        cells.text(0, y, name, &fit_end(&row.name, name), Tone::Plain);
        match row.interval {
            Some(interval) => paint_interval(&mut cells, &frame, y, row.value, interval, row.tone),
            None => paint_level_bar(&mut cells, &frame, y, rows.centre, row.value, row.tone),
        }
        let mut column = left + columns + 2;
        for (text, wide) in row.texts.iter().skip(skipped).zip(&text_widths) {
            cells.text(
                column + wide - self::width(text).min(*wide),
                y,
                *wide,
                text,
                Tone::Plain,
            );
            column += wide + 2;
        }
    }
    let axis = 1 + shown;
    for column in 0..columns {
        cells.put(left + column, axis, '─', Tone::Muted);
    }
    let tick_labels = rows.x.tick_labels((columns / 8).clamp(2, 8));
    for (value, _) in &tick_labels {
        if let Some(column) = frame.column(*value) {
            cells.put(left + column, axis, '┴', Tone::Muted);
        }
    }
    centred_labels(&mut cells, &frame, axis + 1, &tick_labels);
    let start = left + columns.saturating_sub(self::width(&rows.x.label)) / 2;
    cells.text(start, axis + 2, columns, &rows.x.label, Tone::Muted);
    let hidden = rows.rows.len() - first - shown;
    if hidden > 0 || first > 0 {
        let text = format!("{}–{} of {}", first + 1, first + shown, rows.rows.len());
        cells.text(0, axis + 2, left, &text, Tone::Muted);
    }
    cells
}

fn paint_interval(cells: &mut Cells, frame: &Frame, y: usize, value: f64, (low, high): (f64, f64), tone: Tone) {
    let (limit_low, limit_high) = frame.x.limits;
    let inside = |value: f64| frame.column(value.clamp(limit_low, limit_high));
    if value.is_nan() || low.is_nan() || high.is_nan() {
        cells.text(frame.left, y, frame.columns, "no estimate", Tone::Muted);
        return;
    }
    let (Some(from), Some(to), Some(middle)) = (inside(low), inside(high), inside(value)) else {
        return;
    };
    for column in from..=to {
        cells.put(frame.left + column, y, '─', tone);
    }
    cells.put(frame.left + from, y, if low < limit_low { '◄' } else { '├' }, tone);
    cells.put(frame.left + to, y, if high > limit_high { '►' } else { '┤' }, tone);
    cells.put(frame.left + middle, y, '■', tone);
}

fn paint_level_bar(cells: &mut Cells, frame: &Frame, y: usize, centre: f64, value: f64, tone: Tone) {
    if !value.is_finite() {
        return;
    }
    let dots = (frame.columns * 2) as f64;
    let place = |value: f64| (frame.x.position(value).clamp(0.0, 1.0) * dots).round() as usize;
    let (zero, end) = (place(centre), place(value));
    let (from, to) = (zero.min(end), zero.max(end).max(zero.min(end) + 1));
    for column in from / 2..to.div_ceil(2) {
        let left = column * 2 >= from;
        let right = column * 2 + 1 < to;
        let symbol = match (left, right) {
            (true, true) => '█',
            (true, false) => '▌',
            (false, true) => '▐',
            (false, false) => continue,
        };
        cells.put(frame.left + column, y, symbol, tone);
    }
}

fn paint_scales(scales: &Scales, width: usize, height: usize) -> Cells {
    let mut cells = Cells::new(width, height);
    let longest = scales
        .scales
        .iter()
        .map(|scale| self::width(&scale.name))
        .max()
        .unwrap_or(0);
    let name = longest.min(width / 4).max(6);
    let reading = scales
        .scales
        .iter()
        .map(|scale| self::width(&scale.reading))
        .max()
        .unwrap_or(0);
    let left = name + 2;
    let columns = width
        .saturating_sub(left + if reading > 0 { reading + 2 } else { 2 })
        .max(8);
    let axis = Axis::linear("", 0.0, 1.0);
    // The last two rows (total points, risk) stay in sight; of the predictors the one in hand does.
    let each = if scales.scales.len() * 3 <= height { 3 } else { 2 };
    let room = (height / each).max(1);
    let count = scales.scales.len();
    let shown: Vec<usize> = if count <= room {
        (0..count).collect()
    } else {
        let tail = 2.min(room.saturating_sub(1));
        let inner = room.saturating_sub(tail);
        let selected = scales.scales.iter().position(|scale| scale.selected).unwrap_or(0);
        let first = selected
            .saturating_sub(inner.saturating_sub(1))
            .min(count - tail - inner);
        (first..first + inner).chain(count - tail..count).collect()
    };
    for (order, &index) in shown.iter().enumerate() {
        let scale = &scales.scales[index];
        let y = order * each + each - 2;
        let frame = Frame {
            x: &axis,
            y: &axis,
            left,
            top: y,
            columns,
            rows: 1,
            grain: (2, 1),
        };
        let tone = if scale.selected { Tone::Accent } else { Tone::Plain };
        if scale.selected {
            cells.put(0, y + 1, '▸', Tone::Accent);
        }
        cells.text(1, y + 1, name, &fit(&scale.name, name), tone);
        centred_labels(&mut cells, &frame, y, &scale.ticks);
        let places: Vec<usize> = scale
            .ticks
            .iter()
            .filter_map(|(value, _)| frame.column(*value))
            .collect();
        if let (Some(&low), Some(&high)) = (places.iter().min(), places.iter().max()) {
            for column in low..=high {
                cells.put(left + column, y + 1, '─', tone);
            }
            for &place in &places {
                cells.put(left + place, y + 1, '┼', tone);
            }
            cells.put(left + low, y + 1, '├', tone);
            cells.put(left + high, y + 1, '┤', tone);
        }
        if let Some(column) = scale.mark.and_then(|mark| frame.column(mark.clamp(0.0, 1.0))) {
            cells.put(left + column, y + 1, '◆', Tone::Accent);
        }
        cells.text(left + columns + 1, y + 1, reading, &scale.reading, Tone::Accent);
    }
    cells
}

fn paint_matrix(matrix: &Matrix, width: usize, height: usize) -> Cells {
    let mut cells = Cells::new(width, height);
    let side = matrix.names.len();
    let known = matrix.clusters.iter().flatten().max().map_or(0, |last| last + 1);
    // The cluster's letter stands before the name.
    let lead = if known > 0 { 3 } else { 0 };
    let names = lead + matrix.names.iter().map(|name| self::width(name)).max().unwrap_or(0);
    let room_rows = height.saturating_sub(1).max(1);
    let (name, across) = {
        let name = names.min(width / 3).max(lead);
        if side * 2 + name < width { (name, 2) } else { (name, 1) }
    };
    let room_columns = (width.saturating_sub(name + 1) / across).max(1);
    // Where there are more values than cells, a cell shows the strongest of its values.
    let group_x = side.div_ceil(room_columns).max(1);
    let group_y = side.div_ceil(room_rows).max(1);
    let (low, high) = matrix.limits;
    for (row, rows) in (0..side).step_by(group_y).enumerate() {
        if name > 0 {
            let text = if group_y > 1 {
                fit(&matrix.names[rows], name - lead)
            } else {
                fit_end(&matrix.names[rows], name - lead)
            };
            let cluster = matrix.clusters.get(rows).copied().flatten();
            let tone = cluster.map_or(Tone::Plain, |cluster| Tone::Series(cluster as u8));
            if let Some(cluster) = cluster {
                cells.text(0, row, lead, &super::heatmap::letter(cluster), tone);
            }
            cells.text(lead, row, name - lead, &text, tone);
        }
        for (column, columns) in (0..side).step_by(group_x).enumerate() {
            let mut strongest = f64::NAN;
            for y in rows..(rows + group_y).min(side) {
                for x in columns..(columns + group_x).min(side) {
                    let value = matrix.values[y * side + x];
                    if strongest.is_nan() || value.abs() > strongest.abs() {
                        strongest = value;
                    }
                }
            }
            for part in 0..across {
                if let Some(cell) = cells.at(name + 1 + column * across + part, row) {
                    if strongest.is_nan() {
                        cell.symbol = '·';
                        cell.tone = Tone::Muted;
                    } else {
                        let share = ((strongest - low) / (high - low)).clamp(0.0, 1.0);
                        cell.fill = Fill::Shade((share * 23.0).round() as u8);
                    }
                }
            }
        }
    }
    let note = format!(
        "{}: {} dark to {} light{}{}",
        matrix.label,
        ticks::significant(low, 3),
        ticks::significant(high, 3),
        if known > 0 {
            format!(", {known} clusters by letter")
        } else {
            String::new()
        },
        if group_x > 1 || group_y > 1 {
            format!(", a cell shows the strongest of {group_x} × {group_y}")
        } else {
            String::new()
        }
    );
    cells.text(0, height - 1, width, &note, Tone::Muted);
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Point, Sheet};

    fn figure(plot: Plot) -> Figure {
        Figure {
            name: "test".to_owned(),
            title: "Test".to_owned(),
            content: Content::Plot(plot),
            notes: Vec::new(),
            sheet: Sheet::default(),
        }
    }

    #[test]
    fn ticks_stand_under_their_values() {
        let mut plot = Plot {
            x: Axis::linear("x", 0.0, 1.0),
            y: Axis::linear("y", 0.0, 1.0),
            ..Plot::default()
        };
        plot.series.push(Series {
            name: String::new(),
            tone: Tone::Series(0),
            dash: Dash::Solid,
            marks: Marks::Points(vec![Point {
                x: 0.2,
                y: 0.5,
                bar: None,
            }]),
        });
        let cells = paint(&figure(plot), 60, 16, &Layout::default());
        let lines: Vec<Vec<char>> = (0..16).map(|row| cells.line(row, false).chars().collect()).collect();
        let column = lines
            .iter()
            .find_map(|line| line.iter().position(|&c| c == '●'))
            .unwrap();
        let axis = lines.iter().find(|line| line.contains(&'└')).unwrap();
        assert_eq!(axis[column], '┴', "the mark at 0.2 stands over the tick of 0.2");
    }

    #[test]
    fn a_level_line_has_one_row_and_stays_in_the_frame() {
        let mut plot = Plot {
            x: Axis::linear("x", 0.0, 1.0),
            y: Axis::linear("y", 0.0, 1.0),
            ..Plot::default()
        };
        plot.series.push(Series::line(
            "far",
            Tone::Series(0),
            Dash::Solid,
            vec![[-5.0, 0.5], [7.0, 0.5], [f64::NAN, 1.0], [0.5, 1e300]],
        ));
        let cells = paint(
            &figure(plot),
            50,
            14,
            &Layout {
                ascii: true,
                ..Layout::default()
            },
        );
        let rows = (0..14).filter(|&row| cells.line(row, true).contains("*****")).count();
        assert_eq!(rows, 1);
    }

    #[test]
    fn texts_are_cut_by_columns_not_letters() {
        assert_eq!(fit("影像组学", 5), "影像…");
        assert_eq!(width(&fit("影像组学", 4)), 3);
        assert_eq!(fit_end("original_glcm_Idm", 6), "…m_Idm");
        let mut cells = Cells::new(4, 1);
        assert!(cells.text(0, 0, 4, "影像组", Tone::Plain) <= 4);
    }

    #[test]
    fn any_size_is_drawn_without_harm() {
        let mut plot = Plot {
            top: Some(super::super::TopAxis {
                label: "n".to_owned(),
                labels: vec![(0.5, "12".to_owned())],
            }),
            rug: Some(vec![0.1, 0.1, f64::NAN]),
            legend: true,
            square: true,
            ..Plot::default()
        };
        plot.series.push(Series::line(
            "名字很长的曲线",
            Tone::Series(3),
            Dash::Dashed,
            vec![[0.0, 0.0], [1.0, 1.0]],
        ));
        let figure = figure(plot);
        for width in 0..90 {
            for height in [0, 1, 5, 6, 9, 14, 30] {
                for ink in [Ink::Braille, Ink::Block, Ink::Dot, Ink::Ascii] {
                    let cells = paint(
                        &figure,
                        width,
                        height,
                        &Layout {
                            ink,
                            cursor: Some(0.3),
                            title: true,
                            ..Layout::default()
                        },
                    );
                    assert_eq!((cells.width, cells.height), (width, height));
                }
            }
        }
    }
}
