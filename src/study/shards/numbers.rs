//! Numbers of shards as ranges, the way schedulers write them: `0-5,7`.

/// Numbers in ascending order as ranges.
pub fn ranges(numbers: &[usize]) -> String {
    let mut text = String::new();
    let mut rest = numbers;
    while let Some(&first) = rest.first() {
        let length = rest.iter().zip(first..).take_while(|(a, b)| *a == b).count();
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(&first.to_string());
        if length > 1 {
            text.push_str(&format!("-{}", first + length - 1));
        }
        rest = &rest[length..];
    }
    text
}

/// The numbers of ranges: `[4-9%2]` of a scheduler's list too, whose limit of tasks at a time is left out, and `0-8:4`, in steps.
/// `None` where it is something else.
pub fn numbers(text: &str) -> Option<Vec<usize>> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    let text = text.split('%').next().unwrap_or_default().trim_end_matches(']');
    let mut found = Vec::new();
    for part in text.split(',') {
        let (range, step) = part.split_once(':').unwrap_or((part, "1"));
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        found.extend((first..=last).step_by(step.parse().ok().filter(|&step| step > 0)?));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_read_back() {
        for (list, text) in [
            (vec![], ""),
            (vec![3], "3"),
            (vec![0, 1, 2, 5, 7, 8], "0-2,5,7-8"),
            ((0..1001).collect(), "0-1000"),
        ] {
            assert_eq!(ranges(&list), text);
            if !text.is_empty() {
                assert_eq!(numbers(text), Some(list));
            }
        }
    }

    #[test]
    fn what_a_queue_shows_is_read() {
        assert_eq!(numbers("[0-7%2]"), Some((0..=7).collect()));
        assert_eq!(numbers("4,6-8%4"), Some(vec![4, 6, 7, 8]));
        assert_eq!(numbers("0-8:4"), Some(vec![0, 4, 8]));
        assert_eq!(numbers("N/A"), None);
        assert_eq!(numbers("0-3,..."), None);
        assert_eq!(numbers(""), None);
    }
}
