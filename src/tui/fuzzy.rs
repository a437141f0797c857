//! Letters in order, best matches first: how lists are narrowed and commands are found.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_are_enough() {
        let names = ["original_glcm_Idm", "original_shape_Sphericity", "影像_组学"];
        assert_eq!(find("spher", names.into_iter()), [1]);
        assert_eq!(find("组学", names.into_iter()), [2]);
        assert_eq!(find("", names.into_iter()), [0, 1, 2]);
        assert!(find("zzz", names.into_iter()).is_empty());
    }
}
