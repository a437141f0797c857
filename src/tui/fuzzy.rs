//! Letters in order, best matches first: how lists are narrowed and commands are found.

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The positions of the texts that match, best first; all of them, in their order, where nothing is looked for.
pub fn find<'a>(wanted: &str, texts: impl Iterator<Item = &'a str>) -> Vec<usize> {
    if wanted.trim().is_empty() {
        return (0..texts.count()).collect();
    }
    let pattern = Pattern::parse(wanted, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let mut found: Vec<(usize, u32)> = texts
        .enumerate()
        .filter_map(|(order, text)| {
            pattern
                .score(Utf32Str::new(text, &mut letters), &mut matcher)
                .map(|score| (order, score))
        })
        .collect();
    found.sort_by_key(|&(order, score)| (std::cmp::Reverse(score), order));
    found.into_iter().map(|(order, _)| order).collect()
}

/// The positions of the rows, in their order, of which every word that is looked for fits a cell: the first cells are names, of
/// which a word gives letters in order; of any other cell, and where a word has a digit, it is a part as it stands.
pub fn find_rows<'a>(wanted: &str, rows: impl Iterator<Item = (Vec<&'a str>, Vec<&'a str>)>) -> Vec<usize> {
    let atom = |word: &str, kind| Atom::new(word, CaseMatching::Ignore, Normalization::Smart, kind, false);
    let words: Vec<(Atom, Atom)> = wanted
        .split_whitespace()
        .map(|word| {
            let part = atom(word, AtomKind::Substring);
            let has_digit = word.chars().any(|letter| letter.is_ascii_digit());
            let letters = if has_digit {
                part.clone()
            } else {
                atom(word, AtomKind::Fuzzy)
            };
            (letters, part)
        })
        .collect();
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let mut fits = |atom: &Atom, cells: &[&str]| {
        cells
            .iter()
            .any(|cell| atom.score(Utf32Str::new(cell, &mut letters), &mut matcher).is_some())
    };
    rows.enumerate()
        .filter(|(_, (names, cells))| {
            words
                .iter()
                .all(|(letters, part)| fits(letters, names) || fits(part, cells))
        })
        .map(|(order, _)| order)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_looked_for_across_all_cells() {
        let rows = [
            (vec!["case-003", "P05"], vec!["yes", "61", "病例"]),
            (vec!["case-030", "P05"], vec!["no", "63"]),
            (vec!["case-031", "P06"], vec!["yes", "70"]),
        ];
        for (wanted, found) in [
            ("P05 yes", vec![0]),
            ("yes", vec![0, 2]),
            ("003", vec![0]),
            ("cse 6", vec![0, 1, 2]),
            ("病例 61", vec![0]),
            ("ys", vec![]),
            ("", vec![0, 1, 2]),
        ] {
            assert_eq!(find_rows(wanted, rows.iter().cloned()), found, "{wanted}");
        }
    }

    #[test]
    fn letters_in_order_are_enough() {
        let names = ["original_glcm_Idm", "original_shape_Sphericity", "影像_组学"];
        assert_eq!(find("spher", names.into_iter()), [1]);
        assert_eq!(find("组学", names.into_iter()), [2]);
        assert_eq!(find("", names.into_iter()), [0, 1, 2]);
        assert!(find("zzz", names.into_iter()).is_empty());
    }
}
