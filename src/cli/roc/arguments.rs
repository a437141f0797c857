//! What `radscore roc` is told.

use super::super::chart::ChartFiles;
use super::super::choice::{AreaInterval, ScoreDirection};
use super::super::columns::{OutcomeArguments, ResampleArguments};
use super::super::missing::MissingArguments;

/// What `radscore roc` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Example:\n  radscore roc tests/golden/stats/data/roc_pair80.csv --outcome y --score m1,m2")]
pub struct RocArguments {
    #[command(flatten)]
    pub data: OutcomeArguments,
    #[command(flatten)]
    pub missing: MissingArguments,
    /// The columns with the scores or predicted risks
    #[arg(long, value_name = "COL,…", value_delimiter = ',', required = true)]
    pub score: Vec<String>,
    /// Which end of the score speaks for the event: < (higher, as of a risk), > (lower), or auto, by the medians, which is
    /// said: it lifts the area of a useless score above 0.5
    #[arg(long, value_name = "auto|<|>")]
    pub(super) direction: Option<ScoreDirection>,
    /// The interval of the area
    #[arg(long, value_name = "RULE", default_value = "delong")]
    pub(super) interval: AreaInterval,
    /// The confidence level
    #[arg(long, value_name = "X", default_value_t = 0.95)]
    pub level: f64,
    /// A cut-off stated in advance, to be judged beside the best one
    #[arg(long, value_name = "X")]
    pub cutoff: Option<f64>,
    /// The area between two specificities only
    #[arg(long, value_name = "LOW:HIGH")]
    pub partial: Option<String>,
    /// The column that says which patient a case belongs to: standard errors then allow for repeats
    #[arg(long, value_name = "COL")]
    pub patient: Option<String>,
    /// The column of groups of different patients: each score's area in every group, and DeLong's unpaired test of every two
    #[arg(long, value_name = "COL", conflicts_with_all = ["patient", "reclassification", "bootstrap", "partial", "cutoff"])]
    pub by: Option<String>,
    /// Net reclassification (NRI) and integrated discrimination improvement (IDI) of each score over those before it; the
    /// scores are then risks
    #[arg(long)]
    pub reclassification: bool,
    #[command(flatten)]
    pub resample: ResampleArguments,
    #[command(flatten)]
    pub chart: ChartFiles,
}
