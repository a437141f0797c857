//! How long the curves take: rms::calibrate's and pROC's work. `cargo bench --bench curves`.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark fails by panicking")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::Array2;
use radscore::stats::base::random::{Purpose, RandomStream};
use radscore::stats::validation::calibration::corrected::calibrate;
use radscore::stats::validation::decision_curve::{
    Convention, DecisionSettings, RiskSource, decision_curves_with_intervals,
};
use radscore::stats::validation::optimism::validate;
use radscore::stats::validation::refitting::{Resampling, Separated};
use radscore::stats::validation::roc::{
    Direction, DirectionChoice, Placements, RocCurve, auc_test_paired, bootstrap_auc, draw_stratified,
};

/// Rows of a logistic model with normal columns, the outcome drawn from it.
fn model(rows: usize, columns: usize) -> (Array2<f64>, Vec<bool>, Vec<f64>) {
    let mut random = RandomStream::new(7, Purpose::Other(1));
    let design = Array2::from_shape_fn((rows, columns), |_| random.normal());
    let risks: Vec<f64> = design
        .rows()
        .into_iter()
        .map(|row| {
            let linear: f64 = row.iter().enumerate().map(|(at, x)| x / (at as f64 + 1.5)).sum();
            1.0 / (1.0 + (-linear).exp())
        })
        .collect();
    let outcome = risks.iter().map(|risk| random.uniform() < *risk).collect();
    (design, outcome, risks)
}

fn resamples(rows: usize, count: usize) -> Vec<Vec<usize>> {
    let mut random = RandomStream::new(11, Purpose::Bootstrap);
    (0..count).map(|_| random.resample(rows)).collect()
}

fn calibration(bench: &mut Criterion) {
    for (rows, columns) in [(80, 3), (1000, 10)] {
        let (design, outcome, _) = model(rows, columns);
        let sets = resamples(rows, 1000);
        bench.bench_function(&format!("calibrate n={rows} p={columns} B=1000"), |bencher| {
            bencher.iter(|| {
                calibrate(
                    black_box(design.view()),
                    &outcome,
                    Resampling::Bootstrap(&sets),
                    Separated::LeftOut,
                )
                .unwrap()
            });
        });
        bench.bench_function(&format!("validate n={rows} p={columns} B=1000"), |bencher| {
            bencher.iter(|| {
                validate(
                    black_box(design.view()),
                    &outcome,
                    Resampling::Bootstrap(&sets),
                    Separated::LeftOut,
                )
                .unwrap()
            });
        });
    }
}

fn roc(bench: &mut Criterion) {
    for rows in [120, 1000] {
        let (_, outcome, risks) = model(rows, 3);
        let n_pos = outcome.iter().filter(|event| **event).count();
        let mut random = RandomStream::new(11, Purpose::Bootstrap);
        let sets = draw_stratified(rows - n_pos, n_pos, 2000, &mut |count| random.below(count));
        bench.bench_function(&format!("ROC bootstrap n={rows} B=2000"), |bencher| {
            bencher.iter(|| bootstrap_auc(&outcome, black_box(&risks), Direction::Higher, &sets, 0.95).unwrap());
        });
    }
    for rows in [120, 100_000] {
        let (design, outcome, risks) = model(rows, 3);
        let other = design.column(0).to_vec();
        bench.bench_function(&format!("ROC and DeLong's test n={rows}"), |bencher| {
            bencher.iter(|| {
                let curve = RocCurve::new(&outcome, black_box(&risks), DirectionChoice::default()).unwrap();
                let first = Placements::new(&outcome, &risks, curve.direction).unwrap();
                let second = Placements::new(&outcome, &other, Direction::Higher).unwrap();
                auc_test_paired(&first, &second, 0.95).unwrap()
            });
        });
    }
}

fn decision(bench: &mut Criterion) {
    let (_, outcome, risks) = model(120, 3);
    let sets = resamples(120, 500);
    let settings = DecisionSettings::usual(Convention::Rmda);
    bench.bench_function("decision curve n=120, 101 thresholds, B=500", |bencher| {
        bencher.iter(|| {
            let models = [("model".to_owned(), RiskSource::Frozen(black_box(&risks)))];
            decision_curves_with_intervals(&outcome, &models, &settings, &sets, 0.95).unwrap()
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = calibration, roc, decision
}
criterion_main!(benches);
