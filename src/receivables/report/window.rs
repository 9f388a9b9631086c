//! The period of a report.

use actix_web::HttpRequest;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{ReportFormat, moment};
use crate::{
    http::{pagination::Query, problem::Problem},
    receivables::calendar::MomentOrDay,
};

/// The maximum length of a period for JSON, in days; longer ones need CSV or JSON Lines.
const MOST_DAYS_AS_JSON: i64 = 366;
/// The default length of the period.
const USUAL: TimeDelta = TimeDelta::days(30);

/// A half-open period: `from` is included, `until` is not.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub zone: Tz,
}

impl Window {
    /// Reads all parameters of a report that has only a period and a format.
    pub fn of(request: &HttpRequest, now: DateTime<Utc>) -> Result<(Self, ReportFormat), Problem> {
        let mut query = Query::of(request)?;
        let format = ReportFormat::read(&mut query, request)?;
        let window = Window::read(&mut query, format, now);
        query.finish()?;
        Ok((window, format))
    }

    /// Reads `from`, `until` and `timezone`. The default is the last thirty days.
    fn read(query: &mut Query, format: ReportFormat, now: DateTime<Utc>) -> Self {
        let zone = read_zone(query);
        let what = "a day such as 2026-03-31 or an RFC 3339 date and time";
        // A day means its first moment.
        let until = query.parsed("until", what, |text| MomentOrDay::parse(text)?.begin(zone));
        let from = query.parsed("from", what, |text| MomentOrDay::parse(text)?.begin(zone));
        // `until` is exclusive, so one microsecond more includes what was booked just now.
        let until = until.unwrap_or(now + TimeDelta::microseconds(1));
        let from = from.unwrap_or_else(|| until.checked_sub_signed(USUAL).unwrap_or(until));
        if from > until {
            query.refuse("until", "before_from", "`until` must not be before `from`.");
        }
        let days = TimeDelta::days(MOST_DAYS_AS_JSON);
        // One hour of tolerance for a change from summer time within the period.
        let is_long = (until - from) > days + TimeDelta::hours(1);
        if is_long && format == ReportFormat::Json {
            let message = format!(
                "As JSON a report spans at most {MOST_DAYS_AS_JSON} days; `format=csv` and `format=jsonl` take longer ones."
            );
            query.refuse("from", "window_too_long", message);
        }
        Window { from, until, zone }
    }

    /// The part of the period up to and including `as_of`.
    pub fn bounds(&self, as_of: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let until = self.until.min(as_of + TimeDelta::microseconds(1));
        (self.from, until)
    }

    /// The members of the JSON document that describe the period.
    pub fn members(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("from", json!(moment(self.from))),
            ("until", json!(moment(self.until))),
            ("timezone", json!(self.zone.name())),
        ]
    }
}

/// Reads `timezone`, an IANA name.
pub fn read_zone(query: &mut Query) -> Tz {
    let what = "the IANA name of a time zone such as Europe/Berlin";
    query
        .parsed("timezone", what, |text| text.parse().ok())
        .unwrap_or(Tz::UTC)
}
