//! `PATCH /v1/payments/{id}/shipments/{txn}`, and the same at the invoice: `…/invoices/{txn}/shipments/{shipment}`.

use chrono::{DateTime, Utc};

use super::{invoice_shapes::ShipmentShape, posted_body::PostedBody, prelude::*, reader::Context};
use crate::payments::operations::shipment::Correction;

declare_body! {
    by ObjectReader<'_>;

    /// Changes of a shipment. What is left out stays as it is; null removes it.
    #[serde(deny_unknown_fields)]
    ShipmentChanges {
        /// Unique within the invoice.
        #[schema(value_type = Option<String>, max_length = 255, example = "1Z999AA10123456784")]
        tracking_number: Option<Option<String>> = text_change("trackingNumber", 255),
        /// Who carries it.
        #[schema(value_type = Option<String>, max_length = 255, example = "UPS")]
        carrier: Option<Option<String>> = text_change("carrier", 255),
        /// Kept here alone; Apruve does not know it.
        #[schema(
            value_type = Option<String>,
            max_length = 2000,
            example = "https://carrier.example/track/1Z999AA10123456784"
        )]
        tracking_url: Option<Option<String>> = change("trackingUrl", |it| it.url("trackingUrl")),
        /// When it arrived.
        #[schema(value_type = Option<DateTime<Utc>>)]
        delivered_at: Option<Option<DateTime<Utc>>> =
            change("deliveredAt", |it| it.instant("deliveredAt")),
        /// A text about the shipment, sent to Apruve.
        #[schema(value_type = Option<String>, max_length = 3500)]
        notes: Option<Option<String>> = text_change("notes", 3500),
    }
}

type PatchShipment = Call<scope::Filtered<scope::PaymentsInvoice>, MergePatch, ()>;

#[utoipa::path(
    summary = "Correct a shipment of an invoice",
    description = "A JSON Merge Patch: absent fields keep their values, null removes a value. The shipment is changed at Apruve too. A patch without changes has no effect.",
    request_body(
        content(
            (ShipmentChanges = "application/merge-patch+json", example = json!({ "trackingNumber": "1Z999AA10123456784" })),
            (ShipmentChanges = "application/json", example = json!({ "trackingNumber": "1Z999AA10123456784" })),
        ),
    ),
    responses(
        OnPayment,
        (status = 200, description = "The shipment after the change.", body = WithPayment<ShipmentShape>),
    ),
    security(("bearer" = ["payments:invoice"])),
)]
#[patch("/v1/payments/{id}/invoices/{txn}/shipments/{shipment}")]
pub(super) async fn update_shipment(
    call: PatchShipment,
    path: Path<(String, String, String)>,
    service: Data<PaymentService>,
) -> Answer {
    let (id, invoice, shipment) = path.into_inner();
    correct(&service, call, [&id, &shipment], Some(&invoice)).await
}

#[utoipa::path(
    summary = "Correct a shipment of a payment",
    description = "The same as the path of the invoice, for callers that do not know the invoice.",
    request_body(
        content(
            (ShipmentChanges = "application/merge-patch+json", example = json!({ "trackingNumber": "1Z999AA10123456784" })),
            (ShipmentChanges = "application/json", example = json!({ "trackingNumber": "1Z999AA10123456784" })),
        ),
    ),
    responses(
        OnPayment,
        (status = 200, description = "The shipment after the change.", body = WithPayment<ShipmentShape>),
    ),
    security(("bearer" = ["payments:invoice"])),
)]
#[patch("/v1/payments/{id}/shipments/{txn}")]
pub(super) async fn update_payment_shipment(
    call: PatchShipment,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Answer {
    let (id, shipment) = path.into_inner();
    correct(&service, call, [&id, &shipment], None).await
}

async fn correct(
    service: &PaymentService,
    call: PatchShipment,
    [id, shipment]: [&str; 2],
    invoice: Option<&str>,
) -> Answer {
    let payment = service.load(payment_id(id)?, call.caller.websites());
    let payment = payment.await?;
    let context = Context::of(&payment.ledger, call.actor.at);
    let body = PostedBody::of(call.body.0).read_in(context, ShipmentChanges::read)?;
    let correction = Correction {
        tracking_number: body.tracking_number,
        shipper: body.carrier,
        tracking_url: body.tracking_url,
        delivered_at: body.delivered_at,
        notes: body.notes,
    };
    let invoice = invoice.map(transaction_id).transpose()?;
    let shipment = transaction_id(shipment)?;
    let corrected = service.correct_shipment(payment, call.actor, invoice, shipment, correction);
    answer::shipment(service, &corrected.await?, shipment).await
}
