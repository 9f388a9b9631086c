//! `GET /v1/invoices`.

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
