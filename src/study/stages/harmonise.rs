//! `harmonise`: ComBat, learnt on the training rows between the readers' agreement and the scaling, so that features of several
//! centres can be compared. Only of a study that asks for it; the outcome is never asked but to say whether the centre is it.

use serde::{Deserialize, Serialize};

use super::agreement::Agreement;
use super::handed_on::material;
use super::origins::{Asked, Centres};
use super::parts::Features;
use super::split::Split;
use crate::figure::Results;
use crate::figure::centres::{BetweenCentres, CentresInput};
use crate::message::Message;
use crate::message::english::stages as words;
use crate::model::Harmonisation;
use crate::stats::base::number::{p_equals, percentage, share};
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::harmonise::explained::{Coincidence, explained};
use crate::study::artefact::{Exact, csv_of};
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::harmonise::Origins;
use crate::study::honest::partition::Fitted;
use crate::study::honest::procedure::Material;
use crate::study::input::StudyInput;
use crate::study::input::cohort::{Side, some_of};
use crate::study::input::keys::Row;
use crate::study::input::settings::Config;
use crate::study::page::Page;

/// The stage.
#[derive(Debug)]
pub struct Harmonise;

/// A centre and its cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CentreCases {
    /// The centre
    pub centre: String,
    /// Its training cases
    pub training: usize,
    /// Its test cases
    pub test: usize,
}

/// The share of each feature's variance that lies between centres, in cases of known centres.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// As features were measured
    pub before: Vec<f64>,
    /// As they are harmonised
    pub after: Vec<f64>,
}

/// What was learnt of the centres.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HarmoniseResult {
    /// The training cases that were learnt from
    pub rows: Vec<String>,
    /// All cases that are harmonised, or stay since their centre is not known
    pub cases: Vec<String>,
    /// The centres that are known
    pub centres: Vec<CentreCases>,
    /// Cases of other centres, which stay as they are
    pub kept: Vec<String>,
    /// ComBat
    pub learnt: Harmonisation,
    /// What centres explain in the training cases
    pub training: Option<Explained>,
    /// The same in the test cases; none where they are of one centre
    pub test: Option<Explained>,
    /// How closely centre and outcome go together in the training cases; none where one of the two does not vary
    pub outcome: Option<Coincidence>,
    /// Features that are 0 or 1 in every training case
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub yes_no: Vec<String>,
}

