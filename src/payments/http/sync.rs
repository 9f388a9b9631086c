//! `POST /v1/payments/{id}/sync`.

use super::{prelude::*, visible};

#[utoipa::path(
    summary = "Compare a payment with Apruve now",
    description = "Reads the order, its invoices, shipments and returns from Apruve, and updates the payment. Unknown results are resolved. Unexplained differences are in `findings`. Attempts to pay the same order that ended in the last 120 days are read back, too. Offline methods have nothing to be compared with.",
    params(RequiredKey),
    request_body(content = Option<NoFields>, content_type = "application/json", example = json!({})),
    responses(OnPayment, (status = 200, description = "The payment as it is now.", body = PaymentShape)),
    security(("bearer" = ["payments:invoice"]), ("bearer" = ["payments:capture"]), ("bearer" = ["payments:cancel"]), ("bearer" = ["payments:refund"]), ("bearer" = ["payments:resolve"])),
)]
#[post("/v1/payments/{id}/sync")]
pub(super) async fn sync_payment(
    call: Post<scope::SyncPayment, Empty>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Answer {
    let websites = call.caller.websites();
    // A sync reads the payment itself, which is enough for a caller of every website.
    let id = match websites.is_bound() {
        true => visible(&service, websites, &id).await?,
        false => payment_id(&id)?,
    };
    let payment = service.sync_attempts(id).await?;
    Ok(HttpResponse::Ok().json(shown(&service, &payment).await?))
}
