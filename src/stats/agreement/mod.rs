//! Agreement: of readers on a number (ICC, Lin's CCC, Bland-Altman), on a category (kappa), on a region (Dice, Jaccard).

mod concordance;
mod fleiss;
mod icc;
mod kappa;
mod overlap;

pub use concordance::{BlandAltman, Concordance, bland_altman, concordance};
pub use fleiss::{FleissKappa, fleiss_kappa};
pub use icc::{Icc, IccDialect, IccForm, IccTable, icc_table};
pub use kappa::{Kappa, KappaWeights, kappa};
pub use overlap::{Overlap, overlap};
