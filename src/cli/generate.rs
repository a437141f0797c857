//! `radscore generate`: files that the program can make by itself.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::printer::tell;
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
    /// The synthetic sample study: study file, cohort table, images, masks
    SampleCases {
        /// The folder to write into
        #[arg(long, default_value = "sample-cases", value_name = "DIR")]
        out: PathBuf,
    },
    /// The manual page, in roff on standard output
    Man,
    /// The completions of a shell, on standard output
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Makes the files and says where they are; `command` is the whole command line.
pub fn run(arguments: &GenerateArguments, command: &clap::Command, global: &Global) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command.clone()).render(&mut page)?;
            for subcommand in command.get_subcommands() {
                let name = format!("radscore-{}", subcommand.get_name());
                clap_mangen::Man::new(subcommand.clone().name(name)).render(&mut page)?;
            }
            super::print(&String::from_utf8_lossy(&page))?;
        }
        What::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut command.clone(), "radscore", &mut script);
            super::print(&String::from_utf8_lossy(&script))?;
        }
        What::SampleCases { out } => {
            let study = sample::write_study(out).map_err(|error| anyhow::anyhow!("{}: {error}", out.display()))?;
            if !global.quiet {
                tell!(
                    "The sample study is in {}; open it with: radscore {}",
                    out.display(),
                    study.display()
                );
            }
        }
    }
    Ok(Outcome::Done)
}
