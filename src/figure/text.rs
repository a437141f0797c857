//! Text in columns: how wide it is, how it is cut, and the nearest ASCII signs.

use unicode_width::UnicodeWidthChar;

/// The columns that a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(|symbol| symbol.width().unwrap_or(0)).sum()
}

/// A text cut to a number of columns, `…` at its end where something was cut off.
pub fn fit(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    if room == 0 {
        return String::new();
    }
    let mut kept = String::new();
    let mut used = 0;
    for symbol in text.chars() {
        let wide = symbol.width().unwrap_or(0);
        if used + wide > room - 1 {
            break;
        }
        kept.push(symbol);
        used += wide;
    }
    kept.push('…');
    kept
}

/// A text cut at its beginning: feature names differ at their end.
pub fn fit_end(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    if room == 0 {
        return String::new();
    }
    let mut kept: Vec<char> = Vec::new();
    let mut used = 0;
    for symbol in text.chars().rev() {
        let wide = symbol.width().unwrap_or(0);
        if used + wide > room - 1 {
            break;
        }
        kept.push(symbol);
        used += wide;
    }
    kept.push('…');
    kept.iter().rev().collect()
}

/// Lines of text broken at spaces to a width.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(8);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let mut word = word.to_owned();
            let used = width(&line);
            let wide = width(&word);
            if used > 0 && used + 1 + wide > room {
                lines.push(std::mem::take(&mut line));
            }
            // A word that is longer than a line is broken.
            while width(&word) > room {
                let mut head = String::new();
                let mut rest = String::new();
                for letter in word.chars() {
                    if rest.is_empty() && width(&head) + 2 <= room {
                        head.push(letter);
                    } else {
                        rest.push(letter);
                    }
                }
                lines.push(head);
                word = rest;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        lines.push(line);
    }
    lines
}

/// The nearest ASCII sign; letters of other scripts stay, since they are names.
pub fn ascii(symbol: char) -> char {
    match symbol {
        '─' | '┄' | '╌' | '–' | '—' | '▁' | '▔' => '-',
        '│' | '┊' | '┤' | '├' | '▏' | '▐' | '▌' => '|',
        '┼' | '┴' | '┬' | '└' | '┘' | '┌' | '┐' | '╭' | '╮' | '╰' | '╯' | '±' | '✓' => '+',
        '●' | '•' | '◆' => 'o',
        '■' | '█' | '▓' | '▇' | '▆' | '▅' | '▀' => '#',
        '▄' | '▃' | '▂' | '▒' => '=',
        '░' => ':',
        '◄' | '‹' | '≤' | '←' => '<',
        '►' | '▸' | '›' | '≥' | '→' => '>',
        '…' => '~',
        '×' | '✗' => 'x',
        'λ' => 'L',
        '²' => '2',
        '·' => '.',
        '↑' => '^',
        '↓' | '▼' => 'v',
        '∞' => 'I',
        '√' => 'V',
        '\u{2801}'..='\u{28ff}' => '*',
        other => other,
    }
}
