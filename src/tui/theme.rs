//! Colours by meaning. Screens name a meaning, never a colour; series also differ by dash or marker, so every theme can be
//! read without colour.

use ratatui::style::{Color, Modifier, Style};

use crate::figure::Tone;
use crate::figure::cells::Fill;

/// The name of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThemeName {
    /// The terminal's own sixteen colours on its own background
    #[default]
    Terminal,
    /// For dark backgrounds, 256 colours
    Dark,
    /// For light backgrounds, 256 colours
    Light,
    /// No colours: bold, underline and reverse only
    Mono,
}

impl ThemeName {
    /// All themes.
    pub const ALL: [Self; 4] = [Self::Terminal, Self::Dark, Self::Light, Self::Mono];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Mono => "mono",
        }
    }
}

/// How many colours may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None
    None,
    /// The sixteen named ones
    Sixteen,
    /// The 256 indexed ones
    Indexed,
    /// 24 bits
    True,
}

/// When colours are sent, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colours {
    /// As many as the terminal knows, unless the environment forbids them
    #[default]
    Auto,
    /// As many as the terminal knows
    Always,
    /// So many
    Just(Depth),
}

impl Depth {
    /// How many colours are sent: NO_COLOR, COLORTERM and TERM say it where the asked depth does not.
    pub fn choose(asked: Colours, variable: impl Fn(&str) -> Option<String>) -> Self {
        let term = variable("TERM").unwrap_or_default();
        let able = || {
            let colorterm = variable("COLORTERM").unwrap_or_default();
            if colorterm.contains("truecolor") || colorterm.contains("24bit") {
                Self::True
            } else if term.contains("256") || term.contains("kitty") || term.contains("alacritty") {
                Self::Indexed
            } else {
                Self::Sixteen
            }
        };
        match asked {
            Colours::Auto if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) || term == "dumb" => {
                Self::None
            }
            Colours::Auto | Colours::Always => able(),
            Colours::Just(depth) => depth,
        }
    }
}

/// Colours by meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Which theme this is
    pub name: ThemeName,
    /// How many colours may be sent
    pub depth: Depth,
    accent: Color,
    good: Color,
    warn: Color,
    bad: Color,
    muted: Color,
    series: [Color; 8],
    band: [Color; 8],
}

impl Theme {
    /// A theme; fewer colours than it wants bring the next simpler one.
    pub fn new(name: ThemeName, depth: Depth) -> Self {
        let name = match (name, depth) {
            (_, Depth::None) | (ThemeName::Mono, _) => ThemeName::Mono,
            (_, Depth::Sixteen) => ThemeName::Terminal,
            (name, _) => name,
        };
        let indexed = |list: [u8; 8]| list.map(Color::Indexed);
        let bands = if depth >= Depth::Indexed {
            // The background is not known: a middle grey carries both dark and light text.
            [Color::Indexed(240); 8]
        } else {
            [Color::DarkGray; 8]
        };
        match name {
            ThemeName::Terminal => Self {
                name,
                depth,
                accent: Color::Cyan,
                good: Color::Green,
                warn: Color::Yellow,
                bad: Color::Red,
                muted: Color::DarkGray,
                series: [
                    Color::Cyan,
                    Color::Red,
                    Color::Green,
                    Color::Magenta,
                    Color::Blue,
                    Color::Yellow,
                    Color::LightCyan,
                    Color::LightRed,
                ],
                band: bands,
            },
            ThemeName::Dark => Self {
                name,
                depth,
                accent: Color::Indexed(80),
                good: Color::Indexed(114),
                warn: Color::Indexed(221),
                bad: Color::Indexed(203),
                muted: Color::Indexed(245),
                series: indexed([80, 209, 114, 176, 75, 221, 152, 217]),
                band: indexed([23, 52, 22, 53, 17, 58, 24, 52]),
            },
            ThemeName::Light => Self {
                name,
                depth,
                accent: Color::Indexed(25),
                good: Color::Indexed(28),
                warn: Color::Indexed(130),
                bad: Color::Indexed(124),
                muted: Color::Indexed(243),
                series: indexed([25, 160, 28, 90, 31, 130, 54, 88]),
                band: indexed([153, 224, 194, 225, 189, 230, 195, 223]),
            },
            ThemeName::Mono => Self {
                name,
                depth: Depth::None,
                accent: Color::Reset,
                good: Color::Reset,
                warn: Color::Reset,
                bad: Color::Reset,
                muted: Color::Reset,
                series: [Color::Reset; 8],
                band: [Color::Reset; 8],
            },
        }
    }

