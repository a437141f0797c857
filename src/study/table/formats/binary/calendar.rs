//! Days and seconds since a beginning, as ISO dates.

/// Days from 1582-10-14, with which SPSS begins, to 1970-01-01.
pub const SPSS: i64 = 141_428;

/// Days from 1960-01-01, with which Stata begins, to 1970-01-01.
pub const STATA: i64 = 3_653;

/// The date so many days after a beginning.
pub fn date(days: i64, beginning: i64) -> Option<String> {
    let (year, month, day) = civil(days.checked_sub(beginning)?)?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// The date and time so many seconds after a beginning; the date alone at midnight.
pub fn date_time(seconds: f64, beginning: i64) -> Option<String> {
    let seconds = whole(seconds)?;
    let date = date(seconds.div_euclid(86_400), beginning)?;
    let time = seconds.rem_euclid(86_400);
    Some(if time == 0 {
        date
    } else {
        format!("{date}T{}", span(time as f64)?)
    })
}

/// A span of seconds as hours, minutes and seconds.
pub fn span(seconds: f64) -> Option<String> {
    let seconds = whole(seconds)?;
    let (sign, size) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    Some(format!(
        "{sign}{:02}:{:02}:{:02}",
        size / 3600,
        size / 60 % 60,
        size % 60
    ))
}

/// A number without its fraction, where it is no larger than any calendar's.
pub fn whole(number: f64) -> Option<i64> {
    (number.abs() < 1e12).then(|| number.round() as i64)
}

/// Year, month and day of the proleptic Gregorian calendar, from days since 1970-01-01; years 1 to 9999.
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    // Eras of 400 years that begin in March, so that the day that may be missing is the last one.
    let shifted = days.checked_add(719_468)?;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (1..=9999).contains(&year).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates_of_the_calendar() {
        assert_eq!(date(0, 0).unwrap(), "1970-01-01");
        assert_eq!(date(0, SPSS).unwrap(), "1582-10-14");
        assert_eq!(date(0, STATA).unwrap(), "1960-01-01");
        assert_eq!(date(-1, STATA).unwrap(), "1959-12-31");
        assert_eq!(date(21_609, STATA).unwrap(), "2019-03-01");
        assert_eq!(date(21_975 - 1, STATA).unwrap(), "2020-02-29");
        assert_eq!(date_time(13_770_777_600.0, SPSS).unwrap(), "2019-03-01");
        assert_eq!(
            date_time(13_770_777_600.0 + 30_600.0, SPSS).unwrap(),
            "2019-03-01T08:30:00"
        );
        assert_eq!(span(-3_661.0).unwrap(), "-01:01:01");
        assert_eq!(date_time(f64::INFINITY, SPSS), None);
        assert_eq!(date(i64::MIN, SPSS), None);
    }
}
