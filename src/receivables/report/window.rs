//! The period of a report.

use actix_web::HttpRequest;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::json;

use super::{ReportFormat, ReportHead, moment};
use crate::{
    auth::Websites,
    http::{pagination::Query, problem::Problem, text_value::TextValue},
    receivables::calendar::MomentOrDay,
};

/// The maximum length of a period for JSON, in days; longer ones need CSV or JSON Lines.
const MOST_DAYS_AS_JSON: i64 = 366;
/// The default length of the period.
const USUAL: TimeDelta = TimeDelta::days(30);

/// The parameters of a report on a half-open period: `from` is included, `until` is not.
#[derive(Clone, Debug)]
pub struct Window {
    pub as_of: DateTime<Utc>,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub zone: Tz,
    pub websites: Websites,
}

impl Window {
    /// Reads `from`, `until`, `timezone` and `format`. The default is the last thirty days.
    pub fn of(
        request: &HttpRequest,
        now: DateTime<Utc>,
        websites: &Websites,
    ) -> Result<(Self, ReportFormat), Problem> {
        let mut query = Query::of(request)?;
        let format = ReportFormat::read(&mut query, request)?;
        let zone = query.value("timezone").unwrap_or(Tz::UTC);
        // A day means its first moment.
        let mut moment = |name| {
            let first = |text: &str| MomentOrDay::parse(text)?.begin(zone);
            query.parsed(name, &MomentOrDay::expected(), first)
        };
        let (until, from) = (moment("until"), moment("from"));
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
        query.finish()?;
        let window = Window {
            as_of: now,
            from,
            until,
            zone,
            websites: websites.clone(),
        };
        Ok((window, format))
    }

    /// The part of the period up to and including `as_of`.
    pub fn bounds(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let until = self.until.min(self.as_of + TimeDelta::microseconds(1));
        (self.from, until)
    }

    /// The head of a report on the period.
    pub fn head(&self, name: &'static str, columns: &str) -> ReportHead {
        ReportHead {
            name,
            as_of: self.as_of,
            members: vec![
                ("from", json!(moment(self.from))),
                ("until", json!(moment(self.until))),
                ("timezone", json!(self.zone.name())),
            ],
            columns: columns.to_owned(),
        }
    }
}
