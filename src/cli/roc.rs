//! `radscore roc`: ROC curves, areas with intervals, cut-offs, DeLong's tests.

use anyhow::bail;
use serde_json::{Value, json};

use super::choice::{AreaInterval, ScoreDirection};
use super::columns::{OutcomeArguments, ResampleArguments, aligned, ends, exact, exacts};
use super::reclassified::reclassified;
use super::{Global, Outcome};
use crate::stats::base::interval::{Interval, interval_name};
use crate::stats::base::number::{probability, share, share_limits, significant};
use crate::stats::base::proportion::ProportionInterval;
use crate::stats::validation::roc::{
    AucBootstrap, AucInterval, AucTest, Cutoff, CutoffRule, Direction, DirectionChoice, PartialFocus, Placements,
    RocCurve, auc_interval_of, auc_test_paired, bootstrap_auc, bootstrap_difference, clustered_covariance,
    clustered_variance, cutoff_at, draw_stratified, partial_auc, perfect_lower_limit, precision_recall,
};
use crate::study::table::Table;

/// What `radscore roc` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Example:\n  radscore roc tests/golden/stats/data/roc_pair80.csv --outcome y --score m1,m2")]
pub struct RocArguments {
    #[command(flatten)]
    data: OutcomeArguments,
    /// The columns with the scores or predicted risks
    #[arg(long, value_name = "COL,…", value_delimiter = ',', required = true)]
    score: Vec<String>,
    /// Which end of the score speaks for the event: < (higher), > (lower), or auto, by the medians. Without it: < for
    /// risks between 0 and 1, auto for anything else
    #[arg(long, value_name = "auto|<|>")]
    direction: Option<ScoreDirection>,
    /// The interval of the area
    #[arg(long, value_name = "RULE", default_value = "delong")]
    interval: AreaInterval,
    /// The confidence level
    #[arg(long, value_name = "X", default_value_t = 0.95)]
    level: f64,
    /// A cut-off stated in advance, to be judged beside the best one
    #[arg(long, value_name = "X")]
    cutoff: Option<f64>,
    /// The area between two specificities only
    #[arg(long, value_name = "LOW:HIGH")]
    partial: Option<String>,
    /// The column that says which patient a case belongs to: standard errors then allow for repeats
    #[arg(long, value_name = "COL")]
    patient: Option<String>,
    /// Net reclassification (NRI) and integrated discrimination improvement (IDI) of each score over those before it; the
    /// scores are then risks
    #[arg(long)]
    reclassification: bool,
    #[command(flatten)]
    resample: ResampleArguments,
}

struct Judged {
    name: String,
    curve: RocCurve,
    placements: Placements,
    se: f64,
    ci: Interval,
    auto: bool,
    /// The cut-off that was asked for
    stated: Option<Cutoff>,
    /// The partial area, and rescaled
    partial: Option<[f64; 2]>,
    bootstrap: Option<AucBootstrap>,
    lines: Vec<String>,
}

/// Runs `radscore roc`.
pub fn run(arguments: &RocArguments, global: &Global) -> anyhow::Result<Outcome> {
    let table = arguments.data.table.open(&arguments.data.data, global)?;
    let complete = super::columns::Complete::new(
        &table,
        &arguments.data.outcome,
        arguments.data.event.as_deref(),
        &arguments.score,
        global,
    )?;
    let patients = arguments
        .patient
        .as_ref()
        .map(|column| patients(&table, column, &complete.rows))
        .transpose()?;
    let outcome = &complete.outcome;
    let mut judged = Vec::new();
    for (name, scores) in complete.names.iter().zip(&complete.columns) {
        judged.push(judge(arguments, name, outcome, scores, patients.as_deref())?);
    }
    let tests = pairs(&judged, outcome, patients.as_deref(), arguments.level)?;
    let mut test_json: Vec<Value> = tests
        .iter()
        .map(|(a, b, test)| {
            json!({"a": a, "b": b, "z": exact(test.statistic), "p": exact(test.p_value), "difference": exact(test.difference),
                   "se": exact(test.se), "ci": ends(test.ci_diff), "level": test.ci_diff.level, "method": "DeLong, paired"})
        })
        .collect();
    if let Some(count) = arguments.resample.bootstrap {
        bootstrap(
            arguments,
            count,
            outcome,
            &complete.columns,
            &mut judged,
            &mut test_json,
        )?;
    }
    let reclassified = if arguments.reclassification {
        if complete.names.len() < 2 {
            bail!(
                "--reclassification compares risks, but --score names one column only; name the old and the new risk"
            );
        }
        Some(reclassified(outcome, &complete.names, &complete.columns)?)
    } else {
        None
    };
    if global.json {
        let curves = judged.iter().zip(&complete.columns);
        let curves: Vec<Value> = curves
            .map(|(judged, scores)| judged.document(outcome, scores, arguments.level))
            .collect::<anyhow::Result<_>>()?;
        let mut document = json!({"curves": curves, "tests": test_json, "left_out": complete.left_out});
        if let Some((pairs, _)) = reclassified {
            document["reclassification"] = pairs.into();
        }
        super::print_json(&document)?;
        return Ok(Outcome::Done);
    }
    let mut text = text(arguments, &judged, &tests, &test_json);
    if let Some((_, table)) = reclassified {
        text.push_str(&table);
    }
    super::print(&text)?;
    Ok(Outcome::Done)
}

