//! The discrete wavelets by name: their decomposition filters.
//!
//! The table beside this file holds the coefficients of the published filters (Daubechies' extremal phase and least
//! asymmetric ones, coiflets, the biorthogonal ones of Cohen, Daubechies and Feauveau, the discrete Meyer wavelet) in double
//! precision, low pass first; the high pass follows from it.

use serde_json::Value;

use crate::features::settings::kind::Kind;

/// The decomposition filters of a wavelet.
#[derive(Debug, Clone, PartialEq)]
pub struct Wavelet {
    /// Low pass, its sum the square root of 2
    pub low: Vec<f64>,
    /// High pass, its sum 0
    pub high: Vec<f64>,
}

/// The name of a wavelet.
#[derive(Debug, Clone, Copy)]
pub struct WaveletName;

impl Kind for WaveletName {
    type Value = String;

    fn parse(&self, value: &Value) -> Option<String> {
        value.as_str().filter(|name| is_wavelet(name)).map(str::to_owned)
    }

    fn expected(&self) -> String {
        "the name of a discrete wavelet such as coif1, haar, db2, sym4, bior2.2, rbio1.3 or dmey".to_owned()
    }
}

static TAPS: &str = include_str!("wavelet_taps.txt");

/// A wavelet by PyWavelets' name (`haar`, `db4`, `coif1`, `bior2.2`, `rbio2.2`, `dmey` …); `None` for an unknown one.
pub fn wavelet(name: &str) -> Option<Wavelet> {
    if let Some(order) = name.strip_prefix("rbio") {
        // The roles of analysis and synthesis are changed, which turns both filters round.
        let (low, dual) = taps(&format!("bior{order}"))?;
        let turned = |taps: Vec<f64>| taps.into_iter().rev().collect::<Vec<_>>();
        let high = alternated(&turned(low));
        return Some(Wavelet {
            low: turned(dual?),
            high,
        });
    }
    let (low, dual) = taps(if name == "haar" { "db1" } else { name })?;
    // The high pass is the synthesis low pass with alternating signs; of an orthogonal wavelet that is the low pass turned round.
    let synthesis = dual.unwrap_or_else(|| low.iter().rev().copied().collect());
    Some(Wavelet {
        high: alternated(&synthesis),
        low,
    })
}

/// Whether PyWavelets knows a discrete wavelet of this name.
fn is_wavelet(name: &str) -> bool {
    let numbered = |family: &str, orders: std::ops::RangeInclusive<u32>| {
        name.strip_prefix(family)
            .and_then(|order| order.parse::<u32>().ok().filter(|number| number.to_string() == order))
            .is_some_and(|order| orders.contains(&order))
    };
    const BIORTHOGONAL: &[&str] = &[
        "1.1", "1.3", "1.5", "2.2", "2.4", "2.6", "2.8", "3.1", "3.3", "3.5", "3.7", "3.9", "4.4", "5.5", "6.8",
    ];
    matches!(name, "haar" | "dmey")
        || numbered("db", 1..=38)
        || numbered("sym", 2..=20)
        || numbered("coif", 1..=17)
        || ["bior", "rbio"].iter().any(|family| {
            name.strip_prefix(family)
                .is_some_and(|order| BIORTHOGONAL.contains(&order))
        })
}

/// A filter with the signs of its even places changed.
fn alternated(taps: &[f64]) -> Vec<f64> {
    taps.iter()
        .enumerate()
        .map(|(place, &tap)| if place % 2 == 0 { -tap } else { tap })
        .collect()
}

/// The table's row: analysis low pass and, of a biorthogonal wavelet, synthesis low pass.
fn taps(name: &str) -> Option<(Vec<f64>, Option<Vec<f64>>)> {
    let row = TAPS
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    let numbers = |text: &str| {
        text.split_whitespace()
            .map(|tap| tap.parse().ok())
            .collect::<Option<Vec<f64>>>()
    };
    match row.split_once('|') {
        Some((low, dual)) => Some((numbers(low)?, Some(numbers(dual)?))),
        None => Some((numbers(row)?, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_name() -> Vec<String> {
        let mut names: Vec<String> = TAPS
            .lines()
            .filter_map(|line| line.split(' ').next())
            .map(str::to_owned)
            .collect();
        let reversed: Vec<String> = names
            .iter()
            .filter_map(|name| name.strip_prefix("bior"))
            .map(|order| format!("rbio{order}"))
            .collect();
        names.extend(reversed);
        names
    }

    #[test]
    fn every_wavelet_that_the_settings_take_has_filters() {
        let names = every_name();
        assert_eq!(names.len(), 106);
        assert!(names.iter().all(|name| is_wavelet(name)));
        assert!(wavelet("db39").is_none() && wavelet("db").is_none() && wavelet("").is_none());
    }

    #[test]
    fn low_passes_sum_to_the_root_of_two_and_high_passes_to_nothing() {
        for name in every_name() {
            let Wavelet { low, high } = wavelet(&name).unwrap();
            assert_eq!(low.len(), high.len(), "{name}");
            assert_eq!(low.len() % 2, 0, "{name}");
            assert!((low.iter().sum::<f64>() - 2f64.sqrt()).abs() < 1e-9, "{name}");
            // The discrete Meyer filter is a cut-off one, its moments vanish nearly.
            let nothing = if name == "dmey" { 1e-2 } else { 1e-9 };
            assert!(high.iter().sum::<f64>().abs() < nothing, "{name}");
        }
    }

    #[test]
    fn orthogonal_filters_are_orthonormal_to_their_even_shifts() {
        for name in every_name()
            .iter()
            .filter(|name| !name.contains("bio") && *name != "dmey")
        {
            let low = wavelet(name).unwrap().low;
            for shift in (0..low.len()).step_by(2) {
                let product: f64 = low[shift..].iter().zip(&low).map(|(a, b)| a * b).sum();
                let wanted = if shift == 0 { 1.0 } else { 0.0 };
                assert!((product - wanted).abs() < 1e-9, "{name} {shift}");
            }
        }
    }
}
