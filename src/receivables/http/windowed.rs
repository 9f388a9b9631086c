//! `GET /v1/reports/funding` and `GET /v1/reports/journal`, the reports on a period.

use super::document::{
    FormatParameters, FundingDocument, JournalDocument, NotAcceptable, WindowParameters,
};
use crate::{
    clock::Clock,
    operation::prelude::*,
    receivables::{
        funding::FundingReport,
        journal::JournalReport,
        report::{Window, respond},
    },
};

#[utoipa::path(
    operation_id = "report_funding",
    summary = "Report what providers paid",
    description = "Reports the payments of providers for invoices, with one row for each day, integration and currency: `gross`, the provider's `fee`, the `returns` on these invoices, and `net` = gross − fee − returns. All amounts of an invoice, as they are known now, count on the day of its `fundedAt`. In JSON the period is at most 366 days; CSV and JSON Lines have no limit.",
    params(WindowParameters, FormatParameters),
    responses(
        (status = 200, description = "The report. In CSV and JSON Lines, each line begins with its `rowType` (`row` or `total`) and `asOf`. The totals come last.", content(
            (FundingDocument = "application/json"),
            (String = "text/csv", example = "rowType,asOf,date,integrationId,integrationName,currency,invoices,gross,fee,returns,net\r\nrow,2026-03-31T12:00:00Z,2026-03-02,integration_01h455vb4pex5vsknk084sn02q,Apruve US,USD,2,1290.50,38.72,0.00,1251.78\r\ntotal,2026-03-31T12:00:00Z,,,,USD,2,1290.50,38.72,0.00,1251.78\r\n"),
            (String = "application/jsonl", example = "{\"rowType\":\"total\",\"asOf\":\"2026-03-31T12:00:00Z\",\"date\":null,\"currency\":\"USD\",\"invoices\":2,\"gross\":\"1290.50\",\"fee\":\"38.72\",\"returns\":\"0.00\",\"net\":\"1251.78\"}\n"),
        )),
        NotAcceptable,
    ),
)]
#[get("/v1/reports/funding")]
pub(super) async fn report_funding(
    caller: Caller<scope::Filtered<scope::ReportsRead>>,
    request: HttpRequest,
    store: Data<Store>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let (window, format) = Window::of(&request, clock.now(), caller.websites())?;
    let report = FundingReport::begin(&store, window).await?;
    respond(&store, report, format).await
}

#[utoipa::path(
    operation_id = "report_journal",
    summary = "Report the journal",
    description = "Reports the journal in double entry: the lines of each transaction, in `debit` and `credit` on the accounts of the shop's books, sum to zero. The codes of the accounts are in `accounts` of the settings. A transaction is booked when it succeeded in this service, and an offline sale when it was created. Nothing is booked into the past. In JSON the period is at most 366 days; CSV and JSON Lines have no limit.",
    params(WindowParameters, FormatParameters),
    responses(
        (status = 200, description = "The report. In CSV and JSON Lines, each line begins with its `rowType` (`row` or `total`) and `asOf`. The totals come last.", content(
            (JournalDocument = "application/json"),
            (String = "text/csv", example = "rowType,asOf,bookedAt,transactionId,action,account,accountCode,currency,debit,credit,paymentId,orderId,invoiceId,number,integrationId,website,customerId,customerName\r\nrow,2026-03-31T12:00:00Z,2026-03-02T12:00:00Z,txn_01h455vb4pex5vsknk084sn02r,capture,cash,1000,USD,1251.78,0.00,payment_01h455vb4pex5vsknk084sn02q,SO-1001,txn_01h455vb4pex5vsknk084sn02q,SO-1001-1,integration_01h455vb4pex5vsknk084sn02q,us-store,C-12,ACME Inc.\r\n"),
            (String = "application/jsonl", example = "{\"rowType\":\"total\",\"asOf\":\"2026-03-31T12:00:00Z\",\"account\":\"cash\",\"accountCode\":\"1000\",\"currency\":\"USD\",\"debit\":\"1251.78\",\"credit\":\"0.00\"}\n"),
        )),
        NotAcceptable,
    ),
)]
#[get("/v1/reports/journal")]
pub(super) async fn report_journal(
    caller: Caller<scope::Filtered<scope::ReportsRead>>,
    request: HttpRequest,
    store: Data<Store>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let (window, format) = Window::of(&request, clock.now(), caller.websites())?;
    let report = JournalReport::begin(&store, window).await?;
    respond(&store, report, format).await
}
