//! A heat map of pairs, such as the correlations between features.

use super::drawing::letter;
use super::{Content, Figure, Matrix, Sheet};
use crate::message::Message;

/// A square of values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HeatmapInput {
    /// The heading
    pub title: Message,
    /// What the values are
    pub label: String,
    /// Names of rows and columns
    pub names: Vec<String>,
    /// Values, row after row
    pub values: Vec<f64>,
    /// The cluster of each name, equal ones side by side; empty where there are none
    pub groups: Vec<usize>,
    /// The values of the darkest and the lightest shade
    pub limits: (f64, f64),
}

/// The chart; `None` where the values do not fill the square.
pub fn figure(input: &HeatmapInput) -> Option<Figure> {
    let side = input.names.len();
    if side == 0 || input.values.len() != side * side {
        return None;
    }
    // A cluster has more than one member; a letter names each, in the order in which they stand.
    let groups = if input.groups.len() == side {
        input.groups.as_slice()
    } else {
        &[]
    };
    let mut clusters: Vec<usize> = Vec::new();
    for &group in groups {
        let members = groups.iter().filter(|&&other| other == group).count();
        if members > 1 && !clusters.contains(&group) {
            clusters.push(group);
        }
    }
    let letters: Vec<Option<usize>> = groups
        .iter()
        .map(|group| clusters.iter().position(|cluster| cluster == group))
        .collect();
    let mut sheet = Sheet::new(&["", "cluster"]);
    sheet.columns.extend(input.names.iter().cloned());
    for (row, name) in input.names.iter().enumerate() {
        let letter = letters.get(row).copied().flatten().map_or(String::new(), letter);
        let mut cells = vec![name.clone().into(), letter.into()];
        cells.extend(
            input.values[row * side..(row + 1) * side]
                .iter()
                .map(|&value| value.into()),
        );
        sheet.rows.push(cells);
    }
    Some(Figure {
        name: "heatmap".to_owned(),
        stage: None,
        title: input.title.clone(),
        content: Content::Matrix(Matrix {
            names: input.names.clone(),
            values: input.values.clone(),
            limits: input.limits,
            label: input.label.clone(),
            clusters: letters,
        }),
        notes: Vec::new(),
        sheet,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clusters_of_several_have_a_letter() {
        let input = HeatmapInput {
            names: ["u", "v", "w", "x"].map(str::to_owned).to_vec(),
            values: vec![1.0; 16],
            groups: vec![4, 7, 7, 4],
            limits: (-1.0, 1.0),
            ..HeatmapInput::default()
        };
        let Some(Figure {
            content: Content::Matrix(matrix),
            sheet,
            ..
        }) = figure(&input)
        else {
            panic!("a matrix is drawn");
        };
        assert_eq!(matrix.clusters, [Some(0), Some(1), Some(1), Some(0)]);
        assert_eq!(sheet.rows[1][1], "b".into());
        assert_eq!((letter(3), letter(27)), ("d".to_owned(), "b2".to_owned()));
    }
}
