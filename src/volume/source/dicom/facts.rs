//! What an object says of patient, scanner and acquisition, for lists and tables.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::fields::Fields;

/// The columns of a table of series that come from the header, each with its element.
pub(super) const COLUMNS: &[(&str, Tag)] = &[
    ("Modality", tags::MODALITY),
    ("StudyDate", tags::STUDY_DATE),
    ("SeriesDescription", tags::SERIES_DESCRIPTION),
    ("ProtocolName", tags::PROTOCOL_NAME),
    ("BodyPartExamined", tags::BODY_PART_EXAMINED),
    ("Manufacturer", tags::MANUFACTURER),
    ("ManufacturerModelName", tags::MANUFACTURER_MODEL_NAME),
    ("KVP", tags::KVP),
    ("XRayTubeCurrent", tags::X_RAY_TUBE_CURRENT),
    ("ConvolutionKernel", tags::CONVOLUTION_KERNEL),
    ("ContrastBolusAgent", tags::CONTRAST_BOLUS_AGENT),
    ("SliceThickness", tags::SLICE_THICKNESS),
    ("MagneticFieldStrength", tags::MAGNETIC_FIELD_STRENGTH),
    ("RepetitionTime", tags::REPETITION_TIME),
    ("EchoTime", tags::ECHO_TIME),
    ("Units", tags::UNITS),
];

/// What an object says of patient, scanner and acquisition.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// The patient's id; empty where none is given
    pub patient: String,
    /// The number of the series within the study
    pub number: Option<usize>,
    /// The study's UID
    pub study: String,
    /// The values of [`COLUMNS`], empty where the object does not say them
    pub values: Vec<String>,
}

impl Facts {
    /// What an object says.
    pub fn of(fields: &Fields<'_>) -> Self {
        Self {
            patient: fields.text(tags::PATIENT_ID).unwrap_or_default(),
            number: fields.count(tags::SERIES_NUMBER).ok().flatten(),
            study: fields.text(tags::STUDY_INSTANCE_UID).unwrap_or_default(),
            values: COLUMNS
                .iter()
                .map(|(_, tag)| fields.text(*tag).unwrap_or_default())
                .collect(),
        }
    }

    /// One of the values of [`COLUMNS`] by its element.
    pub fn value(&self, tag: Tag) -> &str {
        COLUMNS
            .iter()
            .position(|(_, known)| *known == tag)
            .and_then(|at| self.values.get(at))
            .map_or("", String::as_str)
    }
}
