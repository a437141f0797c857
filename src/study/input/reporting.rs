//! What only the authors know of a study, kept in its file under `reporting`: one answer serves every checklist that asks for it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::section::Section;
use crate::message::nearest::nearest;
use crate::study::error::StudyError;

/// Something that no result can say.
#[derive(Debug, PartialEq, Eq)]
pub struct Question {
    /// Its name under `reporting`
    pub key: &'static str,
    /// What is asked
    pub asks: &'static str,
}

/// What the authors say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was done, or is so, in their words
    Said(String),
    /// It was not done, or is not so
    No,
}

/// The answers of a study, by the questions' names.
pub type Answers = BTreeMap<&'static str, Answer>;

/// The answers under `reporting`; a name that nobody asks for is refused.
pub(super) fn answers_of(root: &Section) -> Result<Answers, StudyError> {
    let known: Vec<&str> = QUESTIONS.iter().map(|question| question.key).collect();
    let section = root.section("reporting", &["ethics", "eligibility", "limitations"])?;
    let mut found = Answers::new();
    for (key, value) in section.map.into_iter().flatten() {
        let Some(question) = QUESTIONS.iter().find(|question| question.key == key) else {
            let meant = nearest(key, known.iter().copied()).map_or_else(
                || "radscore report STUDY --questions lists what is asked".to_owned(),
                |name| format!("did you mean \"{name}\"?"),
            );
            return Err(section.fault(key, format!("no checklist asks for this; {meant}")));
        };
        let answer = match value {
            Value::Null => continue,
            Value::Bool(false) => Answer::No,
            Value::Bool(true) => Answer::Said("yes".to_owned()),
            Value::String(text) if text.trim().is_empty() => continue,
            Value::String(text) if ["no", "No", "NO"].contains(&text.trim()) => Answer::No,
            Value::String(text) => Answer::Said(text.trim().to_owned()),
            Value::Number(number) => Answer::Said(number.to_string()),
            Value::Array(_) | Value::Object(_) => {
                return Err(section.fault(key, "an answer is a text, or no"));
            }
        };
        found.insert(question.key, answer);
    }
    Ok(found)
}

macro_rules! questions {
    ($($name:ident $key:literal $asks:literal;)*) => {
        $(
            #[doc = $asks]
            pub static $name: Question = Question { key: $key, asks: $asks };
        )*
        /// Every question, in the order in which they are asked.
        pub static QUESTIONS: &[&Question] = &[$(&$name),*];
    };
}

