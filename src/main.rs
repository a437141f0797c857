//! The `radscore` binary: parse, dispatch, print the error chain, exit with the contract's code.

use std::process::ExitCode;
use std::sync::Arc;

use radscore::cli::{self, Face, Interactive, Outcome};
use radscore::tui::opened::StudyOpener;
use radscore::tui::{self, Start};

fn main() -> ExitCode {
    cli::main(Face {
        open,
        size: tui::terminal::size,
    })
}

/// Hands the terminal program to the command line, which is its neighbour and does not know it.
fn open(asked: &Interactive) -> anyhow::Result<Outcome> {
    let options = tui::Options {
        study: asked.study.clone(),
        color: asked.color.clone(),
        theme: asked.theme.clone(),
        ascii: asked.ascii,
        mouse: asked.mouse,
    };
    let start = match &asked.scan {
        Some(scan) => Start::Scan(scan.clone()),
        None => Start::Study(Arc::new(StudyOpener)),
    };
    let ended = tui::open(&options, start)?;
    if !ended.farewell.is_empty() {
        println!("{}", ended.farewell);
    }
    Ok(match ended.signal {
        Some(_) => Outcome::Interrupted,
        None => Outcome::Done,
    })
}
