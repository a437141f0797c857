//! The report's chapter on how far the result may be trusted.

use super::result::RobustnessResult;
use crate::message::english::report as page_words;
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
    page.say(&format!("## {}\n\n{}\n\n", page_words::TRUST, page_words::WHOLE_WAY));
    page.table(
        &[
            page_words::ESTIMATE.text(),
            "AUC",
            &found.nested.interval.name(),
            page_words::REMARK.text(),
        ],
        estimates(found),
    );
    page.say(BELIEVE);
    page.pictures();
    page.say(&format!("{}\n\n", page_words::CLUSTERS));
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
            page_words::MODEL.text(),
            page_words::SET.text(),
            page_words::PATIENTS.text(),
            page_words::CASES.text(),
            &page_words::auc_by_patient(common_name(found.clustered.iter().map(|row| row.interval))).to_string(),
            page_words::SE_BY_PATIENT.text(),
            page_words::SE_INDEPENDENT.text(),
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
                if row.chosen { page_words::YES.text() } else { "" }.to_owned(),
            ]
        })
        .collect();
    page.say(&format!("{}\n\n", page_words::how_often(FREQUENT)));
    page.table(
        &[
            page_words::FEATURE.text(),
            page_words::OF_RESPLITS.text(),
            page_words::OF_BOOTSTRAP.text(),
            page_words::IN_RADSCORE.text(),
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
            rows.push(row(
                page_words::THIS_SPLIT.text(),
                *chosen,
                String::new(),
                headline.clone(),
            ));
        }
        rows.push(row(
            &page_words::resplits_mean(auc.len()).to_string(),
            *mean,
            page_words::range_of(share(*lowest, 4), share(*highest, 4)).to_string(),
            page_words::quartiles(
                share(*lower, 4),
                share(*median, 4),
                share(*upper, 4),
                if has_test {
                    page_words::own_rank(percentage(*chosen_rank), percentage(*flipped)).to_string()
                } else {
                    String::new()
                },
            )
            .to_string(),
        ));
    }
    let nested = &found.nested;
    rows.push(row(
        &page_words::nested(nested.folds).to_string(),
        nested.auc,
        share_limits(nested.interval, 4),
        page_words::mean_of_folds(
            nested.folds_with_both,
            number_text((nested.mean_of_folds * 1e4).round() / 1e4),
        )
        .to_string(),
    ));
    let bootstrap = &found.bootstrap;
    if bootstrap.resamples > 0 {
        let failed = if bootstrap.failed > 0 {
            page_words::could_not(bootstrap.failed).to_string()
        } else {
            String::new()
        };
        rows.push(row(
            page_words::ALL_APPARENT.text(),
            bootstrap.apparent,
            String::new(),
            page_words::TOO_GOOD.text().to_owned(),
        ));
        rows.push(row(
            page_words::CORRECTED.text(),
            bootstrap.corrected,
            String::new(),
            page_words::optimism_over(share(bootstrap.optimism, 4), bootstrap.resamples, failed).to_string(),
        ));
        rows.push(row(
            ".632+",
            bootstrap.auc_632plus,
            String::new(),
            page_words::out_of_bag(
                share(bootstrap.out_of_bag, 4),
                share(bootstrap.overfitting, 4),
                share(bootstrap.weight, 4),
            )
            .to_string(),
        ));
    }
    rows
}

fn controls(page: &mut Page, found: &RobustnessResult) {
    let Some(controls) = &found.controls else {
        page.say(&format!("{}\n\n", page_words::NO_CONTROLS));
        return;
    };
    page.say(&format!("{}\n\n", page_words::CONTROLS));
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
            page_words::CONTROL.text(),
            page_words::WHAT_IT_KNOWS.text(),
            &page_words::auc_at(&interval).to_string(),
            &page_words::model_adds(&interval).to_string(),
        ],
        rows,
    );
    let permuted = &controls.permuted;
    if permuted.count > 0 {
        let best = permuted.auc.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        page.say(&format!(
            "{}\n\n",
            page_words::dealt_at_random(permuted.count, share(best, 4), p_equals(permuted.p))
        ));
    }
    for note in &controls.notes {
        page.say(&format!("> {note}\n\n"));
    }
}
