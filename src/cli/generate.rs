//! `radscore generate`: files that the program can make by itself.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Global, Outcome};
use crate::study::sample;

/// What to make.
#[derive(Debug, Args)]
pub struct GenerateArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The synthetic sample study: cohort table, images, masks
    SampleCases {
        /// The folder to write into
        #[arg(long, default_value = "sample-cases", value_name = "DIR")]
        out: PathBuf,
    },
}

/// Makes the files and says where they are.
pub fn run(arguments: &GenerateArguments, global: &Global) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::SampleCases { out } => {
            sample::generate(out).map_err(|error| anyhow::anyhow!("{}: {error}", out.display()))?;
            if !global.quiet {
                eprintln!("The sample study is in {}", out.display());
            }
        }
    }
    Ok(Outcome::Done)
}
