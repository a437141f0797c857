//! What is kept in the person's configuration folder: the studies that were opened last (a path a line, the last first), and the
//! theme that was chosen.

use std::path::{Path, PathBuf};

use super::theme::ThemeName;
use crate::file::{read_text, write_whole};

/// The file of the theme.
const THEME: &str = "theme.txt";

/// How many studies are kept.
const MOST: usize = 6;

/// The folder that keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    folder: PathBuf,
}

impl Recent {
    /// The folder of the environment: below `XDG_CONFIG_HOME`, else below `HOME` in `.config`, else below `APPDATA`; `None` where
    /// there is no such folder.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let folder = |name: &str| {
            let folder = PathBuf::from(variable(name)?);
            folder.is_absolute().then_some(folder)
        };
        let config = folder("XDG_CONFIG_HOME")
            .or_else(|| Some(folder("HOME")?.join(".config")))
            .or_else(|| folder("APPDATA"))?;
        Some(Self {
            folder: config.join("radscore"),
        })
    }

    /// The studies that are still there, the last first. A file that cannot be read is as none.
    pub fn list(&self) -> Vec<PathBuf> {
        self.lines()
            .into_iter()
            .map(PathBuf::from)
            .filter(|study| study.is_file())
            .collect()
    }

    /// Puts a study first. What cannot be kept is no reason to trouble anyone.
    pub fn remember(&self, study: &Path) {
        let Some(study) = std::path::absolute(study)
            .ok()
            .and_then(|path| path.to_str().map(str::to_owned))
            .filter(|path| !path.contains(['\n', '\r']))
        else {
            return;
        };
        let mut lines = self.lines();
        if lines.first() == Some(&study) {
            return;
        }
        lines.retain(|other| *other != study);
        lines.insert(0, study);
        lines.truncate(MOST);
        let _ = write_whole(&self.studies(), (lines.join("\n") + "\n").as_bytes());
    }

    /// The theme that was chosen last; a word that is none is as none.
    pub fn theme(&self) -> Option<ThemeName> {
        let text = read_text(&self.folder.join(THEME)).ok()?;
        ThemeName::ALL.into_iter().find(|theme| theme.name() == text.trim())
    }

    /// Keeps a theme for the next start.
    pub fn keep_theme(&self, theme: ThemeName) {
        let _ = write_whole(&self.folder.join(THEME), format!("{}\n", theme.name()).as_bytes());
    }

    fn studies(&self) -> PathBuf {
        self.folder.join("recent.txt")
    }

    fn lines(&self) -> Vec<String> {
        let text = read_text(&self.studies()).unwrap_or_default();
        let lines = text.lines().filter(|line| !line.is_empty());
        lines.take(MOST).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_studies_are_kept_once_each_and_those_that_are_gone_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_str().unwrap().to_owned();
        let recent = Recent::of_environment(|name| (name == "HOME").then(|| home.clone())).unwrap();
        assert!(recent.list().is_empty() && recent.theme().is_none());
        recent.keep_theme(ThemeName::Light);
        assert_eq!(recent.theme(), Some(ThemeName::Light));
        let studies: Vec<PathBuf> = (0..9).map(|at| folder.path().join(format!("{at}.yaml"))).collect();
        for study in &studies {
            std::fs::write(study, "").unwrap();
            recent.remember(study);
        }
        recent.remember(&studies[5]);
        assert_eq!(recent.list().len(), MOST);
        assert_eq!(recent.list()[..2], [studies[5].clone(), studies[8].clone()]);
        std::fs::remove_file(&studies[5]).unwrap();
        assert_eq!(recent.list()[0], studies[8]);
        assert!(home.starts_with('/') && folder.path().join(".config/radscore/recent.txt").is_file());
        assert_eq!(Recent::of_environment(|_| None), None);
        assert_eq!(Recent::of_environment(|_| Some(String::new())), None);
    }
}