impl HarmoniseResult {
    /// The features that stay as they are, since they are constant in a centre.
    fn constant(&self) -> Vec<&str> {
        let adjustments = &self.learnt.harmoniser.adjustments;
        (self.learnt.features.iter().zip(adjustments))
            .filter(|(_, adjustment)| !adjustment.harmonised)
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// What was found, a sentence each.
    fn said(&self) -> Vec<Message> {
        let middle = |shares: &[f64]| {
            let known: Vec<f64> = shares.iter().copied().filter(|share| share.is_finite()).collect();
            percentage(quantile(&known, 0.5, QuantileRule::Linear))
        };
        let mut said = vec![words::harmonised(
            self.learnt.features.len(),
            self.centres.len(),
            &self.learnt.column,
            self.rows.len(),
        )];
        if let Some(reference) = &self.learnt.reference {
            said.push(words::harmonised_to(reference));
        }
        if !self.learnt.covariates.is_empty() {
            let names: Vec<&str> = self.learnt.covariates.iter().map(|one| one.name.as_str()).collect();
            said.push(words::harmonised_keeping(names.join(", ")));
        }
        for (side, found) in [(Side::Training, &self.training), (Side::Test, &self.test)] {
            if let Some(found) = found {
                said.push(words::between_centres(
                    side.said(),
                    middle(&found.before),
                    middle(&found.after),
                ));
            }
        }
        let constant = self.constant();
        if !constant.is_empty() {
            said.push(words::constant_in_a_centre(some_of(&constant)));
        }
        if !self.yes_no.is_empty() {
            let names: Vec<&str> = self.yes_no.iter().map(String::as_str).collect();
            said.push(words::yes_no_features(some_of(&names)));
        }
        said.extend(self.limits());
        said
    }

    /// What limits the study: cases that stay as they are, a centre that is the outcome.
    pub fn limits(&self) -> Vec<Message> {
        let mut said = Vec::new();
        if !self.kept.is_empty() {
            let ids: Vec<&str> = self.kept.iter().map(String::as_str).collect();
            said.push(words::of_other_centres(ids.len(), some_of(&ids)));
        }
        if let Some(found) = self.outcome.filter(|found| found.coincide) {
            said.push(words::centre_is_outcome(share(found.association, 3), p_equals(found.p)));
        }
        said
    }
}

impl Stage for Harmonise {
    const NAME: &'static str = "harmonise";
    const ABOUT: &'static str =
        "makes the features of several centres comparable by ComBat on the training rows, where the study asks for it";
    const MAKES: &'static [&'static str] = &["harmonise/combat.csv", "harmonise/variance.csv"];
    const RESULT: &'static str = "harmonise/result.json";
    type Settings = ();
    type Input<'s> = (Of<'s, Split>, Of<'s, Agreement>, Features, Centres<'s>);
    type Output = HarmoniseResult;

    fn keys() -> Vec<&'static Row> {
        Asked::keys()
    }

    /// Only of a study that asks for it; a wrong setting is one that asks.
    fn applies(input: &StudyInput) -> bool {
        Asked::of(input.config()).map_or(true, |asked| asked.is_some())
    }

    fn idle(input: &StudyInput) -> Vec<&'static str> {
        Asked::idle(input)
    }

    fn settings(config: &Config) -> Result<(), StudyError> {
        Asked::of(config).map(|_| ())
    }

    fn run(
        (split, agreement, features, centres): Self::Input<'_>,
        (): &(),
        _watch: &Watch,
    ) -> Result<HarmoniseResult, StudyError> {
        let material = material(&split, &features)?;
        let (Some(how), Some(origins)) = (centres.asked(), centres.of(&material.ids)?) else {
            return Err(StudyError::Stage("the study asks for no harmonisation".to_owned()));
        };
        let kept: Vec<bool> = (material.names.iter())
            .map(|name| agreement.kept.contains(name))
            .collect();
        let partition = split.partition();
        let training = partition.training();
        let candidates = material.candidates(training.rows(), Some(&kept)).columns;
        let before = material.features().select(ndarray::Axis(1), &candidates);
        let learnt = Fitted::on("the harmonisation", &training, |training| {
            how.learn(before.view(), training.rows(), &origins)
        })?;
        let unseen = learnt.for_unseen(&partition.test())?;
        let all: Vec<usize> = (0..material.ids.len()).collect();
        let after = unseen.apply(before.view(), &all, &origins)?;
        let known = &learnt.apparent().harmoniser.centres;
        let number: Vec<Option<usize>> = (origins.centres.iter())
            .map(|centre| known.iter().position(|name| name == centre))
            .collect();
        let on = |side: Side| -> Vec<usize> {
            let rows = all.iter().copied();
            rows.filter(|&row| split.cases[row].side == side && number[row].is_some())
                .collect()
        };
        let shares = |rows: &[usize]| -> Result<Option<Explained>, StudyError> {
            let centre: Vec<usize> = rows.iter().filter_map(|&row| number[row]).collect();
            if centre.iter().all(|one| Some(one) == centre.first()) {
                return Ok(None);
            }
            let of = |values: &ndarray::Array2<f64>| explained(values.select(ndarray::Axis(0), rows).view(), &centre);
            Ok(Some(Explained {
                before: of(&before)?,
                after: of(&after)?,
            }))
        };
        let (trained, tested) = (on(Side::Training), on(Side::Test));
        let of_centre = |rows: &[usize], at: usize| rows.iter().filter(|&&row| number[row] == Some(at)).count();
        let (covariates, _) = centres.covariates();
        Ok(HarmoniseResult {
            rows: trained.iter().map(|&row| material.ids[row].clone()).collect(),
            centres: (known.iter().enumerate())
                .map(|(at, centre)| CentreCases {
                    centre: centre.clone(),
                    training: of_centre(&trained, at),
                    test: of_centre(&tested, at),
                })
                .collect(),
            kept: left(&origins, &number),
            training: shares(&trained)?,
            test: shares(&tested)?,
            yes_no: material.yes_no(training.rows(), &candidates),
            outcome: coincidence(&material, &trained, &number, known.len()),
            learnt: Harmonisation {
                column: centres.column().to_owned(),
                reference: how.reference.clone(),
                unseen: how.unseen,
                covariates,
                features: candidates.iter().map(|&at| material.names[at].clone()).collect(),
                harmoniser: learnt.apparent().harmoniser.clone(),
            },
            cases: material.ids,
        })
    }

    fn present(result: &HarmoniseResult, made: &mut Made) {
        for said in result.said() {
            made.note(said);
        }
        made.file("harmonise/combat.csv", csv_of(combat_rows(result)));
        made.file("harmonise/variance.csv", csv_of(variance_rows(result)));
    }

    fn chapter(result: &HarmoniseResult, page: &mut Page) {
        page.say(&format!("## {}\n\n", words::HARMONISATION));
        for said in result.said() {
            page.say(&format!("- {said}\n"));
        }
        page.say("\n");
        page.table(
            &[
                &result.learnt.column,
                words::TRAINING_CASES.text(),
                words::TEST_CASES.text(),
            ],
            (result.centres.iter())
                .map(|one| vec![one.centre.clone(), one.training.to_string(), one.test.to_string()])
                .collect(),
        );
    }

    fn figures(result: &HarmoniseResult, _sources: &Sources, results: &mut Results) {
        for (side, found) in [(Side::Training, &result.training), (Side::Test, &result.test)] {
            let Some(found) = found else { continue };
            let shares = found.before.iter().zip(&found.after);
            results.put(CentresInput {
                set: side.name().to_owned(),
                features: (result.learnt.features.iter().zip(shares))
                    .map(|(name, (&before, &after))| BetweenCentres {
                        name: name.clone(),
                        before,
                        after,
                    })
                    .collect(),
            });
        }
    }
}

