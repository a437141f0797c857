//! radscore: radiomics from scans to a judged model.
//!
//! Scans become named numbers ([`extract`]), cases a table ([`FeatureTable`]), the table a selection ([`lasso`]), and the
//! selection a score ([`Radscore`]) in a model file that the `radscore` program reads. The numbers are those of PyRadiomics
//! and R's glmnet.
//!
//! ```
//! use radscore::{FeatureTable, Lasso, Model, Outcome, Parameters, extract, lasso};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let model_file = folder.path().join("model.json");
//! # let mut cases = Vec::new();
//! # for case in 0..40_usize {
//! #     let grain = |x: usize, y: usize, z: usize| (x * 7 + y * 13 + z * 5 + case * 11) % (3 + 4 * (case % 2) + case % 5);
//! #     let voxel = |k: usize| grain(k % 6, k / 6 % 6, k / 36) * 20;
//! #     let file = |name: &str, of: &dyn Fn(usize) -> usize| -> std::io::Result<std::path::PathBuf> {
//! #         let path = folder.path().join(format!("{case}-{name}.nrrd"));
//! #         let voxels: Vec<String> = (0..216).map(|k| of(k).to_string()).collect();
//! #         let header = "NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nsizes: 6 6 6\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nspace origin: (0,0,0)\nencoding: ascii\n\n";
//! #         std::fs::write(&path, format!("{header}{}\n", voxels.join(" ")))?;
//! #         Ok(path)
//! #     };
//! #     cases.push((format!("case {case}"), file("image", &voxel)?, file("mask", &|_| 1)?, case % 2 == 1));
//! # }
//! let parameters = Parameters::default();
//! let mut table = FeatureTable::default();
//! let mut events = Vec::new();
//! for (id, image, mask, event) in &cases {
//!     table.push(id, &extract(image, mask, &parameters)?)?;
//!     events.push(*event);
//! }
//! let selection = lasso(&table, &events, &Lasso::default())?;
//! println!("{}", selection.radscore.formula());
//!
//! let outcome = Outcome { column: "recurrence".into(), event: "1".into() };
//! selection.model("texture", outcome, &parameters).write(&model_file)?;
//! let model = Model::read(&model_file)?;
//! let risk = model.predict(|feature| table.value("case 7", feature), |_| None)?.risk;
//! assert!(risk > 0.5);
//! # Ok(()) }
//! ```
//!
//! ## What is promised
//! This page. The rooms behind it serve the program, its tests and its benchmarks; they are not part of the promise and may
//! change in any version. `docs/architecture.md` describes them, and `RUSTDOCFLAGS="--cfg rooms" cargo doc` documents them.
//!
//! ## Cargo features
//! | feature | what it adds |
//! | --- | --- |
//! | `cli` | the binary and its commands |
//! | `tui` | its screens |
//! | `parquet` | `radscore extract -f parquet` |
//! | `dicom` | DICOM images, segmentations and contours; `radscore dicom` |
//! | `excel` | tables in workbooks: `.xlsx`, `.xls`, `.ods` |
//! | `docx` | the manuscript of a study for word processors |
//! | `pictures` | PNG and TIFF as images |
//! | `print` | charts as PNG, TIFF and PDF, with fonts of their own |
//! | `bzip2` | NRRD files with `encoding: bzip2` |
//!
//! All are on by default. With `default-features = false` the library stands alone: it pulls no terminal, no argument parser
//! and no Parquet.

#[cfg_attr(not(rooms), doc(hidden))]
pub mod audit;
#[cfg(feature = "cli")]
#[cfg_attr(not(rooms), doc(hidden))]
pub mod cli;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod features;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod figure;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod file;
mod library;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod message;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod model;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod stats;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod study;
#[cfg(feature = "tui")]
#[cfg_attr(not(rooms), doc(hidden))]
pub mod tui;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod volume;

pub use features::{Diagnostic, Extraction, FeatureError, Parameters};
pub use library::{Error, Lasso, Selection, extract, lasso};
pub use model::{LearntScore, Model, ModelError, Outcome, Prediction, Radscore, RadscoreTerm, Score, TrainingCases};
pub use stats::validation::cross_validation::Measure;
pub use study::StudyError;
pub use study::feature_table::FeatureTable;
pub use study::learner::LambdaRule;
