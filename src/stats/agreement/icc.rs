//! The six intraclass correlations of Shrout & Fleiss (1979), with F tests and confidence limits (McGraw & Wong 1996).
//!
//! Rows are subjects, columns are readers. With mean squares of subjects (MSB), readers (MSJ), residual (MSE) and within
//! subjects (MSW), for n subjects and k readers:
//!
//! - ICC1 = (MSB - MSW) / (MSB + (k - 1) MSW): each subject has readers of its own
//! - ICC2 = (MSB - MSE) / (MSB + (k - 1) MSE + k (MSJ - MSE)/n): absolute agreement, readers a sample; ICC(2,1), ICC(A,1)
//! - ICC3 = (MSB - MSE) / (MSB + (k - 1) MSE): consistency, these very readers; ICC(3,1), ICC(C,1)
//!
//! and the same for the mean of k readings (k appended). Estimates may be negative: then subjects differ less than chance.
//! Readings that agree exactly give 1 with limits 1…1; readings without any spread give NaN.

use ndarray::ArrayView2;

use crate::stats::StatsError;
use crate::stats::base::distributions::{f_quantile, f_upper};
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// Which program's F test and limits the agreement forms have; estimates and all other forms are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IccDialect {
    /// `psych::ICC(lmer = FALSE)`: F = MSB/MSE on (k - 1)(n - 1); limits of ICC2k stepped up from those of ICC2
    #[default]
    Psych,
    /// `irr::icc`: Satterthwaite's denominator; limits of ICC(A,k) by their own formula
    Irr,
}

/// A form of the correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IccForm {
    /// ICC(1,1): one-way, single reading
    Icc1,
    /// ICC(2,1): two-way random, absolute agreement, single reading
    Icc2,
    /// ICC(3,1): two-way mixed, consistency, single reading
    Icc3,
    /// ICC(1,k): one-way, mean of the readings
    Icc1k,
    /// ICC(2,k): absolute agreement, mean of the readings
    Icc2k,
    /// ICC(3,k): consistency, mean of the readings
    Icc3k,
}

impl IccForm {
    /// psych's name: "ICC2", "ICC3k" …
    pub fn name(self) -> &'static str {
        match self {
            Self::Icc1 => "ICC1",
            Self::Icc2 => "ICC2",
            Self::Icc3 => "ICC3",
            Self::Icc1k => "ICC1k",
            Self::Icc2k => "ICC2k",
            Self::Icc3k => "ICC3k",
        }
    }

    /// Model, type and unit in words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Icc1 => "one-way random, single reading",
            Self::Icc2 => "two-way random, absolute agreement, single reading",
            Self::Icc3 => "two-way mixed, consistency, single reading",
            Self::Icc1k => "one-way random, mean of the readings",
            Self::Icc2k => "two-way random, absolute agreement, mean of the readings",
            Self::Icc3k => "two-way mixed, consistency, mean of the readings",
        }
    }
}

/// One correlation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Icc {
    /// Which form
    pub form: IccForm,
    /// The estimate
    pub icc: f64,
    /// F against a correlation of 0
    pub f: f64,
    /// Its numerator's degrees of freedom
    pub df1: f64,
    /// Its denominator's degrees of freedom
    pub df2: f64,
    /// Its P value
    pub p: f64,
    /// Its confidence limits
    pub interval: Interval,
}

/// All six, in the order of [`IccForm`].
#[derive(Debug, Clone, PartialEq)]
pub struct IccTable {
    /// Subjects
    pub subjects: usize,
    /// Readers
    pub readers: usize,
    /// The correlations
    pub forms: [Icc; 6],
}

impl IccTable {
    /// The correlation of one form.
    pub fn form(&self, form: IccForm) -> &Icc {
        &self.forms[form as usize]
    }
}

