//! Reports in the API document.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

pub use crate::http::openapi::Representing as NotAcceptable;

/// A report as one JSON document. Amounts are decimal texts with the digits of their currency.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Report)]
#[allow(dead_code, reason = "describes what is streamed")]
pub struct ReportDocument {
    /// What was booked later does not count.
    as_of: DateTime<Utc>,
    /// Where the window begins.
    #[schema(required = false)]
    from: DateTime<Utc>,
    /// The first moment behind it.
    #[schema(required = false)]
    until: DateTime<Utc>,
    /// Whose days they are.
    #[schema(example = "UTC")]
    timezone: String,
    /// What there is a row for.
    #[schema(required = false, example = "customer")]
    by: String,
    /// The names of the buckets, which are members of each row.
    #[schema(required = false)]
    buckets: Vec<String>,
    /// The columns of the report by name; null where one has no value.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<serde_json::Map<String, serde_json::Value>>,
    /// One for each currency, and for each debtor or account.
    #[schema(value_type = Vec<Object>)]
    totals: Vec<serde_json::Map<String, serde_json::Value>>,
}