questions! {
    TITLE_SAYS "title" "what the title says: radiomics, modality, population, outcome, development or evaluation";
    ABSTRACT "abstract" "the abstract: aim, methods, results with numbers, conclusion";
    KEYWORDS "keywords" "the keywords";
    BACKGROUND "background" "the clinical question and what is known of it";
    RATIONALE "rationale" "why radiomics, and why a new model beside those that exist";
    OBJECTIVE "objective" "the aim or hypothesis";
    INTENDED_USE "intended_use" "for whom and by whom the model is meant, and where in the care of the patient";
    INEQUALITIES "inequalities" "known inequalities between groups of patients";
    ETHICS "ethics" "which committee approved the study, consent or its waiver, protection of data";
    DESIGN "design" "retrospective or prospective, case-control or consecutive";
    ELIGIBILITY "eligibility" "who was included and who was not, by which criteria in which order";
    DATA_SOURCE "data_source" "where patients and images come from, and for what they were collected";
    DATA_OVERLAP "data_overlap" "earlier publications on the same patients";
    SAMPLING "sampling" "whether patients are a consecutive, random or convenience series, and how they were found";
    REPRESENTATIVE "representative" "whether the patients are those whom the model is meant for";
    DATES "dates" "from when to when patients were enrolled, and the end of follow-up";
    SETTING "setting" "the kind of hospital or practice, and where";
    CENTRES "centres" "how many centres took part, and which";
    TREATMENTS "treatments" "treatments that the patients had, and how they were handled";
    MODALITY "modality" "the imaging modality: CT, MRI, PET, SPECT or US";
    IMAGING_PROTOCOL "imaging_protocol" "how the images were acquired: protocol, parameters, contrast";
    SCANNERS "scanners" "makers and models of the scanners";
    IMAGING_FIT "imaging_fit" "whether the imaging is the one that practice uses for the question";
    INTERVAL "interval" "the time between image and reference standard, and what happened in it";
    DEIDENTIFICATION "deidentification" "how the images were de-identified";
    PREDICTORS "predictors" "how and when the clinical predictors were measured, and what each value means";
    PREDICTOR_BLINDING "predictor_blinding" "whether who measured the predictors knew the outcome";
    PREDICTOR_AVAILABILITY "predictor_availability" "whether each predictor is known when the model is to be used";
    REFERENCE_STANDARD "reference_standard" "how the outcome was determined, when, and over what time";
    REFERENCE_REASON "reference_reason" "why this reference standard, and its own limits of decision";
    OUTCOME_ASSESSORS "outcome_assessors" "who determined the outcome, with what experience";
    OUTCOME_BLINDING "outcome_blinding" "whether they knew images, predictors or the model's result";
    OUTCOME_ALIKE "outcome_alike" "whether the outcome was determined alike for all patients";
    SEGMENTATION "segmentation" "how regions were drawn: tool, rules, window, by hand or by program";
    AUTOMATIC_SEGMENTATION "automatic_segmentation" "if a program drew the regions: which, and who looked at them";
    READERS "readers" "who drew the regions: number, experience, consensus";
    DISCRETISATION_REASON "discretisation_reason" "why this bin width or number of bins";
    CONFOUNDERS "confounders" "what else might explain the result, and how it was handled";
    METRICS_REASON "metrics_reason" "why these measures of performance";
    EXPLANATION "explanation" "how the model's results are to be understood";
    EXPLANATION_JUDGED "explanation_judged" "whether the explanation was judged by users";
    FLOW "flow" "how many were screened and left out before the study's table, and why";
    SUBGROUPS "subgroups" "performance in groups of patients or centres, if it was looked at";
    FAIRNESS "fairness" "what was done for fairness between groups";
    SEVERITY "severity" "how severe the disease was in those who have it";
    ALTERNATIVES "alternatives" "what those without the disease have instead";
    SPECTRUM "spectrum" "whether the share of events is that of the intended use";
    ADVERSE_EVENTS "adverse_events" "harm by imaging or reference standard";
    EXTERNAL_TEST "external_test" "the test on patients of another place: which, and how they differ";
    UPDATING "updating" "whether the model was recalibrated or updated, and for whom";
    SAMPLE_SIZE_PLAN "sample_size_plan" "the size that was planned, and how it was computed before the study";
    SUMMARY "summary" "the main findings in the light of the aim";
    EARLIER_WORK "earlier_work" "comparison with earlier studies, with numbers";
    IMPLICATIONS "implications" "what follows for practice";
    LIMITATIONS "limitations" "limits and likely biases";
    NEXT_STEPS "next_steps" "what has to be studied next";
    USERS_PART "users_part" "what users have to do with input and result, and what they must be able to";
    IMAGES_SHARED "images_shared" "where images and masks can be had";
    DATA_SHARED "data_shared" "where the features and clinical data can be had";
    FUNDING "funding" "who paid, and what part they had";
    CONFLICTS "conflicts" "conflicts of interest";
    PROTOCOL "protocol" "where the protocol of the study can be read";
    REGISTRATION "registration" "the register and the number";
    INVOLVEMENT "involvement" "the part of patients and public";
    AUDITABLE "auditable" "whether outputs are stored and can be examined";
    MISSING_REASON "missing_reason" "why values are missing, and whether that could bias";
    UNMET_NEED "unmet_need" "the need that the model answers, agreed on by how many centres";
    PHANTOM "phantom" "whether scanners were compared, as by a phantom";
    DIVERSITY "diversity" "the variety of the patients: age, sex, descent";
    HARMONISATION "harmonisation" "whether and how features of several scanners were harmonised";
    DEEP_FEATURES "deep_features" "whether features of deep learning were combined with hand-crafted ones";
    BIOLOGY "biology" "whether features were related to biology";
    USABILITY "usability" "whether users have tried the tool";
    PROSPECTIVE "prospective" "a prospective validation, registered";
    REAL_WORLD "real_world" "a trial in everyday practice";
    COST "cost" "cost-effectiveness";
    DRIFT "drift" "how drift is watched for";
    LEARNING "learning" "how the model is kept up to date";
    AUTOMATION "automation" "the level of automation";
    QUALITY_SYSTEM "quality_system" "the quality system";
    REGULATION "regulation" "conformity with the law on medical devices";
    MARKET "market" "availability on the market";
    PREPARATION "preparation" "how patients were prepared: instructions, drugs, equipment";
    TRACER "tracer" "the tracer: which, how much, how given, uptake time, competing substances";
    CONTRAST "contrast" "the contrast agent: which, how much, how given, delay";
    COMORBIDITIES "comorbidities" "other diseases that affect imaging";
    SCAN_MODE "scan_mode" "static or dynamic scans, time frames and their modelling";
    SCANNER_CALIBRATION "scanner_calibration" "how and when scanners were calibrated";
    MOTION "motion" "instructions during the scan, and correction of motion";
    DURATION "duration" "duration of the scan";
    ACQUISITION "acquisition" "settings of the acquisition: tube, coil, sequence, times, field strength";
    RECONSTRUCTION "reconstruction" "reconstruction: slice thickness, kernel, iterations, corrections";
    IMAGE_REGISTRATION "image_registration" "how images were registered";
    CONVERSION "conversion" "how intensities were converted: SUV, ADC, perfusion";
    OTHER_PROCESSING "other_processing" "other processing before the features: noise, bias field, skull";
    CONTOURS "contours" "how contours became masks, and on which image they were drawn";
}
