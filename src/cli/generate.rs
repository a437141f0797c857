//! `radscore generate`: files that the program can make by itself.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};

use super::printer::tell;
use super::{Global, Outcome};
use crate::file::write_whole;
use crate::message::english::run as words;
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
    Man {
        /// A folder for a page of each command instead: radscore.1, radscore-extract.1 and so on
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// The completions of a shell, on standard output
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Makes the files and says where they are; `command` is the whole command line.
pub fn run(arguments: &GenerateArguments, command: &clap::Command, global: &Global) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Man { out } => {
            let pages = pages(command)?;
            match out {
                None => super::print(&String::from_utf8_lossy(
                    &pages.into_iter().flat_map(|(_, page)| page).collect::<Vec<u8>>(),
                ))?,
                Some(folder) => {
                    for (name, page) in pages {
                        let path = folder.join(format!("{name}.1"));
                        write_whole(&path, &page).with_context(|| format!("{} cannot be written", path.display()))?;
                    }
                    if !global.quiet {
                        tell!("{}", words::pages_are_in(folder.display()));
                    }
                }
            }
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
                    "{}",
                    words::sample_is_in(out.display().to_string(), study.display().to_string())
                );
            }
        }
    }
    Ok(Outcome::Done)
}

/// A manual page for the program and for each command, under their names.
fn pages(command: &clap::Command) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let commands = command.get_subcommands().map(|subcommand| {
        let name = format!("radscore-{}", subcommand.get_name());
        (name.clone(), subcommand.clone().name(name))
    });
    std::iter::once(("radscore".to_owned(), command.clone()))
        .chain(commands)
        .map(|(name, command)| {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            Ok((name, page))
        })
        .collect()
}
