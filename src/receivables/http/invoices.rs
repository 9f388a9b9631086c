//! `GET /v1/invoices` and `GET /v1/invoices/{id}`.

use super::shapes::ListedInvoice;
use crate::{
    clock::Clock,
    operation::prelude::*,
    receivables::{
        TOPIC,
        store::{self, ReceivablesFilter},
    },
    store::StoreError,
};

#[utoipa::path(
    operation_id = "list_invoices",
    summary = "List invoices",
    description = "Lists the invoices at Apruve and the offline sales in pages, newest first unless `sort` says otherwise. Each offline sale is one invoice. `overdue=true` finds invoices with a remaining amount that the debtor should have paid: Apruve by `providerDueAt`, the buyer by `dueAt`. With `sort=dueAt`, invoices without that date come last.",
    params(ReceivablesFilter),
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
    let (mut filter, page) = ReceivablesFilter::of(&request)?;
    filter.now = now;
    filter.websites = caller.websites().clone();
    let wanted = page.clone();
    let (found, debtors) = store
        .for_lists(TOPIC)
        .snapshot(move |conn| {
            let debtors = store::load_debtors(conn)?;
            let filter = ReceivablesFilter {
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

#[utoipa::path(
    operation_id = "get_invoice",
    summary = "Read an invoice",
    description = "Returns an invoice at Apruve, or an offline sale by the id of its purchase. The lines, shipments and transactions are in the payment.",
    responses((status = 200, description = "The invoice.", body = ListedInvoice)),
)]
#[get("/v1/invoices/{id}")]
pub(super) async fn get_invoice(
    read: Read<scope::Filtered<scope::PaymentsRead>>,
    id: Path<String>,
    store: Data<Store>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::new(Kind::NotFound, "There is no such invoice.");
    let id = id.parse().map_err(|_| unknown())?;
    let websites = read.caller.websites().clone();
    let (invoice, debtors) = store
        .about(TOPIC)
        .snapshot(move |conn| {
            let invoice = store::find_visible(conn, id, &websites)?;
            Ok::<_, StoreError>((invoice, store::load_debtors(conn)?))
        })
        .await?;
    let invoice = invoice.ok_or_else(unknown)?;
    Ok(Reply::ok().json(ListedInvoice::of(invoice, &debtors, clock.now())))
}