    /// Whether there are no colours.
    pub fn mono(&self) -> bool {
        self.name == ThemeName::Mono
    }

    /// The style of a meaning.
    pub fn tone(&self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => Style::new(),
            Tone::Muted => self.muted(),
            Tone::Accent => self.accent(),
            Tone::Good => Style::new().fg(self.good),
            Tone::Warn => self.strong_in_mono(self.warn),
            Tone::Bad => self.strong_in_mono(self.bad),
            Tone::Series(number) => Style::new().fg(self.series[number as usize % 8]),
        }
    }

    fn strong_in_mono(&self, colour: Color) -> Style {
        if self.mono() {
            Style::new().add_modifier(Modifier::BOLD)
        } else {
            Style::new().fg(colour)
        }
    }

    /// The thing in hand.
    pub fn accent(&self) -> Style {
        self.strong_in_mono(self.accent)
    }

    /// Less important; in mono it looks like the rest, since dim text is invisible on some terminals.
    pub fn muted(&self) -> Style {
        Style::new().fg(self.muted)
    }

    /// A heading.
    pub fn heading(&self) -> Style {
        self.accent().add_modifier(Modifier::BOLD)
    }

    /// The row in hand: reversed in every theme, so that it is seen on any background and without colour.
    pub fn selection(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The background of a chart's cell; `None` where a sign must stand for it.
    pub fn fill(&self, fill: Fill) -> Option<Style> {
        match fill {
            Fill::None => Some(Style::new()),
            Fill::Selected => Some(self.selection()),
            Fill::Band(tone) => {
                let number = match tone {
                    Tone::Series(number) => number as usize % 8,
                    _ => 0,
                };
                (!self.mono()).then(|| Style::new().bg(self.band[number]))
            }
            Fill::Shade(shade) => (self.depth >= Depth::Indexed && !self.mono())
                .then(|| Style::new().bg(Color::Indexed(232 + shade.min(23)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(asked: Colours, pairs: &[(&str, &str)]) -> Depth {
        Depth::choose(asked, |name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_decides_only_under_auto() {
        assert_eq!(
            depth(Colours::Auto, &[("NO_COLOR", "1"), ("TERM", "xterm-256color")]),
            Depth::None
        );
        assert_eq!(
            depth(Colours::Always, &[("NO_COLOR", "1"), ("TERM", "xterm-256color")]),
            Depth::Indexed
        );
        assert_eq!(
            depth(Colours::Auto, &[("NO_COLOR", ""), ("COLORTERM", "truecolor")]),
            Depth::True
        );
        assert_eq!(
            depth(Colours::Just(Depth::Sixteen), &[("NO_COLOR", "1")]),
            Depth::Sixteen
        );
    }

    #[test]
    fn mono_sends_no_colour_and_still_marks_the_selection() {
        let theme = Theme::new(ThemeName::Dark, Depth::None);
        assert!(theme.mono());
        assert!(theme.selection().add_modifier.contains(Modifier::REVERSED));
        for tone in [Tone::Accent, Tone::Bad, Tone::Muted, Tone::Series(3)] {
            assert!(matches!(theme.tone(tone).fg, None | Some(Color::Reset)));
        }
    }
}
