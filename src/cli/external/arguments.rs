//! What `radscore external` is told.

use std::path::PathBuf;

use super::super::choice::Pooling;
use super::super::columns::{ResampleArguments, TableArguments};
use super::super::output_file::Overwriting;

/// What `radscore external` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "A model is a file that a study wrote, as results/fit/model-2.json; several are compared. Rows that the model was trained on are refused.\n\nExample:\n  radscore external tests/golden/external/data/model.json tests/golden/external/data/patients.csv --centre centre\n  radscore external tests/golden/stats/data/dca80.csv --risk p1,p2 --outcome y --cutoff 0.4"
)]
pub struct ExternalArguments {
    /// One or more fitted models and a table, or with --risk a table alone
    #[arg(value_name = "[MODEL.json…] DATA.csv", num_args = 1.., required = true)]
    pub(super) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) table: TableArguments,
    /// Columns with predicted risks, instead of models or beside them
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub(super) risk: Vec<String>,
    /// The column with the outcome; the model's own where it is not given
    #[arg(long, value_name = "COL")]
    pub(super) outcome: Option<String>,
    /// The value of the outcome that is the event; the model's own, or 1
    #[arg(long, value_name = "VALUE")]
    pub(super) event: Option<String>,
    /// The column with the cases' names; id, ID, case_id or Case where it is not given
    #[arg(long, value_name = "COL")]
    pub(super) id: Option<String>,
    /// The column with the centre: a row each, and pooled
    #[arg(long, value_name = "COL")]
    pub(super) centre: Option<String>,
    /// How the variance between centres is estimated: reml, or dl (DerSimonian-Laird)
    #[arg(long, value_name = "reml|dl", default_value = "reml")]
    pub(super) pooling: Pooling,
    /// The cut-off of the risk; the model's own where it is not given
    #[arg(long, value_name = "X")]
    pub(super) cutoff: Option<f64>,
    /// The table that the model was trained on, where its file does not know enough of it
    #[arg(long, value_name = "TABLE")]
    pub(super) training: Option<PathBuf>,
    /// Threshold risks of the decision curve, from:to:step or a list
    #[arg(long, value_name = "FROM:TO:STEP", default_value = "0.05:0.95:0.05")]
    pub(super) thresholds: String,
    /// The confidence level
    #[arg(long, value_name = "X", default_value_t = 0.95)]
    pub(super) level: f64,
    /// Judge rows that the model was trained on knowingly: L01 (the same names), L02 (the same values)
    #[arg(long, value_name = "RULE=REASON")]
    pub(super) allow: Vec<String>,
    /// Write a row for each model and cohort as CSV
    #[arg(short = 'o', long = "output", value_name = "FILE.csv")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) overwriting: Overwriting,
    #[command(flatten)]
    pub(super) resample: ResampleArguments,
}
