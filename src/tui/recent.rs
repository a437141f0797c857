//! The studies that were opened last, kept in a small file in the person's configuration folder: a path a line, the last first.

use std::path::{Path, PathBuf};

use crate::file::{read_text, write_whole};

/// How many are kept.
const MOST: usize = 6;

/// The file that keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    path: PathBuf,
}

impl Recent {
    /// The file of the environment: below `XDG_CONFIG_HOME`, else below `HOME` in `.config`, else below `APPDATA`; `None` where
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
            path: config.join("radscore").join("recent.txt"),
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
        let written = self.path.parent().map(std::fs::create_dir_all);
        if matches!(written, Some(Ok(()))) {
            let _ = write_whole(&self.path, (lines.join("\n") + "\n").as_bytes());
        }
    }

    fn lines(&self) -> Vec<String> {
        let text = read_text(&self.path).unwrap_or_default();
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
        assert!(recent.list().is_empty());
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
