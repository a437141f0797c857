//! A page of Markdown under work: prose, and tables that carry the study's labels.

use crate::figure::Label;

/// Text that grows.
pub(super) struct Page {
    text: String,
    /// What stands below every table: the rules that the study breaks knowingly
    labels: Vec<Label>,
}

impl Page {
    /// An empty page; every table on it will carry the labels.
    pub(super) fn new(labels: Vec<Label>) -> Self {
        Self {
            text: String::new(),
            labels,
        }
    }

    /// Adds text as it is.
    pub(super) fn say(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a table with its labels; nothing where there are no rows.
    pub(super) fn table(&mut self, header: &[&str], rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            return;
        }
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        self.say(&line(&header.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()));
        self.say(&line(&vec!["---".to_owned(); header.len()]));
        for row in rows {
            let escaped: Vec<String> = row.into_iter().map(|cell| cell.replace('|', "\\|")).collect();
            self.say(&line(&escaped));
        }
        self.say("\n");
        for label in self.labels.clone() {
            self.say(&format!("> {label}\n\n"));
        }
    }

    /// The whole text.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// A P value for a reader: four digits, and never a probability of 0.
pub fn p_value(p: f64) -> String {
    if p < 0.0001 {
        "< 0.0001".to_owned()
    } else {
        format!("{p:.4}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_probability_is_printed_as_nothing() {
        assert_eq!(p_value(0.00004), "< 0.0001");
        assert_eq!(p_value(0.0312), "0.0312");
    }
}
