//! Days and time zones: the day of a moment, days past due, and the parsing of moments and days in parameters.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use utoipa::openapi::{RefOr, Schema};

use crate::http::text_value::{TextValue, text_schema, text_values};

text_values! {
    MomentOrDay: "a day such as 2026-03-31 or an RFC 3339 date and time", MomentOrDay::parse, text_schema(None, None);
    Tz: "the IANA name of a time zone such as Europe/Berlin", |text| text.parse().ok(), text_schema(None, None);
}

/// The day of a moment in a time zone.
pub fn day_of(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The first moment of a day. It is later than midnight if the clocks were put forward at midnight.
pub fn start_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN);
    let hours =
        (0..=24).filter_map(|hour| midnight.checked_add_signed(chrono::TimeDelta::hours(hour)));
    let mut moments = hours.filter_map(|local| local.and_local_timezone(zone).earliest());
    moments.next().map(|at| at.with_timezone(&Utc))
}

/// A moment, or a whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MomentOrDay {
    Moment(DateTime<Utc>),
    Day(NaiveDate),
}

impl MomentOrDay {
    /// Reads `2026-03-31` or `2026-03-31T12:00:00Z`.
    pub fn parse(text: &str) -> Option<Self> {
        // chrono reads `+12345-6-7` too, but SQLite does not sort years of more than four digits.
        let has_plain_parts = text.split('-').map(str::len).eq([4, 2, 2]);
        match text.parse() {
            Ok(day) if has_plain_parts => Some(MomentOrDay::Day(day)),
            _ => TextValue::from_text(text).map(MomentOrDay::Moment),
        }
    }

    /// The moment, or the first moment of the day.
    pub fn begin(self, zone: Tz) -> Option<DateTime<Utc>> {
        match self {
            MomentOrDay::Moment(at) => Some(at),
            MomentOrDay::Day(day) => start_of(day, zone),
        }
    }

    /// The moment, or the first moment of the following day.
    pub fn end(self, zone: Tz) -> Option<DateTime<Utc>> {
        match self {
            MomentOrDay::Moment(at) => Some(at),
            MomentOrDay::Day(day) => start_of(day.checked_add_days(Days::new(1))?, zone),
        }
    }
}

/// The number of days past due: the midnights since the due time, at least 1; 0 if it is not due yet or has no due
/// time.
pub fn days_past_due(due: Option<DateTime<Utc>>, at: DateTime<Utc>, zone: Tz) -> u32 {
    match due {
        Some(due) if due <= at => {
            let days = (day_of(at, zone) - day_of(due, zone)).num_days();
            u32::try_from(days.max(1)).unwrap_or(u32::MAX)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a moment")
    }

    #[test]
    fn days_past_due_are_days_of_the_time_zone() {
        let (utc, new_york, kiritimati) = (Tz::UTC, Tz::America__New_York, Tz::Pacific__Kiritimati);
        for (due, now, zone, days) in [
            ("2026-03-01T12:00:00Z", "2026-03-01T11:59:59Z", utc, 0),
            ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z", utc, 1),
            ("2026-03-01T12:00:00Z", "2026-03-01T23:59:59Z", utc, 1),
            ("2026-03-01T12:00:00Z", "2026-03-02T00:00:00Z", utc, 1),
            ("2026-03-01T12:00:00Z", "2026-03-03T00:00:00Z", utc, 2),
            ("2026-03-01T12:00:00Z", "2026-03-31T23:59:59Z", utc, 30),
            ("2026-03-01T12:00:00Z", "2026-04-01T00:00:00Z", utc, 31),
            // The evening of February 28 there.
            ("2026-03-01T03:00:00Z", "2026-03-01T12:00:00Z", new_york, 1),
            ("2026-03-01T03:00:00Z", "2026-03-02T12:00:00Z", new_york, 2),
            ("2026-03-01T03:00:00Z", "2026-03-02T12:00:00Z", utc, 1),
            (
                "2026-03-01T09:00:00Z",
                "2026-03-02T11:00:00Z",
                kiritimati,
                2,
            ),
        ] {
            assert_eq!(
                days_past_due(Some(at(due)), at(now), zone),
                days,
                "{due} {now} {zone}"
            );
        }
        assert_eq!(days_past_due(None, at("2026-03-01T12:00:00Z"), utc), 0);
    }

    #[test]
    fn a_day_begins_at_its_first_moment() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        for (text, zone, first) in [
            ("2026-03-31", Tz::UTC, "2026-03-31T00:00:00Z"),
            ("2026-03-31", Tz::Europe__Berlin, "2026-03-30T22:00:00Z"),
            // Clocks went forward at midnight.
            ("2018-11-04", Tz::America__Sao_Paulo, "2018-11-04T03:00:00Z"),
        ] {
            assert_eq!(start_of(day(text), zone), Some(at(first)), "{text} {zone}");
        }
    }

    #[test]
    fn a_day_is_distinguished_from_a_moment() {
        let berlin = Tz::Europe__Berlin;
        let given = MomentOrDay::parse("2026-03-28").expect("a day");
        assert_eq!(given.begin(berlin), Some(at("2026-03-27T23:00:00Z")));
        assert_eq!(given.end(berlin), Some(at("2026-03-28T23:00:00Z")));
        let moment = MomentOrDay::parse("2026-03-28T10:00:00+01:00").expect("a moment");
        assert_eq!(moment, MomentOrDay::Moment(at("2026-03-28T09:00:00Z")));
        for text in [
            "",
            "2026-13-01",
            "2026-02-30",
            "yesterday",
            "20260328",
            "+12345-6-7",
            "-0001-1-01",
            "2026-03-28T10:00",
        ] {
            assert_eq!(MomentOrDay::parse(text), None, "{text}");
        }
    }
}
