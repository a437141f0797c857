//! The signs of the frame, in Unicode and in ASCII. None of them is an emoji, needs a patched font or is wider than a cell.

/// A set of signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// Whether only ASCII is used
    pub ascii: bool,
    /// A stage that is done
    pub done: &'static str,
    /// A stage that runs
    pub running: &'static str,
    /// A stage that is out of date
    pub stale: &'static str,
    /// A stage that has not run
    pub missing: &'static str,
    /// Something that failed
    pub failed: &'static str,
    /// Between parts of a line
    pub dot: &'static str,
    /// The row in hand
    pub pointer: &'static str,
    /// A marked row
    pub mark: &'static str,
    /// Full and empty part of a progress bar
    pub bar: [&'static str; 2],
    /// A line across
    pub across: &'static str,
    /// A line down
    pub down: &'static str,
    /// Corners: upper left, upper right, lower left, lower right
    pub corners: [&'static str; 4],
    /// Frames of the spinner
    pub spinner: [&'static str; 4],
    /// Between a range's ends
    pub dash: &'static str,
}

/// Signs for terminals that show Unicode.
pub const UNICODE: Glyphs = Glyphs {
    ascii: false,
    done: "✓",
    running: "▸",
    stale: "~",
    missing: "·",
    failed: "✗",
    dot: "·",
    pointer: "▸",
    mark: "•",
    bar: ["█", "░"],
    across: "─",
    down: "│",
    corners: ["╭", "╮", "╰", "╯"],
    spinner: ["⠋", "⠙", "⠸", "⠴"],
    dash: "–",
};

/// Signs for all others.
pub const ASCII: Glyphs = Glyphs {
    ascii: true,
    done: "+",
    running: ">",
    stale: "~",
    missing: ".",
    failed: "x",
    dot: "|",
    pointer: ">",
    mark: "*",
    bar: ["#", "."],
    across: "-",
    down: "|",
    corners: ["+", "+", "+", "+"],
    spinner: ["|", "/", "-", "\\"],
    dash: "-",
};

impl Glyphs {
    /// ASCII where it is forced, where the locale is not UTF-8, or on terminals whose font lacks the rest.
    pub fn choose(force: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let term = variable("TERM").unwrap_or_default();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()))
            .unwrap_or_default()
            .to_lowercase();
        if force || term == "linux" || term == "dumb" || !(locale.contains("utf-8") || locale.contains("utf8")) {
            ASCII
        } else {
            UNICODE
        }
    }

    /// Text with this set's signs only; letters of names stay.
    pub fn text(&self, text: &str) -> String {
        if self.ascii {
            text.chars().map(crate::figure::cells::ascii).collect()
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides() {
        let with = |pairs: &'static [(&str, &str)]| {
            Glyphs::choose(false, |name| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(!with(&[("LANG", "de_DE.UTF-8"), ("TERM", "xterm")]).ascii);
        assert!(with(&[("LANG", "C"), ("TERM", "xterm")]).ascii);
        assert!(with(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]).ascii);
        assert!(with(&[("LANG", "en_US.UTF-8"), ("TERM", "linux")]).ascii);
    }
}