fn judge(
    arguments: &RocArguments,
    name: &str,
    outcome: &[bool],
    scores: &[f64],
    patients: Option<&[usize]>,
) -> anyhow::Result<Judged> {
    let risks = scores.iter().all(|score| (0.0..=1.0).contains(score));
    let choice = match arguments.direction {
        Some(direction) => direction.value(),
        None if risks => DirectionChoice::Fixed(Direction::Higher),
        None => DirectionChoice::Auto,
    };
    let curve = RocCurve::new(outcome, scores, choice)?;
    let placements = Placements::of_curve(&curve, outcome, scores)?;
    let level = arguments.level;
    let interval = |rule| auc_interval_of(&placements, outcome, scores, curve.direction, level, rule);
    let (se, ci) = match patients {
        Some(patients) => {
            let se = clustered_variance(&placements, outcome, patients)?.sqrt();
            (se, Interval::wald(curve.auc, se, level).clamp(0.0, 1.0))
        }
        None => (placements.variance().sqrt(), interval(arguments.interval.value())?),
    };
    let best = curve.best_cutoffs(CutoffRule::Youden);
    let mut lines = Vec::new();
    if curve.is_perfect() {
        lines.push(format!(
            "{name}: the score separates the outcomes completely; DeLong's interval has no width. One-sided lower limit of \
             the area: {}",
            share(perfect_lower_limit(curve.n_pos, curve.n_neg, level), 3)
        ));
    }
    if best.len() > 1 {
        let cuts: Vec<String> = best.iter().map(|cut| significant(cut.threshold, 4)).collect();
        lines.push(format!(
            "{name}: {} cut-offs share the best Youden index ({}); the one with the highest specificity is shown",
            best.len(),
            cuts.join(", ")
        ));
    }
    let stated = match arguments.cutoff {
        Some(threshold) => Some(cutoff_at(outcome, scores, curve.direction, threshold)?),
        None => None,
    };
    let mut both_areas = None;
    if let Some(range) = &arguments.partial {
        let range = parse_range(range)?;
        let area = partial_auc(&curve, PartialFocus::Specificity, range, false)?;
        let corrected = partial_auc(&curve, PartialFocus::Specificity, range, true)?;
        both_areas = Some([area, corrected]);
        lines.push(format!(
            "{name}: area between specificities {} and {}: {}, rescaled {}",
            range[0],
            range[1],
            share(area, 4),
            share(corrected, 4)
        ));
    }
    Ok(Judged {
        name: name.to_owned(),
        auto: choice == DirectionChoice::Auto,
        curve,
        placements,
        se,
        ci,
        stated,
        partial: both_areas,
        bootstrap: None,
        lines,
    })
}

impl Judged {
    /// Everything about a curve, as JSON.
    fn document(&self, outcome: &[bool], scores: &[f64], level: f64) -> anyhow::Result<Value> {
        let curve = &self.curve;
        let interval =
            |rule| auc_interval_of(&self.placements, outcome, scores, curve.direction, level, rule).map(ends);
        let recall = precision_recall(outcome, scores, curve.direction)?;
        let best = curve.best_cutoffs(CutoffRule::Youden);
        let mut document = json!({
            "score": self.name, "direction": curve.direction.sign(), "n_pos": curve.n_pos, "n_neg": curve.n_neg,
            "auc": exact(curve.auc), "delong_se": exact(self.se), "ci": ends(self.ci), "level": self.ci.level,
            "thresholds": exacts(&curve.thresholds), "sensitivities": exacts(&curve.sensitivities),
            "specificities": exacts(&curve.specificities),
            "youden": cut_json(&curve.best_cutoff(CutoffRule::Youden), level)?,
            "youden_ties": best.iter().map(|cut| exact(cut.threshold)).collect::<Vec<_>>(),
            "closest_topleft": cut_json(&curve.best_cutoff(CutoffRule::ClosestTopLeft), level)?,
            "intervals": {
                "delong": interval(AucInterval::DeLong)?, "logit": interval(AucInterval::Logit)?,
                "hanley_mcneil": interval(AucInterval::HanleyMcNeil)?, "spss": interval(AucInterval::Counted)?,
            },
            "pr": {"precision": exacts(&recall.precision), "recall": exacts(&recall.recall),
                   "thresholds": exacts(&recall.thresholds), "average_precision": exact(recall.average_precision),
                   "trapezoid": exact(recall.trapezoid)},
        });
        if let Some(cut) = &self.stated {
            document["stated_cutoff"] = cut_json(cut, level)?;
        }
        if let Some([area, corrected]) = self.partial {
            document["partial_auc"] = exact(area);
            document["partial_auc_corrected"] = exact(corrected);
        }
        if let Some(found) = &self.bootstrap {
            document["bootstrap"] = json!({"n": found.values.len(), "ci": ends(found.ci), "level": found.ci.level,
                "median": exact(found.median), "sd": exact(found.standard_deviation)});
        }
        Ok(document)
    }
}

