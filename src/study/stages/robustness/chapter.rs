//! The report's chapter on how far the result may be trusted.

use super::result::RobustnessResult;
use crate::stats::base::interval::common_name;
use crate::stats::base::number::{p_equals, percentage, share, share_limits, share_with_limits, signed_share};
use crate::study::artefact::number_text;
use crate::study::honest::resplits::Resplits;
use crate::study::page::Page;

/// Selected features and the most frequent others that the table of frequencies shows.
const FREQUENT: usize = 20;

/// Which of the estimates to believe.
const BELIEVE: &str = "The nested cross-validation is the one to believe: every case is judged by a score that has not seen it. \
    The correction for optimism is too kind to selections that fit their cases perfectly, as a LASSO of many features does; \
    .632+ is made for those, and where the two part, the lower one is the better guess. Re-splits show how much one split \
    depends on chance.\n\n";

/// A share of resamples in words.
fn share_of_resamples(share: f64) -> String {
    if share.is_nan() {
        "none made".to_owned()
    } else {
        percentage(share)
    }
}

/// Re-splits, nested cross-validation, bootstrap, patients as clusters, frequencies of selection, controls.
pub(super) fn write(page: &mut Page, found: &RobustnessResult) {
    page.say(
        "## How far this may be trusted\n\nThe whole way from features to Rad-score, every choice inside the training cases, \
         made again:\n\n",
    );
    page.table(
        &["estimate", "AUC", &found.nested.interval.name(), "remark"],
        estimates(found),
    );
    page.say(BELIEVE);
    page.pictures();
    page.say("The study's own models, with the patients as clusters:\n\n");
    let rows = found
        .clustered
        .iter()
        .map(|row| {
            vec![
                row.model.clone(),
                row.side.clone(),
                row.patients.to_string(),
                row.cases.to_string(),
                share_with_limits(row.auc, row.interval, 4),
                share(row.se_clustered, 4),
                share(row.se_independent, 4),
            ]
        })
        .collect();
    page.table(
        &[
            "model",
            "set",
            "patients",
            "cases",
            &format!(
                "AUC ({} by patient)",
                common_name(found.clustered.iter().map(|row| row.interval))
            ),
            "SE by patient",
            "SE as if independent",
        ],
        rows,
    );
    let rows = found
        .frequency
        .iter()
        .enumerate()
        .filter(|(place, row)| row.chosen || *place < FREQUENT)
        .map(|(_, row)| {
            vec![
                row.feature.clone(),
                share_of_resamples(row.resplits),
                share_of_resamples(row.bootstrap),
                if row.chosen { "yes" } else { "" }.to_owned(),
            ]
        })
        .collect();
    page.say(&format!(
        "How often each feature is kept; the {FREQUENT} most frequent and those of the Rad-score, all in `robustness/frequency.csv`:\n\n"
    ));
    page.table(
        &[
            "feature",
            "of the re-splits",
            "of the bootstrap resamples",
            "in the Rad-score",
        ],
        rows,
    );
    controls(page, found);
}

fn estimates(found: &RobustnessResult) -> Vec<Vec<String>> {
    let row =
        |name: &str, auc: f64, interval: String, remark: String| vec![name.to_owned(), share(auc, 4), interval, remark];
    let Resplits {
        auc,
        mean,
        quantiles,
        chosen,
        chosen_rank,
        flipped,
        headline,
        ..
    } = &found.resplits;
    let mut rows = Vec::new();
    if let (false, [lowest, lower, median, upper, highest]) = (auc.is_empty(), quantiles.as_slice()) {
        let has_test = !chosen.is_nan();
        if has_test {
            rows.push(row("this split's test set", *chosen, String::new(), headline.clone()));
        }
        rows.push(row(
            &format!("{} re-splits, mean of the test AUC", auc.len()),
            *mean,
            format!(
                "{} to {} (range of 95 % of them)",
                share(*lowest, 4),
                share(*highest, 4)
            ),
            format!(
                "quartiles {}, {}, {}{}",
                share(*lower, 4),
                share(*median, 4),
                share(*upper, 4),
                if has_test {
                    format!(
                        "; this split is above {} of them; {} turn the headline round",
                        percentage(*chosen_rank),
                        percentage(*flipped)
                    )
                } else {
                    String::new()
                }
            ),
        ));
    }
    let nested = &found.nested;
    rows.push(row(
        &format!("nested {}-fold cross-validation", nested.folds),
        nested.auc,
        share_limits(nested.interval, 4),
        format!(
            "mean of {} folds {}",
            nested.folds_with_both,
            number_text((nested.mean_of_folds * 1e4).round() / 1e4)
        ),
    ));
    let bootstrap = &found.bootstrap;
    if bootstrap.resamples > 0 {
        let failed = if bootstrap.failed > 0 {
            format!("; {} could not be fitted", bootstrap.failed)
        } else {
            String::new()
        };
        rows.push(row(
            "all cases, apparent",
            bootstrap.apparent,
            String::new(),
            "fitted and judged on the same cases: too good by design".to_owned(),
        ));
        rows.push(row(
            "corrected for optimism",
            bootstrap.corrected,
            String::new(),
            format!(
                "optimism {} over {} bootstrap resamples{failed}",
                share(bootstrap.optimism, 4),
                bootstrap.resamples
            ),
        ));
        rows.push(row(
            ".632+",
            bootstrap.auc_632plus,
            String::new(),
            format!(
                "out of bag {}, relative overfitting {}, weight {}",
                share(bootstrap.out_of_bag, 4),
                share(bootstrap.overfitting, 4),
                share(bootstrap.weight, 4)
            ),
        ));
    }
    rows
}

fn controls(page: &mut Page, found: &RobustnessResult) {
    let Some(controls) = &found.controls else {
        page.say("Controls were not asked for (`controls: true`).\n\n");
        return;
    };
    page.say(
        "Controls, each by the same nested cross-validation; what the model adds is its AUC less the control's:\n\n",
    );
    let interval = common_name(controls.baselines.iter().map(|row| row.interval));
    let rows = controls
        .baselines
        .iter()
        .map(|row| {
            vec![
                row.name.clone(),
                row.about.clone(),
                share_with_limits(row.auc, row.interval, 4),
                format!(
                    "{} ({})",
                    signed_share(row.difference, 4),
                    share_limits(row.difference_interval, 4)
                ),
            ]
        })
        .collect();
    page.table(
        &[
            "control",
            "what it knows",
            &format!("AUC ({interval})"),
            &format!("the model adds ({interval})"),
        ],
        rows,
    );
    let permuted = &controls.permuted;
    if permuted.count > 0 {
        let best = permuted.auc.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        page.say(&format!(
            "Outcomes dealt at random {} times: the best AUC among them is {}; {}.\n\n",
            permuted.count,
            share(best, 4),
            p_equals(permuted.p)
        ));
    }
    for note in &controls.notes {
        page.say(&format!("> {note}\n\n"));
    }
}
