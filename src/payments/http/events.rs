//! `GET /v1/payments/{id}/events`.

use super::visible;
use crate::{
    operation::prelude::*,
    payments::{
        PaymentService,
        event::PaymentEvent,
        store::{self, HistoryFilter},
    },
};

#[utoipa::path(
    summary = "List the events of a payment",
    description = "Oldest first unless `sort` says otherwise. Includes late and repeated events that changed nothing.",
    params(HistoryFilter),
    responses((status = 200, description = "A page.", body = Listed<PaymentEvent>)),
)]
#[get("/v1/payments/{id}/events")]
pub(super) async fn list_payment_events(
    caller: Caller<scope::Filtered<scope::PaymentsRead>>,
    request: HttpRequest,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (_, page) = HistoryFilter::of(&request)?;
    let id = visible(&service, caller.websites(), &id).await?;
    let (list, count) = (store::list_happenings, store::count_happenings);
    let found = service.store().list_page(id, &page, list, count).await?;
    Ok(pagination::respond(&request, &page, found, |it| it))
}
