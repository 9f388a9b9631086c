//! `POST /v1/payments/{id}/invoices/{txn}/shipments`.

use chrono::{DateTime, Utc};

use super::{items::LinePart, prelude::*};
use crate::payments::{
    invoicing::Shipping,
    operations::shipment::{self, ShipmentExtent},
    order::ItemQuantity,
};

declare_body! {
    by ObjectReader<'_>;

    /// What went out.
    #[serde(deny_unknown_fields)]
    NewShipment {
        /// When it is left out: what is not shipped yet of the invoice.
        #[schema(value_type = Option<Amount>)]
        amount: Option<i64> = amount(),
        /// Parts of the payment's `lines` that the invoice is over.
        #[schema(value_type = Option<Vec<LinePart>>, min_items = 1)]
        items: Vec<ItemQuantity> = items(),
        /// Now when it is left out.
        shipped_at: Option<DateTime<Utc>> = instant("shippedAt"),
        /// When it arrived, where that is known.
        delivered_at: Option<DateTime<Utc>> = instant("deliveredAt"),
        /// The same as `carrier`.
        #[schema(max_length = 255, example = "UPS")]
        shipper: Option<String> = optional_text("shipper", 255),
        /// Who carries it.
        #[schema(max_length = 255, example = "UPS")]
        carrier: Option<String> = optional_text("carrier", 255),
        /// Kept here alone; Apruve does not know it.
        #[schema(
            max_length = 2000,
            example = "https://carrier.example/track/1Z999AA10123456784"
        )]
        tracking_url: Option<String> = url("trackingUrl"),
        /// A text about the shipment, sent to Apruve.
        #[schema(max_length = 3500)]
        notes: Option<String> = optional_text("notes", 3500),
        /// Unique within the invoice: the same number with the same fields is the same shipment, whatever the
        /// `Idempotency-Key`.
        #[schema(max_length = 255, example = "1Z999AA10123456784")]
        tracking_number: Option<String> = optional_text("trackingNumber", 255),
        /// Left out, it is `fulfilled` when the shipments cover the invoice.
        status: Option<ShipmentExtent> = optional_word("status"),
    }
}

#[utoipa::path(
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
    call: Post<scope::PaymentsInvoice>,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Answer {
    let (payment, body, _) = open(&service, call, &path.0).await?;
    let invoice = transaction_id(&path.1)?;
    let input = body.read(&payment, |it| new_shipment(it, "/trackingNumber"))?;
    let shipping = Shipping { invoice, input };
    answer::transaction(&service, payment.operate(shipping).await?).await
}

/// Reads a shipment. `pointer` is the place of its tracking number in the whole body.
pub(super) fn new_shipment(
    reader: &ObjectReader<'_>,
    pointer: &'static str,
) -> shipment::NewShipment {
    let body = NewShipment::read(reader);
    if body.shipper.is_some() && body.carrier.is_some() && body.shipper != body.carrier {
        let message = "`carrier` and `shipper` are one; say the same, or leave one out.";
        reader.refuse("carrier", "given_twice", message);
    }
    let times = body.shipped_at.zip(body.delivered_at);
    if times.is_some_and(|(shipped, delivered)| delivered < shipped) {
        let message = "`deliveredAt` must not be before `shippedAt`.";
        reader.refuse("deliveredAt", "reversed_range", message);
    }
    shipment::NewShipment {
        amount: body.amount,
        items: body.items,
        shipped_at: body.shipped_at,
        delivered_at: body.delivered_at,
        shipper: body.shipper.or(body.carrier),
        key: reader.given(body.tracking_number.as_deref(), pointer),
        tracking_number: body.tracking_number,
        tracking_url: body.tracking_url,
        notes: body.notes,
        partial: body.status.map(|it| it == ShipmentExtent::Partial),
    }
}
