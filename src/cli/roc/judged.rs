//! One score: its curve, area with interval, cut-offs, remarks.

use anyhow::bail;
use serde_json::{Value, json};

use super::super::columns::{ends, exact, exacts};
use super::super::missing::OneColumn;
use super::arguments::RocArguments;
use crate::message::english::statistics as words;
use crate::stats::base::interval::Interval;
use crate::stats::base::number::{share, share_limits, significant};
use crate::stats::base::proportion::ProportionInterval;
use crate::stats::validation::roc::{
    AucBootstrap, AucInterval, Cutoff, CutoffRule, Direction, DirectionChoice, PartialFocus, Placements, RocCurve,
    auc_interval_of, bootstrap_auc, clustered_variance, cutoff_at, draw_stratified, partial_auc, perfect_lower_limit,
    precision_recall,
};

/// A score's curve, and what is said of it.
pub struct Judged {
    pub name: String,
    pub curve: RocCurve,
    pub placements: Placements,
    pub se: f64,
    pub ci: Interval,
    pub auto: bool,
    /// The column and its rows
    pub of: OneColumn,
    /// The cut-off that was asked for
    pub stated: Option<Cutoff>,
    /// The partial area, and rescaled
    pub partial: Option<[f64; 2]>,
    pub bootstrap: Option<AucBootstrap>,
    pub lines: Vec<String>,
}

/// Judges a score in the direction that is asked for or found.
pub fn judge(arguments: &RocArguments, of: OneColumn, patients: Option<&[usize]>) -> anyhow::Result<Judged> {
    let OneColumn {
        name,
        outcome,
        values: scores,
        ..
    } = &of;
    // Numbers between 0 and 1 need not be risks: nobody but the reader knows, and what is found is said.
    let choice = match arguments.direction {
        Some(direction) => direction.value(),
        None if arguments.reclassification => DirectionChoice::Fixed(Direction::Higher),
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
    if curve.auc < 0.5 {
        let turned = match curve.direction {
            Direction::Higher => Direction::Lower,
            Direction::Lower => Direction::Higher,
        };
        lines.push(words::below_half(name, turned.sign()).to_string());
    }
    if scores.iter().all(|score| Some(score) == scores.first()) {
        lines.push(words::same_score(name).to_string());
    }
    if curve.is_perfect() {
        lines.push(words::perfect(name, share(perfect_lower_limit(curve.n_pos, curve.n_neg, level), 3)).to_string());
    }
    if best.len() > 1 {
        let cuts: Vec<String> = best.iter().map(|cut| significant(cut.threshold, 4)).collect();
        lines.push(words::best_shared(name, best.len(), cuts.join(", ")).to_string());
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
        lines.push(words::partial_area(name, range[0], range[1], share(area, 4), share(corrected, 4)).to_string());
    }
    Ok(Judged {
        name: name.clone(),
        auto: choice == DirectionChoice::Auto,
        curve,
        placements,
        se,
        ci,
        of,
        stated,
        partial: both_areas,
        bootstrap: None,
        lines,
    })
}

impl Judged {
    /// Everything about a curve, as JSON.
    pub fn document(&self, rows: usize, level: f64) -> anyhow::Result<Value> {
        let (curve, outcome, scores) = (&self.curve, &self.of.outcome, &self.of.values);
        let interval =
            |rule| auc_interval_of(&self.placements, outcome, scores, curve.direction, level, rule).map(ends);
        let recall = precision_recall(outcome, scores, curve.direction)?;
        let best = curve.best_cutoffs(CutoffRule::Youden);
        let mut document = json!({
            "score": self.name, "direction": curve.direction.sign(), "n_pos": curve.n_pos, "n_neg": curve.n_neg,
            "direction_found": self.auto, "left_out": rows - outcome.len(), "remarks": self.lines,
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

/// The bootstrap interval of an area: each curve from the same seed, as a call of pROC's ci.auc after set.seed.
pub fn bootstrap(arguments: &RocArguments, count: usize, judged: &mut Judged) -> anyhow::Result<()> {
    let (n_pos, n_neg, direction) = (judged.curve.n_pos, judged.curve.n_neg, judged.curve.direction);
    let resamples = draw_stratified(n_neg, n_pos, count, &mut arguments.resample.indices());
    let found = bootstrap_auc(
        &judged.of.outcome,
        &judged.of.values,
        direction,
        &resamples,
        arguments.level,
    )?;
    judged
        .lines
        .push(words::bootstrap_of(&judged.name, found.ci.name(), count, share_limits(found.ci, 4)).to_string());
    judged.bootstrap = Some(found);
    Ok(())
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
