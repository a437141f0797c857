//! The `radscore` binary: parse, dispatch, print the error chain, exit with the contract's code.

use std::process::ExitCode;

use radscore::cli;
use radscore::message::language;

fn main() -> ExitCode {
    language::choose(language::of_environment(|name| std::env::var(name).ok()));
    cli::main(screens::SCREENS)
}

/// Hands the terminal program to the command line, which is its neighbour and does not know it.
#[cfg(feature = "tui")]
mod screens {
    use std::sync::Arc;

    use radscore::cli::{ColorWord, Interactive, Outcome, Screens, ThemeWord};
    use radscore::tui::opened::StudyOpener;
    use radscore::tui::recent::Recent;
    use radscore::tui::theme::{Colours, Depth, ThemeName};
    use radscore::tui::{self, Start};

    pub const SCREENS: Screens = Screens {
        open,
        size: tui::terminal::size,
    };

    fn open(asked: &Interactive) -> anyhow::Result<Outcome> {
        let recent = Recent::of_environment(|name| std::env::var(name).ok());
        let options = tui::Options {
            study: asked.study.clone(),
            new: asked.new.clone(),
            form: asked.form.clone(),
            colours: match asked.color {
                ColorWord::Auto => Colours::Auto,
                ColorWord::Always => Colours::Always,
                ColorWord::Never => Colours::Just(Depth::None),
                ColorWord::Sixteen => Colours::Just(Depth::Sixteen),
                ColorWord::Indexed => Colours::Just(Depth::Indexed),
                ColorWord::True => Colours::Just(Depth::True),
            },
            theme: match asked.theme {
                None => recent.as_ref().and_then(Recent::theme).unwrap_or_default(),
                Some(ThemeWord::Terminal) => ThemeName::Terminal,
                Some(ThemeWord::Dark) => ThemeName::Dark,
                Some(ThemeWord::Light) => ThemeName::Light,
                Some(ThemeWord::Mono) => ThemeName::Mono,
            },
            ascii: asked.ascii,
            mouse: asked.mouse,
        };
        let start = match &asked.scan {
            Some(scan) => Start::Scan(scan.clone()),
            None => Start::Study(Arc::new(StudyOpener { recent })),
        };
        let ended = tui::open(&options, start)?;
        if !ended.farewell.is_empty() {
            radscore::cli::say(&ended.farewell);
        }
        Ok(if ended.interrupted {
            Outcome::Interrupted
        } else {
            Outcome::Done
        })
    }
}

/// What stands in for the terminal program where the binary is built without it.
#[cfg(not(feature = "tui"))]
mod screens {
    use radscore::cli::{Interactive, Outcome, Screens};

    pub const SCREENS: Screens = Screens { open, size: || None };

    fn open(asked: &Interactive) -> anyhow::Result<Outcome> {
        let instead = match (&asked.study, &asked.scan) {
            (_, Some(_)) => "radscore view --text …".to_owned(),
            (Some(study), _) => format!("radscore run {}", study.display()),
            (None, None) if asked.form.is_some() => {
                "radscore audit --new FILE, which writes a template where there is no terminal".to_owned()
            }
            (None, None) if asked.new.is_some() => "radscore new FOLDER TABLE --outcome COLUMN …".to_owned(),
            (None, None) => "radscore run STUDY".to_owned(),
        };
        anyhow::bail!(
            "this radscore was built without its screens (the Cargo feature tui); without them it does the same by its commands, here: {instead}"
        )
    }
}