/// DeLong's test of every pair of scores; with patients that repeat, its variance over patients.
fn pairs(
    judged: &[Judged],
    outcome: &[bool],
    patients: Option<&[usize]>,
    level: f64,
) -> anyhow::Result<Vec<(String, String, AucTest)>> {
    let mut tests = Vec::new();
    for (at, a) in judged.iter().enumerate() {
        for b in &judged[at + 1..] {
            let mut test = auc_test_paired(&a.placements, &b.placements, level)?;
            if let Some(patients) = patients {
                let shared = clustered_covariance(&a.placements, &b.placements, outcome, patients)?;
                let se = (a.se * a.se + b.se * b.se - 2.0 * shared).max(0.0).sqrt();
                let z = if test.difference == 0.0 {
                    0.0
                } else {
                    test.difference / se
                };
                test.se = se;
                test.statistic = z;
                test.p_value = crate::stats::base::distributions::normal_two_sided(z);
                test.ci_diff = Interval::wald(test.difference, se, level);
            }
            tests.push((a.name.clone(), b.name.clone(), test));
        }
    }
    Ok(tests)
}

fn bootstrap(
    arguments: &RocArguments,
    count: usize,
    outcome: &[bool],
    columns: &[Vec<f64>],
    judged: &mut [Judged],
    tests: &mut [Value],
) -> anyhow::Result<()> {
    let (n_pos, n_neg) = (judged[0].curve.n_pos, judged[0].curve.n_neg);
    for (judged, scores) in judged.iter_mut().zip(columns) {
        // Each curve from the same seed, as a call of pROC's ci.auc after set.seed.
        let resamples = draw_stratified(n_neg, n_pos, count, &mut arguments.resample.indices());
        let found = bootstrap_auc(outcome, scores, judged.curve.direction, &resamples, arguments.level)?;
        judged.lines.push(format!(
            "{}: bootstrap {} of {count} stratified resamples {}",
            judged.name,
            found.ci.name(),
            share_limits(found.ci, 4)
        ));
        judged.bootstrap = Some(found);
    }
    let mut at = 0;
    for first in 0..judged.len() {
        for second in first + 1..judged.len() {
            let resamples = draw_stratified(n_neg, n_pos, count, &mut arguments.resample.indices());
            let directions = [judged[first].curve.direction, judged[second].curve.direction];
            let scores = [columns[first].as_slice(), columns[second].as_slice()];
            let (found, z, p) = bootstrap_difference(outcome, scores, directions, &resamples, arguments.level)?;
            tests[at]["bootstrap"] =
                json!({"n": count, "z": exact(z), "p": exact(p), "ci": ends(found.ci), "level": found.ci.level});
            at += 1;
        }
    }
    Ok(())
}

fn patients(table: &Table, column: &str, rows: &[usize]) -> anyhow::Result<Vec<usize>> {
    let names = table.texts(column)?;
    let mut known: Vec<&str> = Vec::new();
    let mut numbers = std::collections::HashMap::new();
    Ok(rows
        .iter()
        .map(|&row| {
            *numbers.entry(names[row]).or_insert_with(|| {
                known.push(names[row]);
                known.len() - 1
            })
        })
        .collect())
}

fn parse_range(text: &str) -> anyhow::Result<[f64; 2]> {
    if let Some((low, high)) = text.split_once(':')
        && let (Ok(low), Ok(high)) = (low.trim().parse(), high.trim().parse())
    {
        return Ok([low, high]);
    }
    bail!("--partial is \"{text}\", but it must be two numbers like 0.8:1")
}

