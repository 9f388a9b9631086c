//! `GET /v1/invoices/{id}`.

use super::shapes::ListedInvoice;
use crate::{
    clock::Clock,
    operation::prelude::*,
    receivables::{TOPIC, store},
    store::StoreError,
};

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
