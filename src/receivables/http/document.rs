//! Reports in the API document: their parameters, and what their JSON holds. Members are in the order of the columns.

#![allow(dead_code, reason = "describes what is read and streamed")]

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

/// The format of a report, and the time zone of its days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FormatParameters {
    /// The time zone of the days, as an IANA name. The default is UTC.
    #[param(example = "Europe/Berlin")]
    timezone: Option<String>,
    /// The format: `json`, `csv` or `jsonl`. It takes precedence over `Accept`.
    #[param(example = "csv")]
    format: Option<String>,
}

/// The period of a report.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WindowParameters {
    /// The start of the period, included: an instant, or a day, which means its first instant. The default is 30 days
    /// before `until`.
    #[param(example = "2026-03-01")]
    from: Option<String>,
    /// The end of the period, not included: an instant, or a day, which means its first instant. The default is now.
    #[param(example = "2026-04-01")]
    until: Option<String>,
}

/// The amounts that are owed, as one JSON document. Amounts are decimal texts with the digits of their currency.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AgingReport)]
pub struct AgingDocument {
    /// The instant of the report. Later transactions do not count.
    as_of: DateTime<Utc>,
    /// The time zone of the days.
    #[schema(example = "UTC")]
    timezone: String,
    /// The grouping of the rows.
    by: Grouping,
    /// The names of the buckets, which are members of each row.
    #[schema(example = json!(["notDue", "1-30", "31-60", "61-90", "91+"]))]
    buckets: Vec<String>,
    /// One row for each group, debtor and currency.
    rows: Vec<AgingReportRow>,
    /// One row for each debtor and currency.
    totals: Vec<AgingReportRow>,
}

/// The amounts that a group owes, or the total; in a total, the members that identify the group are null.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgingReportRow {
    /// The party that owes the amounts.
    debtor: Debtor,
    /// The shop's id of the buyer's company, with `by=customer`.
    #[schema(example = "C-12")]
    customer_id: Option<String>,
    /// The last known name of the buyer's company, with `by=customer`.
    #[schema(example = "ACME Inc.")]
    customer_name: Option<String>,
    /// The website, with `by=website`.
    #[schema(example = "us-store")]
    website: Option<String>,
    /// The integration's id, with `by=integration`.
    #[schema(example = "integration_01h455vb4pex5vsknk084sn02q")]
    integration_id: Option<String>,
    /// The integration's name, with `by=integration`.
    #[schema(example = "Apruve US")]
    integration_name: Option<String>,
    /// The currency of all amounts.
    currency: Currency,
    /// The number of invoices and offline sales of which an amount is owed.
    #[schema(example = 3)]
    invoices: u64,
    /// The amount that is not past due. The members between this one and `total` are the buckets that `buckets` names.
    #[schema(example = "500.00")]
    not_due: String,
    /// The amount in this bucket, if the report has the default buckets.
    #[serde(rename = "1-30")]
    #[schema(required = false, example = "1290.50")]
    up_to_30: String,
    /// The amount in this bucket, if the report has the default buckets.
    #[serde(rename = "31-60")]
    #[schema(required = false, example = "0.00")]
    up_to_60: String,
    /// The amount in this bucket, if the report has the default buckets.
    #[serde(rename = "61-90")]
    #[schema(required = false, example = "0.00")]
    up_to_90: String,
    /// The amount in this bucket, if the report has the default buckets.
    #[serde(rename = "91+")]
    #[schema(required = false, example = "0.00")]
    beyond_90: String,
    /// The sum of all buckets.
    #[schema(example = "1790.50")]
    total: String,
}

/// The payments of providers, as one JSON document. Amounts are decimal texts with the digits of their currency.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FundingReport)]
pub struct FundingDocument {
    /// The instant of the report. Later transactions do not count.
    as_of: DateTime<Utc>,
    /// The start of the period, included.
    from: DateTime<Utc>,
    /// The end of the period, not included.
    until: DateTime<Utc>,
    /// The time zone of the days.
    #[schema(example = "UTC")]
    timezone: String,
    /// One row for each day, integration and currency.
    rows: Vec<FundingReportRow>,
    /// One row for each currency.
    totals: Vec<FundingReportRow>,
}

/// The payments of a day, or the total; in a total, the members that identify the row are null.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FundingReportRow {
    /// The day of payment.
    #[schema(required)]
    date: Option<NaiveDate>,
    /// The integration whose provider paid.
    #[schema(required, example = "integration_01h455vb4pex5vsknk084sn02q")]
    integration_id: Option<String>,
    /// The integration's name.
    #[schema(required, example = "Apruve US")]
    integration_name: Option<String>,
    /// The currency of all amounts.
    currency: Currency,
    /// The number of invoices that were paid.
    #[schema(example = 2)]
    invoices: u64,
    /// The sum of the payments before fees and returns.
    #[schema(example = "1290.50")]
    gross: String,
    /// The fees that the provider kept.
    #[schema(example = "38.72")]
    fee: String,
    /// The amount that was returned of these invoices.
    #[schema(example = "0.00")]
    returns: String,
    /// gross − fee − returns.
    #[schema(example = "1251.78")]
    net: String,
}

/// The journal entries, as one JSON document. Amounts are decimal texts with the digits of their currency.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JournalReport)]
pub struct JournalDocument {
    /// The instant of the report. Later transactions do not count.
    as_of: DateTime<Utc>,
    /// The start of the period, included.
    from: DateTime<Utc>,
    /// The end of the period, not included.
    until: DateTime<Utc>,
    /// The time zone of the days.
    #[schema(example = "UTC")]
    timezone: String,
    /// The entries, in the order in which they were booked.
    rows: Vec<JournalReportRow>,
    /// One row for each account and currency.
    totals: Vec<JournalReportRow>,
}

/// An entry on an account, or the turnover of the account; in a turnover, all members but the account's and the amounts
/// are null.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JournalReportRow {
    /// When the entry was booked.
    #[schema(required)]
    booked_at: Option<DateTime<Utc>>,
    /// The id of the transaction. The entries of a transaction sum to zero.
    #[schema(required, example = "txn_01h455vb4pex5vsknk084sn02r")]
    transaction_id: Option<String>,
    /// The action of the transaction.
    #[schema(required)]
    action: Option<Action>,
    /// The account of the entry.
    account: LedgerAccount,
    /// The code of the account in the shop's books, from `accounts` of the settings.
    #[schema(required, example = "1000")]
    account_code: Option<String>,
    /// The currency of both amounts.
    currency: Currency,
    /// The amount that is debited (left side).
    #[schema(example = "1251.78")]
    debit: String,
    /// The amount that is credited (right side).
    #[schema(example = "0.00")]
    credit: String,
    /// The payment's id.
    #[schema(required, example = "payment_01h455vb4pex5vsknk084sn02q")]
    payment_id: Option<String>,
    /// The shop's number for the order.
    #[schema(required, example = "SO-1001")]
    order_id: Option<String>,
    /// The id of the invoice, or of the purchase of the offline sale.
    #[schema(required, example = "txn_01h455vb4pex5vsknk084sn02q")]
    invoice_id: Option<String>,
    /// The shop's number for the invoice.
    #[schema(required, example = "SO-1001-1")]
    number: Option<String>,
    /// The integration's id.
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
