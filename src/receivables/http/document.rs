//! Reports in the API document: their parameters, and what their JSON holds. Members are in the order of the columns.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    money::Currency,
    payments::Action,
    receivables::{debtor::Debtor, store::Grouping},
    settings::LedgerAccount,
};

pub use crate::http::openapi::Representing as NotAcceptable;

/// How a report is written, and in whose days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(
    dead_code,
    reason = "describes what `ReportFormat` and `read_zone` read"
)]
pub struct FormatParameters {
    /// Whose days they are: the IANA name of a time zone; UTC when left out.
    #[param(example = "Europe/Berlin")]
    timezone: Option<String>,
    /// `json`, `csv` or `jsonl`, whatever `Accept` says.
    #[param(example = "csv")]
    format: Option<String>,
}

/// The time that a report is about.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes what `Window` reads")]
pub struct WindowParameters {
    /// A moment, or a day, whose first moment it means. Left out: thirty days before `until`.
    #[param(example = "2026-03-01")]
    from: Option<String>,
    /// The moment, or the day, that no longer belongs to it. Left out: now.
    #[param(example = "2026-04-01")]
    until: Option<String>,
}

/// What is owed, as one JSON document. Amounts are decimal texts with the digits of their currency.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AgingReport)]
#[allow(dead_code, reason = "describes what is streamed")]
pub struct AgingDocument {
    /// What was booked later does not count.
    as_of: DateTime<Utc>,
    /// Whose days they are.
    #[schema(example = "UTC")]
    timezone: String,
    /// What there is a row for.
    by: Grouping,
    /// The names of the buckets, which are members of each row.
    #[schema(example = json!(["notDue", "1-30", "31-60", "61-90", "91+"]))]
    buckets: Vec<String>,
    /// One for each group, debtor and currency.
    rows: Vec<AgingReportRow>,
    /// One for each debtor and currency.
    totals: Vec<AgingReportRow>,
}

/// What is owed by a group, or in all; then the members that tell groups apart are null.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "describes what is streamed")]
pub struct AgingReportRow {
    /// Who owes it.
    debtor: Debtor,
    /// With `by=customer`: the shop's id of the buyer's company.
    #[schema(example = "C-12")]
    customer_id: Option<String>,
    /// With `by=customer`: the last name that is known.
    #[schema(example = "ACME Inc.")]
    customer_name: Option<String>,
    /// With `by=website`.
    #[schema(example = "us-store")]
    website: Option<String>,
    /// With `by=integration`.
    #[schema(example = "integration_01h455vb4pex5vsknk084sn02q")]
    integration_id: Option<String>,
    /// With `by=integration`.
    #[schema(example = "Apruve US")]
    integration_name: Option<String>,
    /// The currency of all amounts.
    currency: Currency,
    /// How many invoices and offline sales something is owed of.
    #[schema(example = 3)]
    invoices: u64,
    /// What is not past due. The members between this and `total` are the buckets, which `buckets` names.
    #[schema(example = "500.00")]
    not_due: String,
    /// Of the usual buckets.
    #[serde(rename = "1-30")]
    #[schema(required = false, example = "1290.50")]
    up_to_30: String,
    /// Of the usual buckets.
    #[serde(rename = "31-60")]
    #[schema(required = false, example = "0.00")]
    up_to_60: String,
    /// Of the usual buckets.
    #[serde(rename = "61-90")]
    #[schema(required = false, example = "0.00")]
    up_to_90: String,
    /// Of the usual buckets.
    #[serde(rename = "91+")]
    #[schema(required = false, example = "0.00")]
    beyond_90: String,
    /// The sum of all buckets.
    #[schema(example = "1790.50")]
    total: String,
}

