//! Methods and Results of a study as a manuscript has them, from its settings and artefacts alone. Each number is put into the text
//! by the key under which it stands, so that the text can be held to the artefacts; what only the authors know is their own
//! answer or a marked gap, and what guard and audit have found stands among the limits.

use std::cell::RefCell;

use serde_json::Value;

pub use super::told::{Cited, Digits, Part, Place, Told};
use crate::message::language::in_english;
use crate::study::artefact::from_json;
use crate::study::engine::Study;
use crate::study::engine::run::Standing;
use crate::study::engine::stage::Step;
use crate::study::guard;
use crate::study::input::keys::{CONFIDENCE, Row};
use crate::study::input::reporting::{self as ask, Answer, Question};
use crate::study::learner;
use crate::study::stages::agreement::THRESHOLD;
use crate::study::stages::evaluate::calibration::BOOTSTRAP;
use crate::study::stages::fit::ON;
use crate::study::stages::folds::{FOLD_SEED, FOLDS};
use crate::study::stages::harmonise::HarmoniseResult;
use crate::study::stages::split::{RATIO, SEED};

/// Methods and Results.
pub fn manuscript(study: &Study) -> Vec<Part> {
    in_english(|| {
        let current = study.without_stale_results();
        let fresh = (study.standings().into_iter())
            .filter(|(_, standing)| *standing == Standing::Fresh)
            .map(|(name, _)| name)
            .collect();
        let mut writer = Writer {
            study: &current,
            fresh,
            parts: Vec::new(),
        };
        writer.methods();
        writer.results();
        writer.limits();
        writer.parts
    })
}

/// An artefact that is looked into for numbers.
struct Artefact {
    file: &'static str,
    value: Value,
}

/// A passage under work.
#[derive(Default)]
struct Telling {
    cited: RefCell<Vec<Cited>>,
}

impl Telling {
    /// What stands under a pointer of an artefact; a dash where nothing does.
    fn of(&self, artefact: &Artefact, pointer: &str, digits: Digits) -> String {
        let found = artefact.value.pointer(pointer).and_then(|value| digits.show(value));
        let Some(shown) = found else {
            return "\u{2013}".to_owned();
        };
        self.cite(shown, Place::Artefact(artefact.file, pointer.to_owned()), digits)
    }

    fn setting(&self, study: &Study, row: &'static Row) -> String {
        let value = study.config().value(row).unwrap_or_default();
        let shown = Digits::Whole.show(&value).unwrap_or_default();
        self.cite(shown, Place::Setting(row.name), Digits::Whole)
    }

    fn version(&self) -> String {
        self.cite(env!("CARGO_PKG_VERSION").to_owned(), Place::Version, Digits::Whole)
    }

    fn cite(&self, shown: String, place: Place, digits: Digits) -> String {
        self.cited.borrow_mut().push(Cited {
            shown: shown.clone(),
            place,
            digits,
        });
        shown
    }

    fn told(self, text: String) -> Part {
        Part::Prose(Told {
            text,
            cited: self.cited.into_inner(),
        })
    }
}

struct Writer<'a> {
    study: &'a Study,
    /// The stages whose artefacts are those of the study as it is now
    fresh: Vec<&'static str>,
    parts: Vec<Part>,
}

