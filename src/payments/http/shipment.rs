//! `POST /v1/payments/{id}/invoices/{txn}/shipments`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};

use super::{
    answer,
    operation_bodies::NewShipment,
    request::{Body, parts, read_url, transaction_id},
    shapes::{TransactionShape, WithPayment},
    visible,
};
use crate::{
    auth::scope,
    http::{
        body::Fields,
        openapi::{OnPayment, RequiredKey},
        problem::Problem,
        request_body::JsonText,
    },
    idempotency::Key,
    operation::Write,
    payments::{PaymentService, operations::shipment},
};

#[utoipa::path(
    tag = "Payments",
    summary = "Record a shipment of an invoice",
    description = "Apruve pays some invoices only after they are shipped. Without a body, everything that is not shipped yet is shipped now.",
    params(RequiredKey),
    request_body(content = Option<NewShipment>, content_type = "application/json",
        example = json!({ "shipper": "UPS", "trackingNumber": "1Z999AA10123456784" })),
    responses(
        OnPayment,
        (status = 201, description = "Apruve has the shipment.", body = WithPayment<TransactionShape>, headers(("Location" = String, description = "The payment's address."))),
        (status = 200, description = "Another request has created it, with the same `trackingNumber` and the same fields.", body = WithPayment<TransactionShape>, headers(("Location" = String, description = "The payment's address."))),
        (status = 202, description = "Whether Apruve has it is not known yet; the service checks it with Apruve.", body = WithPayment<TransactionShape>, headers(("Location" = String, description = "The payment's address."))),
    ),
    security(("bearer" = ["payments:invoice"])),
)]
#[post("/v1/payments/{id}/invoices/{txn}/shipments")]
pub(super) async fn create_shipment(
    call: Write<scope::Filtered<scope::PaymentsInvoice>, JsonText, Key>,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (context, JsonText(bytes)) = parts(call);
    let (id, invoice) = (
        visible(&service, &context.websites, &path.0).await?,
        transaction_id(&path.1)?,
    );
    let ledger = service.ledger(id).await?;
    let body = Body::read(&bytes)?;
    let fields = body.fields(&EXACT);
    let mut input = read(&fields);
    fields.finish();
    input.amount = body.amount(ledger.payment.currency);
    input.items = body.items();
    input.key = body.given(input.tracking_number.as_deref(), "/trackingNumber");
    let input = body.finish(input)?;
    let done = service.operate_unless(
        id,
        &context,
        |ledger| shipment::earlier(ledger, invoice, &input),
        |ledger, start| shipment::begin(ledger, invoice, &input, start),
    );
    answer::transaction(&service, &done.await?).await
}

/// What is read from its own text.
pub(super) const EXACT: [&str; 2] = ["amount", "items"];

/// Reads a shipment but for [`EXACT`].
pub(super) fn read(fields: &Fields<'_>) -> shipment::NewShipment {
    let status = fields.optional_text("status", 255);
    let partial = match status.as_deref() {
        None => None,
        Some("partial") => Some(true),
        Some("fulfilled") => Some(false),
        Some(other) => {
            let message = format!("`status` must be partial or fulfilled, not `{other}`.");
            fields.refuse("status", "unknown_word", message);
            None
        }
    };
    let (shipper, carrier) = (
        fields.optional_text("shipper", 255),
        fields.optional_text("carrier", 255),
    );
    if shipper.is_some() && carrier.is_some() && shipper != carrier {
        let message = "`carrier` and `shipper` are one; say the same, or leave one out.";
        fields.refuse("carrier", "given_twice", message);
    }
    shipment::NewShipment {
        amount: None,
        items: Vec::new(),
        shipped_at: fields.instant("shippedAt"),
        delivered_at: fields.instant("deliveredAt"),
        shipper: shipper.or(carrier),
        tracking_number: fields.optional_text("trackingNumber", 255),
        tracking_url: read_url(fields, "trackingUrl"),
        notes: fields.optional_text("notes", 3500),
        partial,
        key: None,
    }
}