/// The six correlations of a matrix of readings, subjects × readers. Needs 2 subjects and 2 readers; a missing reading is
/// refused with its row.
///
/// # Errors
/// Where there are fewer than 2 subjects or readers, a reading is missing (its row is said), or the level is not between 0
/// and 1.
pub fn icc_table(readings: ArrayView2<'_, f64>, level: f64, dialect: IccDialect) -> Result<IccTable, StatsError> {
    let (subjects, readers) = readings.dim();
    require::level(level)?;
    require::at_least("an intraclass correlation", "subjects", 2, subjects)?;
    require::at_least("an intraclass correlation", "readers", 2, readers)?;
    for (row, readings) in readings.rows().into_iter().enumerate() {
        if readings.iter().any(|reading| !reading.is_finite()) {
            return Err(StatsError::NotFinite {
                what: "the readings".to_owned(),
                row,
            });
        }
    }
    let squares = MeanSquares::new(readings);
    let MeanSquares {
        n,
        k,
        msb,
        msj,
        mse,
        msw,
    } = squares;
    let upper = 0.5 + level / 2.0;
    let residual_df = (n - 1.0) * (k - 1.0);
    let one_way = Shared::new(msb, msw, n - 1.0, n * (k - 1.0), level);
    let two_way = Shared::new(msb, mse, n - 1.0, residual_df, level);
    let single = |shared: &Shared, form| {
        let from = |ratio: f64| {
            if ratio.is_infinite() {
                1.0
            } else {
                (ratio - 1.0) / (ratio + k - 1.0)
            }
        };
        shared.icc(form, squares.value(form), from(shared.low), from(shared.high))
    };
    let mean = |shared: &Shared, form| {
        shared.icc(
            form,
            squares.value(form),
            1.0 - 1.0 / shared.low,
            1.0 - 1.0 / shared.high,
        )
    };
    let (agreement, agreement_k) = {
        let value = squares.value(IccForm::Icc2);
        let value_k = squares.value(IccForm::Icc2k);
        let v = satterthwaite(value, &squares);
        let (f_low, f_high) = (f_quantile(upper, n - 1.0, v), f_quantile(upper, v, n - 1.0));
        let rest = (k * n - k - n) * mse;
        let lower = n * (msb - f_low * mse) / (f_low * (k * msj + rest) + n * msb);
        let higher = n * (f_high * msb - mse) / (k * msj + rest + n * f_high * msb);
        match dialect {
            IccDialect::Psych => {
                let stepped = |limit: f64| limit * k / (1.0 + limit * (k - 1.0));
                (
                    two_way.icc(IccForm::Icc2, value, lower, higher),
                    two_way.icc(IccForm::Icc2k, value_k, stepped(lower), stepped(higher)),
                )
            }
            IccDialect::Irr => {
                let v_k = satterthwaite(value_k, &squares);
                let (f_low, f_high) = (f_quantile(upper, n - 1.0, v_k), f_quantile(upper, v_k, n - 1.0));
                let lower_k = n * (msb - f_low * mse) / (f_low * (msj - mse) + n * msb);
                let higher_k = n * (f_high * msb - mse) / (msj - mse + n * f_high * msb);
                (
                    two_way.with_df(v).icc(IccForm::Icc2, value, lower, higher),
                    two_way.with_df(v_k).icc(IccForm::Icc2k, value_k, lower_k, higher_k),
                )
            }
        }
    };
    Ok(IccTable {
        subjects,
        readers,
        forms: [
            single(&one_way, IccForm::Icc1),
            agreement,
            single(&two_way, IccForm::Icc3),
            mean(&one_way, IccForm::Icc1k),
            agreement_k,
            mean(&two_way, IccForm::Icc3k),
        ],
    })
}

/// Satterthwaite's degrees of freedom of a·MSJ + b·MSE with a = k ρ / (n (1 - ρ)), b = 1 + k ρ (n - 1) / (n (1 - ρ)), both
/// times n (1 - ρ). It is written for the single reading's ρ; irr puts the mean's in for ICC(A,k).
fn satterthwaite(rho: f64, squares: &MeanSquares) -> f64 {
    let MeanSquares { n, k, .. } = *squares;
    let readers = k * rho * squares.msj;
    let residual = (n * (1.0 - rho) + k * rho * (n - 1.0)) * squares.mse;
    let residual_df = (n - 1.0) * (k - 1.0);
    // Readers that agree in every digit leave nothing to weigh; any degrees of freedom then give the limits 1 and 1.
    if readers + residual == 0.0 {
        return residual_df;
    }
    (readers + residual) * (readers + residual) / (readers * readers / (k - 1.0) + residual * residual / residual_df)
}

#[derive(Clone, Copy)]
struct MeanSquares {
    n: f64,
    k: f64,
    msb: f64,
    msj: f64,
    mse: f64,
    msw: f64,
}