fn cut_json(cut: &Cutoff, level: f64) -> anyhow::Result<Value> {
    let both = |rule| -> anyhow::Result<Value> {
        let given = |interval: Result<Interval, crate::stats::StatsError>| interval.map_or(Value::Null, ends);
        Ok(json!({
            "sensitivity": ends(cut.sensitivity_interval(level, rule)?),
            "specificity": ends(cut.specificity_interval(level, rule)?),
            "ppv": given(cut.ppv_interval(level, rule)),
            "npv": given(cut.npv_interval(level, rule)),
            "accuracy": ends(cut.accuracy_interval(level, rule)?),
        }))
    };
    Ok(json!({
        "threshold": exact(cut.threshold), "sensitivity": exact(cut.sensitivity), "specificity": exact(cut.specificity),
        "tp": cut.true_positives, "fp": cut.false_positives, "tn": cut.true_negatives, "fn": cut.false_negatives,
        "youden": exact(cut.youden), "ppv": exact(cut.ppv), "npv": exact(cut.npv), "accuracy": exact(cut.accuracy),
        "wilson": both(ProportionInterval::Wilson)?, "exact": both(ProportionInterval::Exact)?,
    }))
}

fn text(
    arguments: &RocArguments,
    judged: &[Judged],
    tests: &[(String, String, AucTest)],
    test_json: &[Value],
) -> String {
    let interval = interval_name(arguments.level);
    let mut text = format!(
        "{} with the event, {} without it\n\n",
        judged.first().map_or(0, |judged| judged.curve.n_pos),
        judged.first().map_or(0, |judged| judged.curve.n_neg)
    );
    let rule = match arguments.patient {
        Some(_) => "over patients",
        None => arguments.interval.name(),
    };
    let rows: Vec<Vec<String>> = judged
        .iter()
        .map(|judged| {
            vec![
                judged.name.clone(),
                format!(
                    "{}{}",
                    judged.curve.direction.sign(),
                    if judged.auto { " (auto)" } else { "" }
                ),
                share(judged.curve.auc, 4),
                share(judged.se, 4),
                share_limits(judged.ci, 4),
            ]
        })
        .collect();
    text.push_str(&aligned(
        &["score", "direction", "AUC", "SE", &format!("{interval} ({rule})")],
        &rows,
    ));
    if judged.iter().any(|judged| judged.auto) {
        text.push_str(
            "auto: the direction was taken from the data, which lifts the area of a useless score above 0.5\n",
        );
    }
    let mut rows = Vec::new();
    for judged in judged {
        let best = judged.curve.best_cutoff(CutoffRule::Youden);
        rows.push(cut_row(&judged.name, "Youden", &best, arguments.level));
        let near = judged.curve.best_cutoff(CutoffRule::ClosestTopLeft);
        rows.push(cut_row(&judged.name, "top left", &near, arguments.level));
        if let Some(stated) = &judged.stated {
            rows.push(cut_row(&judged.name, "stated", stated, arguments.level));
        }
    }
    text.push_str(&format!("\nCut-offs (Wilson {interval})\n"));
    let header = [
        "score",
        "rule",
        "cut-off",
        "sensitivity",
        "specificity",
        "PPV",
        "NPV",
        "accuracy",
        "TP/FP/TN/FN",
        "Youden",
    ];
    text.push_str(&aligned(&header, &rows));
    if !tests.is_empty() {
        text.push_str("\nDeLong's paired test\n");
        let rows: Vec<Vec<String>> = tests
            .iter()
            .map(|(a, b, test)| {
                vec![
                    format!("{a} - {b}"),
                    share(test.difference, 4),
                    share_limits(test.ci_diff, 4),
                    significant(test.statistic, 4),
                    probability(test.p_value),
                ]
            })
            .collect();
        text.push_str(&aligned(&["scores", "difference", &interval, "z", "P"], &rows));
        for (test, (a, b, _)) in test_json.iter().zip(tests) {
            if let Some(p) = test["bootstrap"]["p"].as_f64() {
                text.push_str(&format!("{a} - {b}: bootstrap test P {}\n", probability(p)));
            }
        }
    }
    for line in judged.iter().flat_map(|judged| &judged.lines) {
        text.push_str(&format!("{line}\n"));
    }
    text
}

fn cut_row(name: &str, rule: &str, cut: &Cutoff, level: f64) -> Vec<String> {
    let with = |value: f64, interval: Result<Interval, crate::stats::StatsError>| match interval {
        Ok(ci) => format!("{} ({}-{})", share(value, 3), share(ci.lower, 3), share(ci.upper, 3)),
        Err(_) => share(value, 3),
    };
    let wilson = ProportionInterval::Wilson;
    vec![
        name.to_owned(),
        rule.to_owned(),
        significant(cut.threshold, 4),
        with(cut.sensitivity, cut.sensitivity_interval(level, wilson)),
        with(cut.specificity, cut.specificity_interval(level, wilson)),
        with(cut.ppv, cut.ppv_interval(level, wilson)),
        with(cut.npv, cut.npv_interval(level, wilson)),
        with(cut.accuracy, cut.accuracy_interval(level, wilson)),
        format!(
            "{}/{}/{}/{}",
            cut.true_positives, cut.false_positives, cut.true_negatives, cut.false_negatives
        ),
        share(cut.youden, 3),
    ]
}
