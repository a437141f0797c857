//! What `radscore extract` is asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::Format;
use crate::cli::columns::ReadingArguments;
use crate::cli::output_file::Overwriting;
use crate::features::Road;

/// What is extracted, with what settings, and where it goes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  radscore extract ct.nii.gz mask.nii.gz -p params.yaml -o features.csv -f csv
  radscore extract cases.csv -o features.csv -f csv -j 8       (columns Image, Mask, optional Label)
  radscore extract cases.csv -o features.csv --resume          (after an interruption)
  radscore extract ct.nrrd mask.nrrd --label all -f json
  radscore extract ct.nii.gz total.nii.gz --label 'vertebrae_*' -o vertebrae.csv -f csv
  radscore extract ct.nrrd mask.nrrd --mode voxel --out-dir maps -s kernelRadius:2")]
pub struct ExtractArguments {
    /// An image, or a table (.csv, .xlsx and others) with the columns Image and Mask
    #[arg(value_name = "IMAGE|BATCH.csv", required_unless_present = "run")]
    pub input: Option<PathBuf>,
    /// The mask, for a single image
    #[arg(value_name = "MASK")]
    pub mask: Option<PathBuf>,
    #[command(flatten)]
    pub asked: CaseArguments,
    /// Cases at a time; all cores if not given
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Only say what the parameters compute, what in them has no effect, and whether the files are there
    #[arg(long)]
    pub validate: bool,
    /// The file for the results; standard output if not given
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Add to an existing file, without a second header
    #[arg(long, conflicts_with = "overwrite")]
    pub append: bool,
    #[command(flatten)]
    pub overwriting: Overwriting,
    /// Go on with an interrupted extraction: cases in FILE.part are not done again
    #[arg(long, conflicts_with = "append")]
    pub resume: bool,
    /// A folder for features_ROW.csv of each case, or for feature maps
    #[arg(long, value_name = "DIR")]
    pub out_dir: Option<PathBuf>,
    /// Features of the region, or maps of the features around each of its voxels
    #[arg(long, short, default_value = "segment")]
    pub mode: Mode,
    /// Format of feature maps
    #[arg(long, default_value = "nrrd")]
    pub map_format: MapFormat,
    /// Format of the results; by default that of FILE's ending, else txt
    #[arg(long, short)]
    pub format: Option<Format>,
    #[command(flatten)]
    pub sayings: Sayings,
    /// A folder that `radscore plan` has made; with --shard, a part of its cases is done
    #[arg(long, value_name = "RUN", requires = "shard", help_heading = CLUSTER, conflicts_with_all = [
        "input", "mask", "sheet", "missing_values", "param", "setting", "skip_nans", "format_path", "unix_path", "label", "volume", "validate", "out", "append", "overwrite", "resume", "out_dir", "mode", "map_format", "format",
    ])]
    pub run: Option<PathBuf>,
    /// Which part of the run, from 0
    #[arg(long, value_name = "K", requires = "run", help_heading = CLUSTER)]
    pub shard: Option<usize>,
}

/// Under what the help lists the options of a part of a run.
const CLUSTER: &str = "On a cluster";

/// What is asked of every case: how their table is read, the parameters, and what their rows say.
#[derive(Debug, Clone, Args)]
pub struct CaseArguments {
    /// How the table of cases is read
    #[command(flatten)]
    pub reading: ReadingArguments,
    /// A PyRadiomics parameter file (YAML or JSON)
    #[arg(long, short, value_name = "FILE")]
    pub param: Option<PathBuf>,
    /// A setting that wins over the parameter file; may be given several times, lists with commas
    #[arg(long, short, value_name = "NAME:VALUE")]
    pub setting: Vec<String>,
    /// Leave out features without a value
    #[arg(long)]
    pub skip_nans: bool,
    /// How paths of images and masks are written
    #[arg(long, default_value = "absolute")]
    pub format_path: PathForm,
    /// Slashes in paths, on every system
    #[arg(long)]
    pub unix_path: bool,
    /// Which volume of an image file of several (4D), from 1; a table's Image_volume column wins
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub volume: Option<u32>,
    /// Labels: numbers or names of regions, several with commas, a pattern as 'vertebrae_*' (a row each), or "all"; a table's
    /// Label column, which takes the same, wins
    #[arg(long, short, value_name = "N|NAME|PATTERN,…|all")]
    pub label: Option<String>,
}

impl CaseArguments {
    /// The settings of the command line, each NAME:VALUE, those with options of their own among them.
    pub fn settings(&self) -> Vec<String> {
        let volume = self.volume.map(|volume| format!("volume:{volume}"));
        self.setting.iter().cloned().chain(volume).collect()
    }
}

/// What is said meanwhile, and where.
#[derive(Debug, Clone, Args)]
pub struct Sayings {
    /// Messages on standard error, 1 (none) to 5 (all)
    #[arg(long, short = 'v', value_name = "N", num_args = 0..=1, default_value = "3", default_missing_value = "4")]
    pub verbosity: u8,
    /// Ignored: messages are not levelled here
    #[arg(long, value_name = "LEVEL", hide = true)]
    pub logging_level: Option<String>,
    /// A file to which messages are added
    #[arg(long, value_name = "FILE")]
    pub log_file: Option<PathBuf>,
}

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// features of the region
    Segment,
    /// maps of features
    Voxel,
}

impl Mode {
    /// What is made of a case.
    pub fn road(self) -> Road {
        match self {
            Self::Segment => Road::Regions,
            Self::Voxel => Road::Maps,
        }
    }
}

/// How paths are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PathForm {
    /// from the root
    Absolute,
    /// from the table's folder, or the current one
    Relative,
    /// the file's name only
    Basename,
}

/// The format of feature maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MapFormat {
    /// .nrrd
    Nrrd,
    /// .nii.gz
    Nifti,
}