impl Writer<'_> {
    fn heading(&mut self, level: usize, words: &'static str) {
        self.parts.push(Part::Heading(level, words));
    }

    fn say(&mut self, tell: impl FnOnce(&Telling) -> Option<String>) {
        let telling = Telling::default();
        if let Some(text) = tell(&telling) {
            self.parts.push(telling.told(text));
        }
    }

    fn ask(&mut self, question: &Question) {
        self.parts.push(match self.study.config().answers.get(question.key) {
            Some(Answer::Said(text)) => Part::Authors(text.clone()),
            Some(Answer::No) => Part::Authors(format!("Not done or not so: {}.", question.asks)),
            None => Part::Gap(question.asks.to_owned()),
        });
    }

    /// What stands in an artefact of a stage that is fresh: the settings told beside it are those of the study as it is now.
    fn artefact(&self, file: &'static str) -> Option<Artefact> {
        let made = |stage: &&dyn Step| stage.makes().contains(&file);
        if let Some(stage) = self.study.stages().iter().copied().find(|stage| made(stage))
            && !self.fresh.contains(&stage.name())
        {
            return None;
        }
        let bytes = crate::file::read(&self.study.out().join(file)).ok()?;
        let value = from_json(&bytes)?;
        Some(Artefact { file, value })
    }

    fn methods(&mut self) {
        let study = self.study;
        self.heading(1, "Methods");
        self.heading(2, "Patients");
        for question in [
            &ask::DESIGN,
            &ask::ETHICS,
            &ask::DATA_SOURCE,
            &ask::DATES,
            &ask::ELIGIBILITY,
        ] {
            self.ask(question);
        }
        self.heading(2, "Outcome");
        self.ask(&ask::REFERENCE_STANDARD);
        self.heading(2, "Images and regions");
        self.ask(&ask::IMAGING_PROTOCOL);
        self.ask(&ask::SEGMENTATION);
        if study.results().extract().is_some() {
            self.heading(2, "Features");
            self.extraction();
            self.ask(&ask::DISCRETISATION_REASON);
        }
        self.heading(2, "Partition");
        self.partition();
        self.heading(2, "Selection and models");
        self.agreement();
        self.harmonising();
        self.learning();
        self.ask(&ask::PREDICTORS);
        self.heading(2, "Evaluation");
        self.evaluation();
        self.ask(&ask::SAMPLE_SIZE_PLAN);
    }

    fn extraction(&mut self) {
        let study = self.study;
        let (extract, model) = (self.artefact("extract/result.json"), self.artefact("fit/model-1.json"));
        self.say(|told| {
            let features = told.of(&extract?, "/features", Digits::Whole);
            let version = told.version();
            let types: Vec<String> = study.parameters().image_type_dictionary().keys().cloned().collect();
            Some(format!(
                "{features} features of each region were extracted with radscore {version} by PyRadiomics' definitions, on the image types {}.",
                types.join(", ").to_lowercase()
            ))
        });
        self.say(|told| {
            let model = model?;
            let stated = |key: &str| model.value.pointer(&format!("/extraction_in_full/setting/{key}")).is_some_and(|value| !value.is_null());
            let number = |key: &str| told.of(&model, &format!("/extraction_in_full/setting/{key}"), Digits::Whole);
            let bins = if stated("binCount") {
                format!("{} bins", number("binCount"))
            } else {
                format!("a fixed bin width of {}", number("binWidth"))
            };
            let grid = if stated("resampledPixelSpacing") {
                let axis = |at: usize| told.of(&model, &format!("/extraction_in_full/setting/resampledPixelSpacing/{at}"), Digits::Whole);
                format!("Images were resampled to {} x {} x {} mm", axis(0), axis(1), axis(2))
            } else {
                "Images were not resampled".to_owned()
            };
            Some(format!(
                "Intensities were discretised with {bins}. {grid}. Every other setting was PyRadiomics' default; the model's file lists all of them."
            ))
        });
    }

    fn partition(&mut self) {
        let study = self.study;
        let split = self.artefact("split/result.json");
        self.say(|told| {
            let split = split?;
            let given = split.value.get("given").and_then(Value::as_bool).unwrap_or_default();
            let patients = split
                .value
                .get("patients_stated")
                .and_then(Value::as_bool)
                .unwrap_or_default();
            let way = if given {
                "The division into training and test was given.".to_owned()
            } else {
                let ratio = told.setting(study, &RATIO.row);
                let seed = told.setting(study, &SEED.row);
                format!(
                    "Cases were divided at random into training and test, {ratio}, stratified by outcome (seed {seed})."
                )
            };
            let apart = if patients {
                " All cases of a patient were on one side and in one fold."
            } else {
                " No column said which patient a case belongs to: each case counted as its own patient."
            };
            Some(format!(
                "{way}{apart} Whatever was fitted, scaled or chosen was so on training cases alone."
            ))
        });
    }

    fn agreement(&mut self) {
        let study = self.study;
        let agreement = self.artefact("agreement/result.json");
        let virtually = study.results().perturb().is_some();
        let perturb = self.artefact("perturb/result.json").filter(|_| virtually);
        self.say(|told| {
            let agreement = agreement?;
            if !assessed(&agreement) {
                return Some("Agreement between readers was not assessed; every feature was a candidate.".to_owned());
            }
            let again = match perturb {
                None => "Regions drawn again".to_owned(),
                Some(perturb) => format!(
                    "No person drew a region twice. Regions that a virtual reader drew again {} times each ({}; seed {})",
                    told.of(&perturb, "/readings", Digits::Whole),
                    told.of(&perturb, "/perturbations", Digits::Whole),
                    told.of(&perturb, "/seed", Digits::Whole)
                ),
            };
            let form = told.of(&agreement, "/form", Digits::Whole);
            let rows = told.of(&agreement, "/rows", Digits::Whole);
            let threshold = told.setting(study, &THRESHOLD.row);
            Some(format!(
                "{again} gave intraclass correlations ({form}) on {rows} training cases; a feature stayed if the lower confidence limit reached {threshold}."
            ))
        });
    }

    fn harmonising(&mut self) {
        let study = self.study;
        let harmonised = self
            .artefact("harmonise/result.json")
            .filter(|_| study.results().harmonise().is_some());
        self.say(|told| {
            let found = harmonised?;
            let (centres, rows) = (
                told.of(&found, "/centres", Digits::Whole),
                told.of(&found, "/rows", Digits::Whole),
            );
            let learnt = &study.results().harmonise()?.learnt;
            let kept: Vec<String> = (0..learnt.covariates.len())
                .map(|at| told.of(&found, &format!("/learnt/covariates/{at}/name"), Digits::Whole))
                .collect();
            let kept = match kept.as_slice() {
                [] => String::new(),
                kept => format!(", the effect of {} on them being kept", kept.join(", ")),
            };
            let reference = match learnt.reference {
                None => String::new(),
                Some(_) => format!(
                    " with {} as the reference",
                    told.of(&found, "/learnt/reference", Digits::Whole)
                ),
            };
            Some(format!(
                "Features of {centres} centres were made comparable by ComBat (parametric empirical Bayes){reference}{kept}, learnt on {rows} training cases without the outcome. Every fold and resample of the judgements harmonised anew."
            ))
        });
    }

    fn learning(&mut self) {
        let study = self.study;
        let (scaler, select) = (
            self.artefact("standardise/result.json"),
            self.artefact("select/result.json"),
        );
        let clinical = self.artefact("clinical/result.json");
        self.say(|told| {
            let rows = told.of(&scaler?, "/rows", Digits::Whole);
            Some(format!(
                "Features were standardised by mean and standard deviation of the {rows} training cases."
            ))
        });
        let screen = self
            .artefact("screen/result.json")
            .filter(|_| study.results().screen().is_some());
        self.say(|told| {
            let screen = screen?;
            let rules = screen.value.get("rules").and_then(Value::as_array).map_or(0, Vec::len);
            let rules: Vec<String> = (0..rules)
                .map(|at| told.of(&screen, &format!("/rules/{at}"), Digits::Whole))
                .collect();
            let (left, all) = (
                told.of(&screen, "/left/features", Digits::Whole),
                told.of(&screen, "/screened", Digits::Whole),
            );
            Some(format!(
                "Before that, {left} of {all} candidates were kept by a screening on the training cases alone: {}. Every fold and resample of the judgements screened anew.",
                rules.join("; ")
            ))
        });
        self.say(|told| {
            let select = select?;
            let learner = told.of(&select, "/learner", Digits::Whole);
            let candidates = told.of(&select, "/candidates", Digits::Whole);
            let entry = study.results().select().and_then(learner::of)?;
            let folds = if entry.uses_folds() {
                let folds = told.setting(study, &FOLDS.row);
                let seed = told.setting(study, &FOLD_SEED.row);
                format!(", in {folds}-fold cross-validation grouped by patient (seed {seed})")
            } else {
                String::new()
            };
            let phrases: Vec<String> = (entry.phrases().iter())
                .filter(|(_, pointer)| select.value.pointer(pointer).is_some_and(|value| !value.is_null()))
                .map(|(phrase, pointer)| phrase.replace("{}", &told.of(&select, pointer, Digits::Whole)))
                .collect();
            let phrases = [String::new()].into_iter().chain(phrases).collect::<Vec<_>>().join("; ");
            let unseen = if select.value.get("left_out").is_some_and(|scores| !scores.is_null()) {
                " Training cases have the scores of fits that had not seen them, and so do all figures of the training set."
            } else {
                ""
            };
            Some(format!(
                "The Rad-score was learnt by {learner} from {candidates} candidates{folds}{phrases}.{unseen}"
            ))
        });
        self.say(|told| {
            study.results().fit()?;
            let on = told.setting(study, &ON.row);
            let asked = |clinical: &Artefact| {
                let fits = clinical.value.pointer("/multivariable/0").is_some();
                fits.then(|| told.of(clinical, "/rule", Digits::Whole))
            };
            let clinical = clinical.as_ref().and_then(asked).map_or_else(String::new, |rule| {
                format!(" The clinical predictors of the other model were chosen by the rule: {rule}.")
            });
            Some(format!(
                "Logistic regression gave the models; the first is fitted on the {on}.{clinical} Cases with a missing clinical value left the fits that need it; nothing was imputed."
            ))
        });
    }

    fn evaluation(&mut self) {
        let study = self.study;
        let (evaluate, trust) = (
            self.artefact("evaluate/result.json"),
            self.artefact("robustness/result.json"),
        );
        self.say(|told| {
            evaluate?;
            let level = told.setting(study, &CONFIDENCE.row);
            let resamples = told.setting(study, &BOOTSTRAP.row);
            Some(format!(
                "Areas under the ROC curve have DeLong's intervals, shares Wilson's, odds ratios Wald's (level {level}); curves were compared by DeLong's test. The cut-off is that of the largest Youden index in training and was applied to the test cases unchanged. Calibration in training was corrected for optimism by {resamples} bootstrap resamples, in test it is that of the frozen model. Net benefit was computed by decision curves."
            ))
        });
        self.say(|told| {
            let trust = trust?;
            let splits = told.of(&trust, "/resplits/auc", Digits::Whole);
            let folds = told.of(&trust, "/nested/folds", Digits::Whole);
            let resamples = told.of(&trust, "/bootstrap/resamples", Digits::Whole);
            Some(format!(
                "The whole procedure, selection included, was repeated on {splits} other divisions, in nested cross-validation of {folds} outer folds and on {resamples} bootstrap resamples of the patients."
            ))
        });
    }

    fn results(&mut self) {
        self.heading(1, "Results");
        let virtually = self.study.results().perturb().is_some();
        self.ask(&ask::FLOW);
        let evaluate = self.artefact("evaluate/result.json");
        let (agreement, select) = (
            self.artefact("agreement/result.json"),
            self.artefact("select/result.json"),
        );
        if let Some(evaluate) = &evaluate {
            self.counts(evaluate);
        }
        self.say(|told| {
            let agreement = agreement?;
            if !assessed(&agreement) {
                return None;
            }
            let kept = told.of(&agreement, "/kept", Digits::Whole);
            Some(if virtually {
                format!("{kept} features held where a virtual reader drew the regions again.")
            } else {
                format!("{kept} features were reproducible between readings.")
            })
        });
        self.say(|told| {
            let select = select?;
            let kept = if select.value.pointer("/score/features").is_some() {
                "/score/features"
            } else {
                "/coefficients"
            };
            let chosen = told.of(&select, kept, Digits::Whole);
            Some(format!("The Rad-score kept {chosen} features."))
        });
        if let Some(evaluate) = &evaluate {
            self.performance(evaluate);
        }
        self.trust();
    }

    fn counts(&mut self, evaluate: &Artefact) {
        self.say(|told| {
            let first = |side: &str| {
                let rocs = evaluate.value.get("roc")?.as_array()?;
                rocs.iter().position(|roc| roc.get("side").and_then(Value::as_str) == Some(side))
            };
            let (training, test) = (first("training")?, first("test")?);
            let number = |at: usize, key: &str| told.of(evaluate, &format!("/roc/{at}/{key}"), Digits::Whole);
            let (cases, events) = (number(training, "cases"), number(training, "events"));
            let (others, theirs) = (number(test, "cases"), number(test, "events"));
            Some(format!(
                "The models were fitted on {cases} training cases, {events} with the event, and judged on {others} test cases, {theirs} with the event."
            ))
        });
    }

    /// Discrimination and calibration of every model on each side, and every comparison.
    fn performance(&mut self, evaluate: &Artefact) {
        let length = |key: &str| evaluate.value.get(key).and_then(Value::as_array).map_or(0, Vec::len);
        for at in 0..length("roc") {
            self.say(|told| {
                let of = |key: &str, digits| told.of(evaluate, &format!("/roc/{at}/{key}"), digits);
                let (model, side) = (of("model", Digits::Whole), of("side", Digits::Whole));
                let auc = of("auc", Digits::Decimals(3));
                let level = of("level", Digits::PerCent(0));
                let (lower, upper) = (of("lower", Digits::Decimals(3)), of("upper", Digits::Decimals(3)));
                let at_cutoff = if evaluate.value.pointer(&format!("/roc/{at}/at_cutoff")).is_some() {
                    let sensitivity = of("at_cutoff/sensitivity", Digits::PerCent(1));
                    let specificity = of("at_cutoff/specificity", Digits::PerCent(1));
                    format!("at the cut-off a sensitivity of {sensitivity} % and a specificity of {specificity} %")
                } else {
                    "without a cut-off, all training cases having one risk".to_owned()
                };
                let brier = of("brier", Digits::Decimals(3));
                Some(format!(
                    "{model} in {side}: AUC {auc} ({level} % CI {lower} to {upper}), {at_cutoff}, Brier score {brier}."
                ))
            });
        }
        for at in 0..length("comparisons") {
            self.say(|told| {
                let of = |key: &str, digits| told.of(evaluate, &format!("/comparisons/{at}/{key}"), digits);
                let (a, its) = (of("a/0", Digits::Whole), of("a/1", Digits::Whole));
                let (b, theirs) = (of("b/0", Digits::Whole), of("b/1", Digits::Whole));
                let difference = of("difference", Digits::Decimals(3));
                let p = of("p", Digits::Probability);
                Some(format!(
                    "{a} in {its} against {b} in {theirs}: difference of the AUC {difference}, P {p}."
                ))
            });
        }
        for at in 0..length("calibration") {
            self.say(|told| {
                let of = |key: &str, digits| told.of(evaluate, &format!("/calibration/{at}/{key}"), digits);
                let slope = evaluate.value.pointer(&format!("/calibration/{at}/slope")).filter(|value| !value.is_null());
                slope?;
                let (model, side) = (of("model", Digits::Whole), of("side", Digits::Whole));
                let intercept = of("intercept", Digits::Decimals(2));
                let slope = of("slope", Digits::Decimals(2));
                let ratio = of("observed_expected", Digits::Decimals(2));
                Some(format!(
                    "Calibration of {model} in {side}: intercept {intercept}, slope {slope}, observed over expected {ratio}."
                ))
            });
        }
    }

    fn trust(&mut self) {
        let trust = self.artefact("robustness/result.json");
        self.say(|told| {
            let trust = trust?;
            let of = |pointer: &str, digits| told.of(&trust, pointer, digits);
            let mean = of("/resplits/mean", Digits::Decimals(3));
            let sd = of("/resplits/sd", Digits::Decimals(3));
            let nested = of("/nested/auc", Digits::Decimals(3));
            let optimism = of("/bootstrap/optimism", Digits::Decimals(3));
            let corrected = of("/bootstrap/corrected", Digits::Decimals(3));
            Some(format!(
                "Over the other divisions the AUC of the Rad-score was {mean} on average (SD {sd}); nested cross-validation gave {nested}, and the bootstrap an optimism of {optimism}, which leaves {corrected}."
            ))
        });
    }

    /// What the guard and the audit have found, each as a limit; then what only the authors can say.
    fn limits(&mut self) {
        self.heading(1, "Limits");
        for breach in guard::judge(self.study) {
            let reason = breach.allowed.map_or_else(String::new, |reason| {
                format!(" The study breaks this rule knowingly: {reason}.")
            });
            let told = format!("{} ({}).{reason}", breach.says, breach.rule);
            self.parts.push(Part::Limit(told));
        }
        for limit in super::audited::limits(self.study) {
            self.parts.push(Part::Limit(limit));
        }
        let harmonised = self.study.results().harmonise();
        for limit in harmonised.map_or_else(Vec::new, HarmoniseResult::limits) {
            self.parts.push(Part::Limit(format!("Harmonisation: {limit}.")));
        }
        if self.study.results().perturb().is_some() {
            self.parts.push(Part::Limit(VIRTUAL_LIMIT.to_owned()));
        }
        self.ask(&ask::LIMITATIONS);
    }
}

/// What a virtual reader leaves open.
const VIRTUAL_LIMIT: &str = "No person drew a region twice: the features were judged by regions that were drawn again by chance, and how far two readers agree is not known.";

/// Whether regions were drawn again at all.
fn assessed(agreement: &Artefact) -> bool {
    agreement
        .value
        .get("assessed")
        .and_then(Value::as_bool)
        .unwrap_or_default()
}
