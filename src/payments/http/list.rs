//! `GET /v1/payments`.

use super::shapes::PaymentShape;
use crate::{
    clock::Clock,
    findings,
    operation::prelude::*,
    payments::{
        overdue,
        store::{self, PaymentFilter},
    },
};

#[utoipa::path(
    operation_id = "list_payments",
    summary = "List payments",
    description = "In pages, newest first unless `sort` says otherwise. `fundingOverdue=true` finds those with an invoice that Apruve has not paid for `fundingAlertHours` since it was issued, or shipped where that is required. Only the single payment contains `nextAction`.",
    params(PaymentFilter),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<PaymentShape>>>)),
)]
#[get("/v1/payments")]
pub(super) async fn list_payments(
    caller: Caller<scope::Filtered<scope::PaymentsRead>>,
    request: HttpRequest,
    store: Data<Store>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let (mut filter, page) = PaymentFilter::of(&request)?;
    filter.websites = caller.websites().clone();
    let (store, now) = (store.for_lists("payments"), clock.now());
    if filter.funding_overdue.is_some() {
        let deadlines = store.read(move |conn| overdue::deadlines(conn, now));
        filter.deadlines = deadlines.await?;
    }
    let found = store.list_page(filter, &page, store::list, store::count);
    let found = found.await?;
    Ok(pagination::respond_each(&request, &page, found, |ledger| {
        let state = findings::state_of(ledger.payment.version, ledger.findings());
        Versioned::in_state(&state, PaymentShape::of(&ledger))
    }))
}
