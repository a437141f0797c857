//! Round axis ticks, as R's `pretty`.

/// About `intervals` equal steps of 1, 2, 5 or 10 times a power of ten that cover `low`…`high`.
///
/// R's rule with its usual biases towards wide steps (1.5 and 2.75). Ticks are whole multiples of the step, so that 0.3 is
/// 0.3 and not 0.30000000000000004. A range that is not finite gives no ticks; ends in the wrong order are swapped.
pub fn pretty(low: f64, high: f64, intervals: usize) -> Vec<f64> {
    if !low.is_finite() || !high.is_finite() {
        return Vec::new();
    }
    let (low, high) = if low <= high { (low, high) } else { (high, low) };
    let wanted = intervals.max(1);
    let fewest = (wanted / 3) as i64;
    let unit = step(low, high, wanted);
    let slack = 1e-10;
    let mut first = (low / unit.value() + slack).floor();
    let mut last = (high / unit.value() - slack).ceil();
    while first * unit.value() > low + slack * unit.value() {
        first -= 1.0;
    }
    while last * unit.value() < high - slack * unit.value() {
        last += 1.0;
    }
    let (mut first, mut last) = (first as i64, last as i64);
    let short = fewest - (last - first);
    if short > 0 {
        // Too few steps: the range grows on both sides, but not across an end at 0.
        if low == 0.0 && first == 0 && high != 0.0 {
            last += short;
        } else if high == 0.0 && last == 0 && low != 0.0 {
            first -= short;
        } else if first >= 0 {
            last += short / 2;
            first -= short / 2 + short % 2;
        } else {
            first -= short / 2;
            last += short / 2 + short % 2;
        }
    }
    (first..=last).map(|multiple| unit.times(multiple)).collect()
}

/// A step: `mantissa` × 10^`exponent`.
#[derive(Clone, Copy)]
struct Step {
    mantissa: i64,
    exponent: i32,
}

impl Step {
    fn value(self) -> f64 {
        self.times(1)
    }

    fn times(self, multiple: i64) -> f64 {
        let whole = (self.mantissa * multiple) as f64;
        if self.exponent >= 0 {
            whole * 10_f64.powi(self.exponent)
        } else {
            whole / 10_f64.powi(-self.exponent)
        }
    }
}

fn step(low: f64, high: f64, wanted: usize) -> Step {
    const WIDE: f64 = 1.5;
    const FIVE: f64 = 0.5 + 1.5 * WIDE;
    let range = high - low;
    let size = low.abs().max(high.abs());
    let tiny = if size == 0.0 {
        true
    } else {
        let bias = 1.0 + 1.0 / (1.0 + WIDE);
        range < size * bias * wanted as f64 * f64::EPSILON * 3.0
    };
    let cell = if tiny {
        let base = if size == 0.0 {
            1.0
        } else if size > 10.0 {
            9.0 + size / 10.0
        } else {
            size
        };
        let shrunk = base * 0.75;
        if wanted / 3 > 1 {
            shrunk / (wanted / 3) as f64
        } else {
            shrunk
        }
    } else {
        range / wanted as f64
    };
    let cell = cell.max(20.0 * f64::MIN_POSITIVE);
    let exponent = cell.log10().floor() as i32;
    let base = Step { mantissa: 1, exponent }.value();
    let mut mantissa = 1;
    if 2.0 * base - cell < WIDE * (cell - base) {
        mantissa = 2;
        if 5.0 * base - cell < FIVE * (cell - 2.0 * base) {
            mantissa = 5;
            if 10.0 * base - cell < WIDE * (cell - 5.0 * base) {
                mantissa = 10;
            }
        }
    }
    Step { mantissa, exponent }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_whole_multiples() {
        assert_eq!(pretty(0.0, 1.0, 5), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(pretty(1.0, 0.0, 10)[3], 0.3);
        assert_eq!(pretty(0.0, 0.0, 5), [-1.0, 0.0]);
        assert!(pretty(f64::NAN, 1.0, 5).is_empty());
    }
}
