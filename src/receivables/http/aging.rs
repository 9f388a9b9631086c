//! `GET /v1/reports/aging`.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::document::{AgingDocument, FormatParameters, NotAcceptable};
use crate::{
    auth::Websites,
    clock::Clock,
    operation::prelude::*,
    receivables::{
        aging::{AgingQuery, AgingReport},
        calendar::MomentOrDay,
        debtor::Debtor,
        report::{ReportFormat, respond},
        store::Grouping,
    },
};

#[utoipa::path(
    operation_id = "report_aging",
    summary = "Report what is owed",
    description = "Reports the amounts that are owed to the shop, by days past due. The report has one row for each group, debtor and currency; amounts in different currencies are never added. It is computed from the transactions that were booked by `asOf`, with the due dates that are known now. Apruve's debt is due `fundingAlertHours` after the invoice was issued, or after it was both issued and shipped if the account requires shipment. A buyer's debt is due at `dueAt`. A debt without a due date is not past due.",
    params(
        ("asOf" = Option<String>, Query, description = "The instant of the report, or a day, which means the end of that day. The default is now. It must not be in the future.", example = "2026-03-31"),
        ("debtor" = Option<Debtor>, Query, description = "Only the debts of this debtor. The default is both debtors, or `buyer` with `by=customer`."),
        ("by" = inline(Option<Grouping>), Query, description = "The grouping of the rows. The default is `customer` with `debtor=buyer`, and `integration` otherwise. `customer` cannot be combined with `debtor=provider`."),
        ("buckets" = Option<String>, Query, description = "The borders of the buckets in days past due: at most 12 rising whole numbers that begin with 0 and are at most 3650. The default is 0,30,60,90, which gives the columns `notDue`, `1-30`, `31-60`, `61-90` and `91+`.", example = "0,30,60,90"),
        FormatParameters,
    ),
    responses(
        (status = 200, description = "The report. In CSV and JSON Lines, each line begins with its `rowType` (`row` or `total`) and `asOf`. The totals come last.", content(
            (AgingDocument = "application/json"),
            (String = "text/csv", example = "rowType,asOf,debtor,customerId,customerName,currency,invoices,notDue,1-30,31-60,61-90,91+,total\r\nrow,2026-03-31T12:00:00Z,buyer,C-12,ACME Inc.,USD,3,500.00,1290.50,0.00,0.00,0.00,1790.50\r\ntotal,2026-03-31T12:00:00Z,buyer,,,USD,3,500.00,1290.50,0.00,0.00,0.00,1790.50\r\n"),
            (String = "application/jsonl", example = "{\"rowType\":\"total\",\"asOf\":\"2026-03-31T12:00:00Z\",\"debtor\":\"buyer\",\"customerId\":null,\"customerName\":null,\"currency\":\"USD\",\"invoices\":3,\"notDue\":\"500.00\",\"1-30\":\"1290.50\",\"total\":\"1790.50\"}\n"),
        )),
        NotAcceptable,
    ),
)]
#[get("/v1/reports/aging")]
pub(super) async fn report_aging(
    caller: Caller<scope::Filtered<scope::ReportsRead>>,
    request: HttpRequest,
    store: Data<Store>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let format = ReportFormat::read(&mut query, &request)?;
    let wanted = read(&mut query, caller.websites(), clock.now());
    query.finish()?;
    let report = AgingReport::begin(&store, wanted).await?;
    respond(&store, report, format).await
}

fn read(query: &mut Query, websites: &Websites, now: DateTime<Utc>) -> AgingQuery {
    let zone = query.value("timezone").unwrap_or(Tz::UTC);
    let as_of = match query.value("asOf") {
        None => Some(now),
        Some(MomentOrDay::Moment(at)) => Some(at).filter(|at| *at <= now),
        // The end of the day, but not later than now.
        Some(day @ MomentOrDay::Day(_)) => day
            .end(zone)
            .zip(day.begin(zone).filter(|begin| *begin <= now))
            .map(|(end, _)| now.min(end - TimeDelta::microseconds(1))),
    };
    if as_of.is_none() {
        let message =
            "`asOf` must not be in the future: nobody knows what will be paid until then.";
        query.refuse("asOf", "future", message);
    }
    let debtor = query.value("debtor");
    let by = query.value("by");
    if (debtor, by) == (Some(Debtor::Provider), Some(Grouping::Customer)) {
        let message = "What a provider owes is not a customer's: use `by=website` or `by=integration`, or `debtor=buyer`.";
        query.refuse("by", "not_for_this_debtor", message);
    }
    let by_default = match debtor {
        Some(Debtor::Buyer) => Grouping::Customer,
        Some(Debtor::Provider) | None => Grouping::Integration,
    };
    let by = by.unwrap_or(by_default);
    AgingQuery {
        as_of: as_of.unwrap_or(now),
        debtor: debtor.or((by == Grouping::Customer).then_some(Debtor::Buyer)),
        by,
        buckets: query.value("buckets").unwrap_or_default(),
        zone,
        websites: websites.clone(),
    }
}
