//! `POST /v1/payments/{id}/invoices`.

use chrono::{DateTime, Utc};

use super::{
    address::InvoiceAddress,
    answer::InvoiceAnswer,
    exact_schemas::lines,
    items::LinePart,
    posted_body::PostedLines,
    prelude::*,
    shipment::{NewShipment, new_shipment},
};
use crate::{
    payments::{
        Reference,
        operations::{invoice, shipment},
        order::ItemQuantity,
    },
    providers::AddressDraft,
};

declare_body! {
    by ObjectReader<'_>;

    /// What to ask for. Without items, lines and an amount, it is all that is left.
    #[serde(deny_unknown_fields)]
    NewInvoice {
        /// Total of the invoice. Without items and lines: everything that is left of the payment when it is left out.
        #[schema(value_type = Option<Amount>)]
        amount: Option<()> = together(),
        /// Tax in the total.
        #[schema(value_type = Option<Amount>)]
        tax_amount: Option<()> = together(),
        /// Cost of shipping in the total.
        #[schema(value_type = Option<Amount>)]
        shipping_amount: Option<()> = together(),
        /// Cost of handling in the total.
        #[schema(value_type = Option<Amount>)]
        handling_amount: Option<()> = together(),
        /// Cost of insurance in the total.
        #[schema(value_type = Option<Amount>)]
        insurance_amount: Option<()> = together(),
        /// Other surcharges in the total.
        #[schema(value_type = Option<Amount>)]
        surcharge_amount: Option<()> = together(),
        /// Taken off the lines; not negative.
        #[schema(value_type = Option<Amount>)]
        discount_amount: Option<()> = together(),
        /// Parts of the payment's `lines`.
        #[schema(value_type = Option<Vec<LinePart>>, min_items = 1)]
        items: Vec<ItemQuantity> = items(),
        #[schema(schema_with = lines)]
        line_items: Option<()> = together(),
        /// The shop's number for it, unique within its integration; ours when it is left out. The same number with the same
        /// fields is the same invoice, whatever the `Idempotency-Key`.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 255, example = "INV-1001-1")]
        merchant_invoice_id: Option<Reference> = reference("merchantInvoiceId"),
        /// Not in the past; Apruve's terms when it is left out.
        due_at: Option<DateTime<Utc>> = instant("dueAt"),
        /// Whether the buyer owes it at once, or only after `issue`.
        #[schema(value_type = Option<bool>, default = true)]
        issue: bool = flag("issue", true),
        /// A text for the buyer on the invoice.
        #[schema(max_length = 3500)]
        notes: Option<String> = optional_text("notes", 3500),
        /// Sent to Apruve, and not kept here.
        #[schema(value_type = Option<InvoiceAddress>)]
        bill_to: Option<AddressDraft> = address("billTo"),
        /// Sent to Apruve, and not kept here.
        #[schema(value_type = Option<InvoiceAddress>)]
        ship_to: Option<AddressDraft> = address("shipTo"),
        /// The terms of delivery to print on the invoice.
        #[schema(max_length = 255, example = "DAP Springfield")]
        terms_of_delivery: Option<String> = optional_text("termsOfDelivery", 255),
        /// Told to Apruve once the invoice is made, as a transaction of its own.
        #[schema(value_type = Option<NewShipment>)]
        shipment: Option<shipment::NewShipment> =
            nested("shipment", |it| new_shipment(it, "/shipment/trackingNumber")),
    }
}

#[utoipa::path(
    summary = "Invoice a payment, or a part of it",
    description = "Without a body, everything that remains is invoiced: the lines of the order with their tax, shipping and discount. `items` are parts of those lines, with the other amounts in proportion to the goods unless they are given; `amount` alone is one line. Amounts are cumulative, so that the parts add up to the whole exactly. `billTo` and `shipTo` go to Apruve and are not kept here. The invoice is issued at once unless `issue` is false. With `shipment` that is told to Apruve once the invoice is made; a shipment that fails leaves the invoice as it is. While it is not known whether Apruve has the invoice, nothing is shipped: send the same request again, or post the shipment.",
    params(RequiredKey),
    request_body(content = Option<NewInvoice>, content_type = "application/json",
        example = json!({ "items": [{ "line": 0, "quantity": 4 }], "merchantInvoiceId": "INV-1001-1" })),
    responses(
        OnPayment,
        (status = 201, description = "Apruve has the invoice.", body = InvoiceAnswer, headers(("Location" = String, description = "The payment's address."))),
        (status = 200, description = "Another request has created it, with the same `merchantInvoiceId` and the same fields.", body = InvoiceAnswer, headers(("Location" = String, description = "The payment's address."))),
        (status = 202, description = "Whether Apruve has it is not known yet; the service checks it with Apruve.", body = InvoiceAnswer, headers(("Location" = String, description = "The payment's address."))),
    ),
    security(("bearer" = ["payments:invoice"])),
)]
#[post("/v1/payments/{id}/invoices")]
pub(super) async fn create_invoice(
    call: Post<scope::PaymentsInvoice, PostedLines>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Answer {
    let (payment, PostedLines(body), _) = open(&service, call, &id).await?;
    let (invoice, shipment) = body.read(&payment, new_invoice)?;
    answer::invoiced(&service, payment.invoice(invoice, shipment).await?).await
}

fn new_invoice(reader: &ObjectReader<'_>) -> (invoice::NewInvoice, Option<shipment::NewShipment>) {
    let body = NewInvoice::read(reader);
    if !body.items.is_empty() && reader.has_exact("lineItems") {
        let message =
            "Give `items`, parts of the order's lines, or `lineItems` of your own, not both.";
        reader.refuse("items", "given_twice", message);
    }
    let number = body.merchant_invoice_id;
    let invoice = invoice::NewInvoice {
        request: reader.invoice_amounts(body.items),
        key: reader.given(number.as_ref().map(Reference::as_str), "/merchantInvoiceId"),
        number,
        due_at: body.due_at,
        issue: body.issue,
        notes: body.notes,
        terms_of_delivery: body.terms_of_delivery,
        bill_to: body.bill_to,
        ship_to: body.ship_to,
    };
    (invoice, body.shipment)
}