/// What providers paid, as one JSON document. Amounts are decimal texts with the digits of their currency.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FundingReport)]
#[allow(dead_code, reason = "describes what is streamed")]
pub struct FundingDocument {
    /// What was booked later does not count.
    as_of: DateTime<Utc>,
    /// Where the window begins.
    from: DateTime<Utc>,
    /// The first moment behind it.
    until: DateTime<Utc>,
    /// Whose days they are.
    #[schema(example = "UTC")]
    timezone: String,
    /// One for each day, integration and currency.
    rows: Vec<FundingReportRow>,
    /// One for each currency.
    totals: Vec<FundingReportRow>,
}

/// What was paid on a day, or in all; then the members that tell rows apart are null.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "describes what is streamed")]
pub struct FundingReportRow {
    /// The day of payment.
    #[schema(required)]
    date: Option<NaiveDate>,
    /// The integration whose provider paid.
    #[schema(required, example = "integration_01h455vb4pex5vsknk084sn02q")]
    integration_id: Option<String>,
    /// Its name.
    #[schema(required, example = "Apruve US")]
    integration_name: Option<String>,
    /// The currency of all amounts.
    currency: Currency,
    /// How many invoices were paid.
    #[schema(example = 2)]
    invoices: u64,
    /// Their sum before fees and returns.
    #[schema(example = "1290.50")]
    gross: String,
    /// What the provider kept.
    #[schema(example = "38.72")]
    fee: String,
    /// What was returned of these invoices.
    #[schema(example = "0.00")]
    returns: String,
    /// gross − fee − returns.
    #[schema(example = "1251.78")]
    net: String,
}

/// What was booked, as one JSON document. Amounts are decimal texts with the digits of their currency.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JournalReport)]
#[allow(dead_code, reason = "describes what is streamed")]
pub struct JournalDocument {
    /// What was booked later does not count.
    as_of: DateTime<Utc>,
    /// Where the window begins.
    from: DateTime<Utc>,
    /// The first moment behind it.
    until: DateTime<Utc>,
    /// Whose days they are.
    #[schema(example = "UTC")]
    timezone: String,
    /// The entries in the order in which they were booked.
    rows: Vec<JournalReportRow>,
    /// One for each account and currency.
    totals: Vec<JournalReportRow>,
}

/// An entry on an account, or the account's turnover; then all members but the account's and the amounts are null.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "describes what is streamed")]
pub struct JournalReportRow {
    /// When it was booked.
    #[schema(required)]
    booked_at: Option<DateTime<Utc>>,
    /// The transaction; its entries sum to zero.
    #[schema(required, example = "txn_01h455vb4pex5vsknk084sn02r")]
    transaction_id: Option<String>,
    /// What the transaction did.
    #[schema(required)]
    action: Option<Action>,
    /// The account.
    account: LedgerAccount,
    /// Its code in the shop's books, from `accounts` of the settings.
    #[schema(required, example = "1000")]
    account_code: Option<String>,
    /// The currency of both amounts.
    currency: Currency,
    /// What is added on the left.
    #[schema(example = "1251.78")]
    debit: String,
    /// What is added on the right.
    #[schema(example = "0.00")]
    credit: String,
    /// The payment.
    #[schema(required, example = "payment_01h455vb4pex5vsknk084sn02q")]
    payment_id: Option<String>,
    /// The shop's number for the order.
    #[schema(required, example = "SO-1001")]
    order_id: Option<String>,
    /// The invoice, or the purchase of the offline sale.
    #[schema(required, example = "txn_01h455vb4pex5vsknk084sn02q")]
    invoice_id: Option<String>,
    /// The shop's number for the invoice.
    #[schema(required, example = "SO-1001-1")]
    number: Option<String>,
    /// The integration.
    #[schema(required, example = "integration_01h455vb4pex5vsknk084sn02q")]
    integration_id: Option<String>,
    /// The website of the order.
    #[schema(required, example = "us-store")]
    website: Option<String>,
    /// The shop's id of the buyer's company.
    #[schema(required, example = "C-12")]
    customer_id: Option<String>,
    /// The name of the buyer's company.
    #[schema(required, example = "ACME Inc.")]
    customer_name: Option<String>,
}