/// The cases whose centre is not known.
fn left(origins: &Origins, number: &[Option<usize>]) -> Vec<String> {
    (origins.ids.iter().zip(number))
        .filter(|(_, number)| number.is_none())
        .map(|(id, _)| id.clone())
        .collect()
}

fn coincidence(material: &Material, rows: &[usize], number: &[Option<usize>], centres: usize) -> Option<Coincidence> {
    let rows = rows
        .iter()
        .filter_map(|&row| Some((number[row]?, material.events[row])));
    Coincidence::of(rows, centres)
}

/// A row of `harmonise/combat.csv`: a feature in a centre.
#[derive(Default, Serialize)]
struct CombatRow<'a> {
    feature: &'a str,
    centre: &'a str,
    harmonised: u8,
    mean: Exact,
    sd: Exact,
    shift: Exact,
    scale: Exact,
}

fn combat_rows(result: &HarmoniseResult) -> impl Iterator<Item = CombatRow<'_>> {
    let adjustments = &result.learnt.harmoniser.adjustments;
    let features = result.learnt.features.iter().zip(adjustments);
    features.flat_map(|(feature, adjustment)| {
        let centres = result.learnt.harmoniser.centres.iter().enumerate();
        centres.map(move |(at, centre)| CombatRow {
            feature,
            centre,
            harmonised: adjustment.harmonised.into(),
            mean: Exact(adjustment.mean),
            sd: Exact(adjustment.deviation),
            shift: Exact(adjustment.shift[at]),
            scale: Exact(adjustment.scale[at]),
        })
    })
}

/// A row of `harmonise/variance.csv`.
#[derive(Default, Serialize)]
struct VarianceRow<'a> {
    feature: &'a str,
    training_before: Exact,
    training_after: Exact,
    test_before: Exact,
    test_after: Exact,
}

fn variance_rows(result: &HarmoniseResult) -> impl Iterator<Item = VarianceRow<'_>> {
    let of = |found: &Option<Explained>, at: usize| {
        found.as_ref().map_or([Exact(f64::NAN), Exact(f64::NAN)], |found| {
            [Exact(found.before[at]), Exact(found.after[at])]
        })
    };
    (result.learnt.features.iter().enumerate()).map(move |(at, feature)| {
        let [training_before, training_after] = of(&result.training, at);
        let [test_before, test_after] = of(&result.test, at);
        VarianceRow {
            feature,
            training_before,
            training_after,
            test_before,
            test_after,
        }
    })
}