impl MeanSquares {
    fn new(readings: ArrayView2<'_, f64>) -> Self {
        let (subjects, readers) = readings.dim();
        let (n, k) = (subjects as f64, readers as f64);
        // About the first reading: a shift of all readings then changes nothing but rounding.
        let origin = readings[[0, 0]];
        let centre = readings.iter().map(|reading| reading - origin).sum::<f64>() / (n * k);
        let of = |mean: f64| mean - origin - centre;
        let subject_means: Vec<f64> = readings.rows().into_iter().map(|row| of(row.sum() / k)).collect();
        let reader_means: Vec<f64> = readings
            .columns()
            .into_iter()
            .map(|column| of(column.sum() / n))
            .collect();
        let between = k * subject_means.iter().map(|mean| mean * mean).sum::<f64>();
        let judges = n * reader_means.iter().map(|mean| mean * mean).sum::<f64>();
        let mut residual = 0.0;
        for (row, subject) in readings.rows().into_iter().zip(&subject_means) {
            for (reading, reader) in row.iter().zip(&reader_means) {
                let rest = reading - origin - centre - subject - reader;
                residual += rest * rest;
            }
        }
        Self {
            n,
            k,
            msb: between / (n - 1.0),
            msj: judges / (k - 1.0),
            mse: residual / ((n - 1.0) * (k - 1.0)),
            msw: (judges + residual) / (n * (k - 1.0)),
        }
    }

    fn value(&self, form: IccForm) -> f64 {
        let Self {
            n,
            k,
            msb,
            msj,
            mse,
            msw,
        } = *self;
        match form {
            IccForm::Icc1 => (msb - msw) / (msb + (k - 1.0) * msw),
            IccForm::Icc2 => (msb - mse) / (msb + (k - 1.0) * mse + k * (msj - mse) / n),
            IccForm::Icc3 => (msb - mse) / (msb + (k - 1.0) * mse),
            IccForm::Icc1k => (msb - msw) / msb,
            IccForm::Icc2k => (msb - mse) / (msb + (msj - mse) / n),
            IccForm::Icc3k => (msb - mse) / msb,
        }
    }
}

/// What the forms of one analysis of variance share.
#[derive(Clone, Copy)]
struct Shared {
    level: f64,
    f: f64,
    df1: f64,
    df2: f64,
    low: f64,
    high: f64,
}

impl Shared {
    fn new(between: f64, error: f64, df1: f64, df2: f64, level: f64) -> Self {
        let f = between / error;
        let upper = 0.5 + level / 2.0;
        Self {
            level,
            f,
            df1,
            df2,
            low: f / f_quantile(upper, df1, df2),
            high: f * f_quantile(upper, df2, df1),
        }
    }

    fn with_df(self, df2: f64) -> Self {
        Self { df2, ..self }
    }

    fn icc(&self, form: IccForm, icc: f64, lower: f64, upper: f64) -> Icc {
        Icc {
            form,
            icc,
            f: self.f,
            df1: self.df1,
            df2: self.df2,
            p: if self.f.is_nan() {
                f64::NAN
            } else {
                f_upper(self.f, self.df1, self.df2)
            },
            interval: Interval::new(lower, upper, self.level),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    #[test]
    fn readings_that_agree_exactly_give_1_and_no_spread_gives_nan() {
        // The residual mean square is rounding noise in the first and 0 in the second.
        for readings in [
            array![[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]],
            array![[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [5.0, 5.0]],
        ] {
            for dialect in [IccDialect::Psych, IccDialect::Irr] {
                let table = icc_table(readings.view(), 0.95, dialect).unwrap();
                for form in &table.forms {
                    let name = form.form.name();
                    assert_eq!(
                        (form.icc, form.interval.lower, form.interval.upper),
                        (1.0, 1.0, 1.0),
                        "{name}"
                    );
                    assert!(form.p < 1e-12, "{name}: P {}", form.p);
                }
            }
        }
        let flat = icc_table(array![[3.0, 3.0], [3.0, 3.0]].view(), 0.95, IccDialect::Psych).unwrap();
        assert!(flat.form(IccForm::Icc3).icc.is_nan());
        assert!(icc_table(array![[1.0, f64::NAN], [2.0, 2.0]].view(), 0.95, IccDialect::Psych).is_err());
    }

    proptest! {
        #[test]
        fn a_shift_of_all_readings_changes_nothing(
            values in prop::collection::vec(-5.0..5.0_f64, 24),
            shift in -1000.0..1000.0_f64,
        ) {
            let readings = Array2::from_shape_vec((8, 3), values).unwrap();
            let moved = readings.mapv(|reading| reading + shift);
            for dialect in [IccDialect::Psych, IccDialect::Irr] {
                let before = icc_table(readings.view(), 0.95, dialect).unwrap();
                let after = icc_table(moved.view(), 0.95, dialect).unwrap();
                for (before, after) in before.forms.iter().zip(&after.forms) {
                    prop_assert!((before.icc - after.icc).abs() < 1e-7);
                    if before.icc > -0.4 {
                        prop_assert!((before.interval.lower - after.interval.lower).abs() < 1e-5 * (1.0 + before.interval.lower.abs()));
                    }
                }
            }
        }
    }
}
