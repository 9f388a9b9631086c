//! `GET /v1/reports/funding`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};

use super::document::{FormatParameters, FundingDocument, NotAcceptable, WindowParameters};
use crate::{
    auth::{Caller, scope},
    clock::Clock,
    http::problem::Problem,
    receivables::{
        funding::FundingReport,
        report::{Window, respond},
    },
    store::Store,
};

#[utoipa::path(
    tag = "Receivables",
    operation_id = "report_funding",
    summary = "Report what providers paid",
    description = "What providers paid for invoices, a row for each day, integration and currency, as they pay: `gross`, their `fee`, the `returns` on these invoices, and `net` = gross − fee − returns. An invoice counts whole on the day of its `fundedAt`, as everything of it is known now. As JSON at most 366 days; CSV and JSON Lines take any window.",
    params(WindowParameters, FormatParameters),
    responses(
        (status = 200, description = "The report. In CSV and JSON Lines each line begins with its `rowType`, `row` or `total`, and `asOf`; totals come last.", content(
            (FundingDocument = "application/json"),
            (String = "text/csv", example = "rowType,asOf,date,integrationId,integrationName,currency,invoices,gross,fee,returns,net\r\nrow,2026-03-31T12:00:00Z,2026-03-02,integration_01h455vb4pex5vsknk084sn02q,Apruve US,USD,2,1290.50,38.72,0.00,1251.78\r\ntotal,2026-03-31T12:00:00Z,,,,USD,2,1290.50,38.72,0.00,1251.78\r\n"),
            (String = "application/jsonl", example = "{\"rowType\":\"total\",\"asOf\":\"2026-03-31T12:00:00Z\",\"date\":null,\"currency\":\"USD\",\"invoices\":2,\"gross\":\"1290.50\",\"fee\":\"38.72\",\"returns\":\"0.00\",\"net\":\"1251.78\"}\n"),
        )),
        NotAcceptable,
    ),
    security(("bearer" = ["reports:read"])),
)]
#[get("/v1/reports/funding")]
pub(super) async fn report_funding(
    caller: Caller<scope::Filtered<scope::ReportsRead>>,
    request: HttpRequest,
    store: Data<Store>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let (window, format) = Window::of(&request, now)?;
    let websites = caller.websites().clone();
    let report = FundingReport::begin(&store, now, window, websites).await?;
    respond(&store, report, format).await
}
