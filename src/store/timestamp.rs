//! Moments as both databases store them: UTC without an offset, in microseconds.
//!
//! PostgreSQL drops finer parts and SQLite would keep them, so moments are cut here and read back as they were written.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Utc};

/// The moment as it is stored: UTC, cut to whole microseconds.
pub fn to_stored(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc().trunc_subsecs(6)
}

/// The moment a stored value means.
pub fn from_stored(stored: NaiveDateTime) -> DateTime<Utc> {
    stored.and_utc()
}

/// The end of the calendar, which means "never" in columns that are compared and sorted by.
pub fn never() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(9999, 12, 31)
        .map_or(NaiveDateTime::MAX, |day| day.and_time(NaiveTime::MIN))
}

/// The text of a moment in a cursor.
pub fn to_cursor(at: DateTime<Utc>) -> String {
    at.timestamp_micros().to_string()
}

/// Reads a moment from a cursor; `None` for a value that no row can have, which only a forged cursor contains.
pub fn from_cursor(text: &str) -> Option<NaiveDateTime> {
    let at = DateTime::from_timestamp_micros(text.parse().ok()?)?;
    (1970..=9999).contains(&at.year()).then(|| to_stored(at))
}
