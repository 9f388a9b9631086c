//! `POST /v1/payments/{id}/invoices`.

use actix_web::{
    HttpResponse, post,
    web::{Bytes, Data, Path},
};

use super::{
    address,
    answer::{self, InvoiceAnswer},
    bodies::reference,
    operation_bodies::NewInvoice,
    request::{Body, EXACT, parts},
    shipment, visible,
};
use crate::{
    auth::scope,
    http::{
        openapi::{OnPayment, RequiredKey},
        problem::{FieldError, Problem},
        request_body::CartText,
    },
    idempotency::Key,
    money::Currency,
    operation::Write,
    payments::{
        PaymentService, Reference,
        invoicing::NewInvoiceWithShipment,
        ledger::Ledger,
        operations,
        order::{InvoiceRequest, Prices},
    },
};

#[utoipa::path(
    tag = "Payments",
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
    call: Write<scope::Filtered<scope::PaymentsInvoice>, CartText, Key>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (context, CartText(bytes)) = parts(call);
    let id = visible(&service, &context.websites, &id).await?;
    let input = read(&bytes, &service.ledger(id).await?)?;
    answer::invoiced(&service, &service.invoice(id, &context, &input).await?).await
}

fn read(bytes: &Bytes, ledger: &Ledger) -> Result<NewInvoiceWithShipment, Problem> {
    let currency = ledger.payment.currency;
    let body = Body::read(bytes)?;
    let fields = body.fields(&EXACT);
    let (number, due_at, issue) = (
        reference(&fields, "merchantInvoiceId", false),
        fields.instant("dueAt"),
        fields.flag("issue", true),
    );
    let notes = fields.optional_text("notes", 3500);
    let terms_of_delivery = fields.optional_text("termsOfDelivery", 255);
    let bill_to = address::read(&fields, "billTo");
    let ship_to = address::read(&fields, "shipTo");
    fields.finish();
    let items = body.items();
    if !items.is_empty() && body.member("lineItems").is_some() {
        let message =
            "Give `items`, parts of the order's lines, or `lineItems` of your own, not both.";
        body.findings
            .push(FieldError::at("/items", "given_twice", message));
    }
    let request = InvoiceRequest::read(body.text(), currency, prices(ledger));
    let shipment = body.member("shipment").map(|text| {
        read_shipment(text, currency).unwrap_or_else(|errors| {
            let below = errors.into_iter().map(|error| error.prefixed("/shipment"));
            body.findings.extend(below);
            operations::shipment::NewShipment::default()
        })
    });
    let key = body.given(number.as_ref().map(Reference::as_str), "/merchantInvoiceId");
    match request {
        Ok(mut request) => {
            request.items = items;
            body.finish(NewInvoiceWithShipment {
                invoice: operations::invoice::NewInvoice {
                    request,
                    key,
                    number,
                    due_at,
                    issue,
                    notes,
                    terms_of_delivery,
                    bill_to,
                    ship_to,
                },
                shipment,
            })
        }
        Err(errors) => {
            body.findings.extend(errors);
            body.refuse()
        }
    }
}

fn read_shipment(
    text: &str,
    currency: Currency,
) -> Result<operations::shipment::NewShipment, Vec<FieldError>> {
    let refused = |problem: Problem| problem.errors().to_vec();
    let body = Body::of(text).map_err(refused)?;
    let fields = body.fields(&shipment::EXACT);
    let mut input = shipment::read(&fields);
    fields.finish();
    input.amount = body.amount(currency);
    input.items = body.items();
    input.key = body.given(input.tracking_number.as_deref(), "/shipment/trackingNumber");
    body.finish(input).map_err(refused)
}

/// As the cart's prices were.
fn prices(ledger: &Ledger) -> Prices {
    match ledger.purchase() {
        Some(purchase) if purchase.details.prices_include_tax => Prices::WithTax,
        _ => Prices::WithoutTax,
    }
}
