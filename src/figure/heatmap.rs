//! A heat map of pairs, such as the correlations between features.

use super::{Content, Figure, Matrix, Sheet};

/// A square of values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HeatmapInput {
    /// The heading
    pub title: String,
    /// What the values are
    pub label: String,
    /// Names of rows and columns
    pub names: Vec<String>,
    /// Values, row after row
    pub values: Vec<f64>,
    /// The values of the darkest and the lightest shade
    pub limits: (f64, f64),
}

/// The chart; `None` where the values do not fill the square.
pub fn figure(input: &HeatmapInput) -> Option<Figure> {
    let side = input.names.len();
    if side == 0 || input.values.len() != side * side {
        return None;
    }
    let mut sheet = Sheet::new(&[""]);
    sheet.columns.extend(input.names.iter().cloned());
    for (row, name) in input.names.iter().enumerate() {
        let mut cells = vec![name.clone().into()];
        cells.extend(
            input.values[row * side..(row + 1) * side]
                .iter()
                .map(|&value| value.into()),
        );
        sheet.rows.push(cells);
    }
    Some(Figure {
        name: "heatmap".to_owned(),
        title: input.title.clone(),
        content: Content::Matrix(Matrix {
            names: input.names.clone(),
            values: input.values.clone(),
            limits: input.limits,
            label: input.label.clone(),
        }),
        notes: Vec::new(),
        sheet,
    })
}
