//! The LASSO path and its cross-validation at the sizes of radiomics studies and beyond.
//! `cargo bench --bench lasso`; `benches/against-r/run.sh` times R on the same tables.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a benchmark may stop at once, and criterion's macros write undocumented items"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::{Array1, Array2};
use radscore::stats::base::random::{Purpose, RandomStream};
use radscore::stats::regression::lasso::{Family, LassoSettings, fit};
use radscore::stats::validation::cross_validation::{CrossValidationSettings, cross_validate};

/// Rows of correlated columns (blocks of nine around a common factor) and an outcome that a few of them carry.
fn table(rows: usize, columns: usize, family: Family) -> (Array2<f64>, Array1<f64>) {
    let mut stream = RandomStream::new(20_240_801, Purpose::Other(7));
    let blocks = (columns / 9).max(3);
    let factors = Array2::from_shape_simple_fn((rows, blocks), || stream.normal());
    let mut x = Array2::zeros((rows, columns));
    for column in 0..columns {
        for row in 0..rows {
            x[[row, column]] = 0.85 * factors[[row, column % blocks]] + 0.5 * stream.normal();
        }
    }
    let y = (0..rows)
        .map(|row| {
            let signal = 0.6 * (x[[row, 0]] - x[[row, columns / 2]] + x[[row, columns - 1]]) + stream.normal();
            match family {
                Family::Gaussian => signal,
                Family::Binomial => f64::from(u8::from(signal > 0.0)),
            }
        })
        .collect();
    (x, y)
}

fn lasso(criterion: &mut Criterion) {
    for (rows, columns) in [(80, 107), (80, 1_700), (1_000, 2_000)] {
        for family in [Family::Gaussian, Family::Binomial] {
            let (x, y) = table(rows, columns, family);
            let folds: Vec<usize> = (0..rows).map(|row| row % 10).collect();
            let settings = LassoSettings {
                family,
                ..LassoSettings::default()
            };
            let mut group = criterion.benchmark_group(format!("{family:?} {rows} x {columns}"));
            group.sample_size(10);
            group.bench_function("path", |bench| {
                bench.iter(|| black_box(fit(x.view(), y.view(), None, &settings).unwrap()));
            });
            let cross_validation = CrossValidationSettings::default();
            group.bench_function("cv10", |bench| {
                bench.iter(|| {
                    black_box(cross_validate(x.view(), y.view(), None, &folds, &settings, &cross_validation).unwrap())
                });
            });
            group.finish();
        }
    }
}

criterion_group!(benches, lasso);
criterion_main!(benches);
