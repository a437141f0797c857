//! A score in groups of different patients: an area in each, and DeLong's unpaired test of every two.

use serde_json::json;

use super::super::choice::ScoreDirection;
use super::super::columns::{aligned, ends, exact};
use super::super::missing::OneColumn;
use super::super::{Global, Outcome, print, print_json};
use super::arguments::RocArguments;
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::interval::interval_name;
use crate::stats::base::number::{probability, share, share_limits, significant};
use crate::stats::validation::roc::{DirectionChoice, Placements, RocCurve, auc_interval_of, auc_test_unpaired};
use crate::study::table::is_missing;

/// Judges every score in every group; the direction is the one asked for, or that of all rows together.
pub fn run(
    arguments: &RocArguments,
    scores: &[OneColumn],
    group_of: &[&str],
    global: &Global,
) -> anyhow::Result<Outcome> {
    let level = arguments.level;
    let interval = interval_name(level);
    let (mut curves, mut tests) = (Vec::new(), Vec::new());
    let (mut curve_rows, mut test_rows) = (Vec::new(), Vec::new());
    let without = group_of.iter().filter(|group| is_missing(group)).count();
    for score in scores {
        let choice = arguments.direction.map_or(DirectionChoice::Auto, ScoreDirection::value);
        let direction = RocCurve::new(&score.outcome, &score.values, choice)?.direction;
        let mut names: Vec<&str> = score
            .rows
            .iter()
            .map(|&row| group_of[row])
            .filter(|name| !is_missing(name))
            .collect();
        names.sort_unstable();
        names.dedup();
        anyhow::ensure!(
            (2..=20).contains(&names.len()),
            "--by: the groups should be 2 to 20, but there are {}",
            names.len()
        );
        let mut groups = Vec::with_capacity(names.len());
        for name in names {
            let (outcome, values): (Vec<bool>, Vec<f64>) = (0..score.rows.len())
                .filter(|&at| group_of[score.rows[at]] == name)
                .map(|at| (score.outcome[at], score.values[at]))
                .unzip();
            let placements = Placements::new(&outcome, &values, direction)
                .map_err(|error| anyhow::anyhow!("{} in group {name}: {error}", score.name))?;
            let limits = auc_interval_of(
                &placements,
                &outcome,
                &values,
                direction,
                level,
                arguments.interval.value(),
            )?;
            let events = outcome.iter().filter(|event| **event).count();
            curves.push(json!({"score": score.name, "group": name, "n_pos": events, "n_neg": outcome.len() - events,
                "direction": direction.sign(), "auc": exact(placements.auc), "delong_se": exact(placements.variance().sqrt()),
                "ci": ends(limits), "level": level}));
            curve_rows.push(vec![
                score.name.clone(),
                name.to_owned(),
                format!("{events} / {}", outcome.len() - events),
                direction.sign().to_owned(),
                share(placements.auc, 4),
                share_limits(limits, 4),
            ]);
            groups.push((name, placements));
        }
        for (at, (a, first)) in groups.iter().enumerate() {
            for (b, second) in &groups[at + 1..] {
                let test = auc_test_unpaired(first, second, level)?;
                let df = test.df.unwrap_or(f64::NAN);
                tests.push(
                    json!({"score": score.name, "a": a, "b": b, "difference": exact(test.difference),
                    "t": exact(test.statistic), "df": exact(df), "p": exact(test.p_value), "ci": ends(test.ci_diff),
                    "level": level, "method": "DeLong, unpaired"}),
                );
                test_rows.push(vec![
                    score.name.clone(),
                    format!("{a} - {b}"),
                    share(test.difference, 4),
                    share_limits(test.ci_diff, 4),
                    significant(test.statistic, 4),
                    significant(df, 4),
                    probability(test.p_value),
                ]);
            }
        }
    }
    if global.json {
        print_json(&json!({"curves": curves, "tests": tests, "without_group": without}))?;
        return Ok(Outcome::Done);
    }
    let limits = format!("{interval} ({})", arguments.interval.name());
    let mut text = aligned(
        &[
            heads::SCORE.text(),
            heads::GROUP.text(),
            heads::EVENTS_OTHERS.text(),
            heads::DIRECTION.text(),
            "AUC",
            &limits,
        ],
        &curve_rows,
    );
    text.push_str(&format!(
        "\n{}\n{}",
        words::DELONG_UNPAIRED,
        aligned(
            &[
                heads::SCORE.text(),
                heads::GROUPS.text(),
                heads::DIFFERENCE.text(),
                &interval,
                "t",
                "df",
                "P"
            ],
            &test_rows
        )
    ));
    if without > 0 {
        text.push_str(&format!("{}\n", words::in_no_group(without)));
    }
    print(&text)?;
    Ok(Outcome::Done)
}
