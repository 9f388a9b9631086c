//! Moments as both databases keep them: UTC without an offset, to the microsecond.
//!
//! PostgreSQL drops what is finer and SQLite would keep it, so what is stored is cut here, and reads back as it was
//! written on either.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Utc};

/// The moment as it is stored: UTC, cut to whole microseconds.
pub fn to_stored(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc().trunc_subsecs(6)
}

/// The moment a stored value means.
pub fn from_stored(stored: NaiveDateTime) -> DateTime<Utc> {
    stored.and_utc()
}

/// The end of the calendar, which means never in columns that are compared and sorted by.
pub fn never() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(9999, 12, 31)
        .map_or(NaiveDateTime::MAX, |day| day.and_time(NaiveTime::MIN))
}

/// The moment as the text a cursor carries.
pub fn to_cursor(at: DateTime<Utc>) -> String {
    at.timestamp_micros().to_string()
}

/// Reads it back; `None` for what no row can hold, which only a forged cursor says.
pub fn from_cursor(text: &str) -> Option<NaiveDateTime> {
    let at = DateTime::from_timestamp_micros(text.parse().ok()?)?;
    (1970..=9999).contains(&at.year()).then(|| to_stored(at))
}
