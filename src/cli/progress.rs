//! Progress of a running study on standard error: a bar on a terminal, lines elsewhere; and Ctrl-C.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use super::Global;
use super::printer::tell;
use crate::message::english::run as words;
use crate::message::foreign::shown;
use crate::study::engine::watch::{Event, Watch};

/// A watch that shows what happens and stops at Ctrl-C or SIGTERM.
pub fn watch(global: &Global) -> anyhow::Result<Watch> {
    watching(global, true)
}

/// The same without what each stage found, for a command that prints it itself.
pub fn watch_without_findings(global: &Global) -> anyhow::Result<Watch> {
    watching(global, false)
}

/// A flag that Ctrl-C or SIGTERM raises; the second signal ends the program at once, as a person who presses Ctrl-C twice
/// expects.
pub fn interruption() -> anyhow::Result<Arc<AtomicBool>> {
    let raised = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&raised))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&raised)))
            .context("signals cannot be caught")?;
    }
    Ok(raised)
}

fn watching(global: &Global, findings: bool) -> anyhow::Result<Watch> {
    let cancel = interruption()?;
    let quiet = global.quiet;
    let verbose = global.verbose;
    let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template("{prefix:>12} {bar:30} {pos}/{len} {msg} {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar
    });
    Ok(Watch::new(cancel, move |event| {
        if quiet {
            return;
        }
        let say = |text: String| match &bar {
            Some(bar) => bar.suspend(|| tell!("{text}")),
            None => tell!("{text}"),
        };
        match event {
            Event::Started { stage, reason } => {
                if let Some(bar) = &bar {
                    bar.reset();
                    bar.set_length(0);
                    bar.set_prefix(stage);
                }
                if verbose {
                    say(words::runs(stage, reason).to_string());
                }
            }
            Event::Step {
                done, of, label, rate, ..
            } => {
                if let Some(bar) = &bar {
                    bar.set_length(of as u64);
                    bar.set_position(done as u64);
                    bar.set_message(format!("{} ({rate:.1}/s)", shown(&label)));
                }
            }
            Event::Note { stage, text } => say(format!("{stage}: {text}")),
            Event::Finished { stage, notes, .. } => {
                if let Some(bar) = &bar {
                    bar.finish_and_clear();
                }
                for note in notes.into_iter().filter(|_| findings) {
                    say(format!("{stage}: {note}"));
                }
            }
            Event::Fresh { stage } => {
                if verbose {
                    say(words::fresh(stage).to_string());
                }
            }
            Event::Failed { stage, message } => {
                if let Some(bar) = &bar {
                    bar.finish_and_clear();
                }
                say(words::failed(stage, message).to_string());
            }
        }
    }))
}
