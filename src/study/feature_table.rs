//! Named numbers of cases: a row a case, a column a feature, and nothing else.

use ndarray::{Array2, ArrayView1, Axis};

use super::artefact::number_text;
use super::table::{Table, TableError};

/// Feature values: a row a case, a column a feature; NaN where a case has no value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeatureTable {
    /// The cases' identifiers, in row order
    pub ids: Vec<String>,
    /// The features' names, in column order
    pub names: Vec<String>,
    /// Values, `[case, feature]`
    pub values: Array2<f64>,
}

impl FeatureTable {
    /// Takes the columns `names` out of a table; `id` is the identifiers' column.
    pub(crate) fn from_table(table: &Table, id: &str, names: &[String]) -> Result<Self, TableError> {
        let ids = table.texts(id)?.into_iter().map(str::to_owned).collect();
        Self::from_columns(table, ids, names)
    }

    /// Takes the columns `names` out of a table whose rows are the cases `ids`.
    pub(crate) fn from_columns(table: &Table, ids: Vec<String>, names: &[String]) -> Result<Self, TableError> {
        Ok(Self {
            ids,
            names: names.to_vec(),
            values: table.matrix(names)?,
        })
    }

    /// Reads the table that [`FeatureTable::to_table`] made: the first column holds the identifiers.
    pub(crate) fn from_artefact(table: &Table) -> Result<Self, TableError> {
        let names = table.header.get(1..).unwrap_or_default().to_vec();
        let id = table.header.first().cloned().unwrap_or_default();
        Self::from_table(table, &id, &names)
    }

    /// The table as text cells: `id`, then the features.
    pub(crate) fn to_table(&self) -> Table {
        let mut header = vec!["id".to_owned()];
        header.extend(self.names.iter().cloned());
        let rows = self
            .ids
            .iter()
            .zip(self.values.rows())
            .map(|(id, values)| {
                let mut row = Vec::with_capacity(values.len() + 1);
                row.push(id.clone());
                row.extend(values.iter().map(|&value| number_text(value)));
                row
            })
            .collect();
        Table {
            header,
            rows,
            ..Table::default()
        }
    }

    /// The row of a case.
    pub fn row(&self, id: &str) -> Option<ArrayView1<'_, f64>> {
        let row = self.ids.iter().position(|other| other == id)?;
        Some(self.values.row(row))
    }

    /// The column of a feature.
    pub fn column(&self, name: &str) -> Option<ArrayView1<'_, f64>> {
        let column = self.names.iter().position(|other| other == name)?;
        Some(self.values.column(column))
    }

    /// A case's value of a feature; none where the table has no such case or feature.
    pub fn value(&self, id: &str, name: &str) -> Option<f64> {
        let row = self.ids.iter().position(|other| other == id)?;
        Some(self.column(name)?[row])
    }

    /// The rows at the given positions, in that order.
    pub fn select_rows(&self, rows: &[usize]) -> Self {
        Self {
            ids: rows.iter().map(|&row| self.ids[row].clone()).collect(),
            names: self.names.clone(),
            values: self.values.select(Axis(0), rows),
        }
    }

    /// The columns at the given positions, in that order.
    pub fn select_columns(&self, columns: &[usize]) -> Self {
        Self {
            ids: self.ids.clone(),
            names: columns.iter().map(|&column| self.names[column].clone()).collect(),
            values: self.values.select(Axis(1), columns),
        }
    }
}
