//! `GET /v1/payments`.

use super::shapes::PaymentShape;
use crate::{
    auth::Websites,
    clock::Clock,
    findings,
    ids::IntegrationId,
    money::Currency,
    operation::prelude::*,
    payment_methods::PaymentMethodId,
    payments::{
        overdue,
        status::Status,
        store::{self, PaymentFilter, PaymentSort},
    },
    store::StoreError,
};

#[utoipa::path(
    operation_id = "list_payments",
    summary = "List payments",
    description = "In pages, newest first unless `sort` says otherwise. `fundingOverdue=true` finds those with an invoice that Apruve has not paid for `fundingAlertHours` since it was issued, or shipped where that is required. Only the single payment contains `nextAction`.",
    params(
        ("q" = Option<String>, Query, description = "Only those where one of these begins with it, whatever the case of the letters A to Z: the order id, the PO number, the provider's order id, the buyer's `customerId` and `customerName`, and of every transaction the provider's id, the caller's own reference and the number. No character stands for others.", min_length = 1, max_length = 255, example = "SO-10"),
        ("orderId" = Option<String>, Query, description = "Only those of this order."),
        ("poNumber" = Option<String>, Query, description = "Only those with this PO number."),
        ("customerId" = Option<String>, Query, description = "Only those of this company, by the shop's id of it."),
        ("website" = Option<String>, Query, description = "Only those of this website."),
        ("status" = Option<Vec<Status>>, Query, explode, description = "Only those in this status; repeated, those in one of these."),
        ("integrationId" = Option<String>, Query, description = "Only those with this integration.", min_length = 1),
        ("paymentMethodId" = Option<String>, Query, description = "Only those with this method.", min_length = 1),
        ("providerOrderId" = Option<String>, Query, description = "Only that with this order at its provider.", min_length = 1),
        ("currency" = Option<Currency>, Query, description = "Only those in this ISO 4217 currency.", example = "USD"),
        ("amountFrom" = Option<String>, Query, description = "Only those of this amount or more; with `currency`.", example = "100.00"),
        ("amountUntil" = Option<String>, Query, description = "Only those of less than this amount; with `currency`.", example = "250.00"),
        ("reference" = Option<String>, Query, description = "Only those under which something has this name: the provider's id, or the caller's own such as the number of a check.", example = "CHK-1"),
        ("unsettled" = Option<bool>, Query, description = "Only those with an unknown result, or only the others."),
        ("fundingOverdue" = Option<bool>, Query, description = "Only those that Apruve should have paid, or only the others."),
        ("createdFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only those begun then or later."),
        ("createdUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only those begun before."),
        ("updatedFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only those last changed then or later."),
        ("updatedUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only those last changed before."),
        PageParameters,
        ("sort" = Option<String>, Query, description = "Fields in order of precedence, each with an optional `-`: createdAt, updatedAt, orderId, amount.", example = "-createdAt"),
    ),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<PaymentShape>>>)),
)]
#[get("/v1/payments")]
pub(super) async fn list_payments(
    caller: Caller<scope::Filtered<scope::PaymentsRead>>,
    request: HttpRequest,
    store: Data<Store>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let filter = read_filter(&mut query, caller.websites());
    let overdue = query.flag("fundingOverdue");
    let page = query.page(&[(PaymentSort::CreatedAt, Direction::Descending)]);
    query.finish()?;
    let (wanted, now) = (page.clone(), clock.now());
    let found = store
        .for_lists("payments")
        .snapshot(move |conn| {
            let mut filter = filter.clone();
            if let Some(overdue) = overdue {
                filter.overdue = Some((overdue, overdue::deadlines(conn, now)?));
            }
            let rows = store::list(conn, &filter, &wanted)?;
            let total = wanted.total(|| store::count(conn, &filter))?;
            Ok::<_, StoreError>((rows, total))
        })
        .await?;
    Ok(pagination::respond_each(&request, &page, found, |ledger| {
        let state = findings::state_of(ledger.payment.version, ledger.findings());
        Versioned::in_state(&state, PaymentShape::of(&ledger))
    }))
}

fn read_filter(query: &mut Query, websites: &Websites) -> PaymentFilter {
    let words: Vec<&str> = Status::ALL.iter().map(|status| status.as_str()).collect();
    let statuses = format!("one of {}", words.join(", "));
    let integration = query.parsed("integrationId", "the id of an integration", |text| {
        text.parse::<IntegrationId>().ok()
    });
    let method = query.parsed(
        "paymentMethodId",
        "a payment method's id",
        PaymentMethodId::parse,
    );
    let currency = query.parsed(
        "currency",
        "an ISO 4217 currency such as USD",
        Currency::parse,
    );
    PaymentFilter {
        order_id: query.text("orderId"),
        po_number: query.text("poNumber"),
        customer_id: query.text("customerId"),
        provider_order_id: query.text("providerOrderId"),
        currency,
        amounts: query.amounts(currency),
        website: query.text("website"),
        websites: websites.clone(),
        statuses: query.each("status", &statuses, Status::parse),
        integration,
        method,
        reference: query.text("reference"),
        unsettled: query.flag("unsettled"),
        overdue: None,
        created: query.period("createdFrom", "createdUntil"),
        updated: query.period("updatedFrom", "updatedUntil"),
        search: query.search(),
    }
}
