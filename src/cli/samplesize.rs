//! `radscore samplesize`: how many cases a model needs, how many candidates so many cases afford, how wide the AUC's
//! interval will be.

use clap::Args;
use serde_json::json;

use super::columns::left;
use super::{Global, Outcome};
use crate::message::english::statistics as words;
use crate::stats::base::interval::Interval;
use crate::stats::base::number::{share, share_limits};
use crate::stats::validation::sample_size::{
    MinimumSize, Plan, affordable_candidates, calibration_slope_error, design_effect, expected_auc_interval,
    expected_shrinkage, minimum_size,
};

/// What is planned.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore samplesize --auc 0.75 --prevalence 0.47 --candidates 107\n  \
                        radscore samplesize --auc 0.75 --prevalence 0.47 --candidates 107 --cases-per-patient 2 --icc 0.6\n  \
                        radscore samplesize --auc 0.75 --prevalence 0.47 --candidates 107 --cases 120"
)]
pub struct SampleSizeArguments {
    /// The AUC that is expected in new cases (after correction for optimism)
    #[arg(long)]
    auc: f64,
    /// The share of cases with the event
    #[arg(long)]
    prevalence: f64,
    /// Candidate features and other predictors, before any selection
    #[arg(long)]
    candidates: usize,
    /// The shrinkage that is wanted
    #[arg(long, default_value_t = 0.9)]
    shrinkage: f64,
    /// Cases of one patient, on average
    #[arg(long, default_value_t = 1.0)]
    cases_per_patient: f64,
    /// How much cases of one patient resemble each other, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    icc: f64,
    /// Cases that there are: what can they afford?
    #[arg(long)]
    cases: Option<usize>,
}

/// Prints the plan.
pub fn run(arguments: &SampleSizeArguments, global: &Global) -> anyhow::Result<Outcome> {
    anyhow::ensure!(
        arguments.cases_per_patient >= 1.0,
        "--cases-per-patient is {}, but must be at least 1",
        arguments.cases_per_patient
    );
    anyhow::ensure!(
        (0.0..=1.0).contains(&arguments.icc),
        "--icc is {}, but must lie between 0 and 1",
        arguments.icc
    );
    let plan = Plan {
        auc: arguments.auc,
        prevalence: arguments.prevalence,
        candidates: arguments.candidates,
        shrinkage: arguments.shrinkage,
    };
    let size = minimum_size(&plan)?;
    let effect = design_effect(arguments.cases_per_patient, arguments.icc);
    let cases = (size.cases as f64 * effect - 1e-9).ceil() as usize;
    let patients = (cases as f64 / arguments.cases_per_patient).ceil() as usize;
    let there = arguments
        .cases
        .map(|cases| There::new(arguments, &size, effect, cases))
        .transpose()?;
    let planned = interval(arguments, effect, cases);
    if global.json {
        super::print_json(&json!({
            "plan": plan,
            "minimum": size,
            "design_effect": effect,
            "cases": cases,
            "patients": patients,
            "auc_interval": planned.limits(),
            "level": planned.level,
            "given": there.as_ref().map(There::json),
        }))?;
        return Ok(Outcome::Done);
    }
    let mut text = format!(
        "{}\n\n",
        words::plan_of(
            plan.candidates,
            plan.auc,
            plan.prevalence,
            share(size.r2_cox_snell, 4),
            share(size.r2_nagelkerke, 3)
        )
    );
    text.push_str(&format!(
        "  {} {}\n",
        left(words::for_shrinkage(plan.shrinkage), 48),
        words::so_many_cases(format!("{:>7}", size.for_shrinkage))
    ));
    text.push_str(&format!(
        "  {} {}\n",
        left(words::FOR_OPTIMISM, 47),
        words::so_many_cases(format!("{:>7}", size.for_optimism))
    ));
    text.push_str(&format!(
        "  {} {}\n",
        left(words::FOR_OVERALL_RISK, 47),
        words::so_many_cases(format!("{:>7}", size.for_overall_risk))
    ));
    text.push_str(&format!(
        "  {} {}\n",
        left(words::NEEDED, 47),
        words::needed_cases(
            format!("{:>7}", size.cases),
            format!("{:.0}", size.events),
            share(size.events_per_candidate, 1)
        )
    ));
    if effect > 1.0 {
        text.push_str(&format!(
            "  {}\n  {} {}\n",
            words::each_case_worth(arguments.cases_per_patient, arguments.icc, share(effect, 2)),
            left(words::NEEDED, 47),
            words::cases_of_patients(format!("{cases:>7}"), patients)
        ));
    }
    text.push_str(&format!(
        "\n{}\n",
        words::new_cases(cases, planned.name(), share_limits(planned, 3))
    ));
    if let Some(there) = &there {
        text.push_str(&there.text());
    }
    super::print(&text)?;
    Ok(Outcome::Done)
}

/// The interval of the AUC in so many cases, each worth 1/effect.
fn interval(arguments: &SampleSizeArguments, effect: f64, cases: usize) -> Interval {
    let events = (cases as f64 * arguments.prevalence / effect).round().max(1.0);
    let others = (cases as f64 * (1.0 - arguments.prevalence) / effect).round().max(1.0);
    expected_auc_interval(arguments.auc, events as usize, others as usize).clamp(0.0, 1.0)
}

/// What a given number of cases can do.
struct There {
    cases: usize,
    worth: usize,
    candidates: usize,
    shrinkage: f64,
    interval: Interval,
    slope_error: f64,
}

impl There {
    fn new(arguments: &SampleSizeArguments, size: &MinimumSize, effect: f64, cases: usize) -> anyhow::Result<Self> {
        let worth = (cases as f64 / effect) as usize;
        anyhow::ensure!(worth > 0, "--cases is {cases}, which is too few to plan with");
        Ok(Self {
            cases,
            worth,
            candidates: affordable_candidates(worth, arguments.auc, arguments.prevalence, arguments.shrinkage)?,
            shrinkage: expected_shrinkage(worth, arguments.candidates, size.r2_cox_snell),
            interval: interval(arguments, effect, cases),
            slope_error: calibration_slope_error(arguments.auc, arguments.prevalence, worth)?,
        })
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "cases": self.cases,
            "worth": self.worth,
            "affordable_candidates": self.candidates,
            "expected_shrinkage": self.shrinkage,
            "auc_interval": self.interval.limits(),
            "level": self.interval.level,
            "calibration_slope_se": self.slope_error,
        })
    }

    fn text(&self) -> String {
        let worth = if self.worth == self.cases {
            String::new()
        } else {
            format!(" {}", words::worth(self.worth))
        };
        let candidates = match self.candidates {
            0 => words::NO_CANDIDATE.text().to_owned(),
            1 => words::ONE_CANDIDATE.text().to_owned(),
            many => words::candidates(many).to_string(),
        };
        format!(
            "\n{}\n  {}\n  {}\n  {}\n",
            words::cases_worth(self.cases, worth),
            words::afford(candidates),
            words::expect_slope(share(self.shrinkage, 2)),
            words::as_test_set(
                share_limits(self.interval, 3),
                self.interval.name(),
                share(1.96 * self.slope_error, 2)
            )
        )
    }
}
