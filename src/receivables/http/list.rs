//! `GET /v1/invoices`.

use super::shapes::ListedInvoice;
use crate::{
    auth::Websites,
    clock::Clock,
    operation::prelude::*,
    payments::State,
    providers::InvoiceStatus,
    receivables::{
        TOPIC,
        store::{self, ReceivablesFilter, ReceivablesSort},
    },
    store::StoreError,
};

#[utoipa::path(
    operation_id = "list_invoices",
    summary = "List invoices",
    description = "Lists the invoices at Apruve and the offline sales in pages, newest first unless `sort` says otherwise. Each offline sale is one invoice. `overdue=true` finds invoices with a remaining amount that the debtor should have paid: Apruve by `providerDueAt`, the buyer by `dueAt`.",
    params(
        ("state" = Option<State>, Query, description = "Only invoices whose creation is in this state. An offline sale has the state `succeeded`."),
        ("status" = Option<InvoiceStatus>, Query, description = "Only invoices in this status. An offline sale is open until it is paid or canceled."),
        ("dueFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only invoices with a `dueAt` at or after this instant."),
        ("dueUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only invoices with a `dueAt` before this instant."),
        ("overdue" = Option<bool>, Query, description = "Only invoices that are overdue (`true`), or only the others (`false`)."),
        ("funded" = Option<bool>, Query, description = "Only invoices for which the provider has paid something (`true`), or only the others (`false`)."),
        ("customerId" = Option<String>, Query, description = "Only invoices of this customer."),
        ("website" = Option<String>, Query, description = "Only invoices of this website."),
        ("integrationId" = Option<String>, Query, description = "Only invoices of this integration.", min_length = 1),
        ("paymentId" = Option<String>, Query, description = "Only invoices of this payment.", min_length = 1),
        ("orderId" = Option<String>, Query, description = "Only invoices of this order."),
        ("number" = Option<String>, Query, description = "Only invoices with this number."),
        ("providerId" = Option<String>, Query, description = "Only invoices with this id at the provider."),
        ("poNumber" = Option<String>, Query, description = "Only invoices of this purchase order."),
        ("updatedFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only invoices with an `updatedAt` at or after this instant."),
        ("updatedUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only invoices with an `updatedAt` before this instant."),
        PageParameters,
        ("sort" = Option<String>, Query, description = "Fields in order of precedence, each with an optional `-`: createdAt, updatedAt, dueAt. With `dueAt`, invoices without that date come last.", example = "dueAt"),
    ),
    responses((status = 200, description = "A page.", body = Listed<Item<ListedInvoice>>)),
)]
#[get("/v1/invoices")]
pub(super) async fn list_invoices(
    caller: Caller<scope::Filtered<scope::PaymentsRead>>,
    request: HttpRequest,
    store: Data<Store>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let mut query = Query::of(&request)?;
    let filter = read_filter(&mut query, caller.websites());
    let overdue = query.flag("overdue");
    let page = query.page(&[(ReceivablesSort::Created, Direction::Descending)]);
    query.finish()?;
    let wanted = page.clone();
    let (found, debtors) = store
        .for_lists(TOPIC)
        .snapshot(move |conn| {
            let debtors = store::load_debtors(conn)?;
            let filter = ReceivablesFilter {
                overdue: overdue.map(|overdue| (overdue, now)),
                debtors: debtors.clone(),
                ..filter.clone()
            };
            let rows = store::list(conn, &filter, &wanted)?;
            let total = wanted.total(|| store::count(conn, &filter))?;
            Ok::<_, StoreError>(((rows, total), debtors))
        })
        .await?;
    let show = |invoice| ListedInvoice::of(invoice, &debtors, now);
    Ok(pagination::respond_each(&request, &page, found, show))
}

fn read_filter(query: &mut Query, websites: &Websites) -> ReceivablesFilter {
    let states: Vec<&str> = State::ALL.iter().map(|it| it.as_str()).collect();
    let statuses: Vec<&str> = InvoiceStatus::ALL.iter().map(|it| it.as_str()).collect();
    let one_of = |words: Vec<&str>| format!("one of {}", words.join(", "));
    // An empty filter is refused, because it would match the invoices without a value.
    let mut text = |name| {
        query.parsed(name, "a text", |text| {
            (!text.is_empty()).then(|| text.to_owned())
        })
    };
    ReceivablesFilter {
        customer_id: text("customerId"),
        website: text("website"),
        order_id: text("orderId"),
        number: text("number"),
        provider_id: text("providerId"),
        po_number: text("poNumber"),
        state: query.parsed("state", &one_of(states), State::parse),
        status: query.parsed("status", &one_of(statuses), InvoiceStatus::parse),
        payment: query.parsed("paymentId", "the id of a payment", |text| text.parse().ok()),
        integration: query.parsed("integrationId", "the id of an integration", |text| {
            text.parse().ok()
        }),
        funded: query.flag("funded"),
        due: query.period("dueFrom", "dueUntil"),
        updated: query.period("updatedFrom", "updatedUntil"),
        websites: websites.clone(),
        ..ReceivablesFilter::default()
    }
}
