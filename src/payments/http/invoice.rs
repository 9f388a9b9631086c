//! `POST /v1/payments/{id}/invoices`.

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Bytes, Data, Path},
};

use super::{
    answer::{self, InvoiceAnswer},
    bodies::reference,
    operation_bodies::NewInvoice,
    payment_id,
    request::{Body, EXACT, asked},
    shipment,
};
use crate::{
    auth::{Caller, scope},
    money::Currency,
    openapi::{Guarded, OnPayment},
    payments::{
        Desk, Reference,
        invoicing::Wish,
        ledger::Ledger,
        operations,
        order::{InvoiceRequest, Prices},
    },
    problem::{FieldError, Problem},
};

#[utoipa::path(
    tag = "Payments",
    summary = "Invoice a payment, or a part of it",
    description = "Without a body it is all that is left. The invoice is issued at once unless `issue` is false. With `shipment` that is told to Apruve once the invoice is made; a shipment that fails leaves the invoice as it is. While it is not known whether Apruve has the invoice, nothing is shipped: send the same request again, or post the shipment.",
    params(
        ("id" = String, Path, description = "The payment's id.", example = "payment_01h455vb4pex5vsknk084sn02q"),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 255, description = "The same request with the same key is one operation, for 24 hours."),
    ),
    request_body(content = Option<NewInvoice>, content_type = "application/json",
        example = json!({ "amount": "500.00", "merchantInvoiceId": "INV-1001-1" })),
    responses(
        Guarded,
        OnPayment,
        (status = 201, description = "Apruve has the invoice.", body = InvoiceAnswer,
            headers(("Location" = String, description = "The payment's address."), ("Idempotent-Replayed" = Option<String>, description = "`true` when an earlier request did it."))),
        (status = 200, description = "A request with another key did it: it had the same `merchantInvoiceId` and the same fields.", body = InvoiceAnswer,
            headers(("Location" = String, description = "The payment's address."), ("Idempotent-Replayed" = String, description = "`true`."))),
        (status = 202, description = "Whether Apruve has it is not known yet; it is being looked for.", body = InvoiceAnswer,
            headers(("Location" = String, description = "The payment's address."))),
    ),
    security(("bearer" = ["payments:settle"])),
)]
#[post("/v1/payments/{id}/invoices")]
pub(super) async fn create_invoice(
    caller: Caller<scope::PaymentsSettle>,
    request: HttpRequest,
    id: Path<String>,
    bytes: Bytes,
    desk: Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let asked = asked(&request, caller.subject(), &bytes, &desk)?;
    let id = payment_id(&id)?;
    let wish = read(&bytes, &desk.ledger(id).await?)?;
    answer::invoiced(&desk.invoice(id, &asked, &wish).await?)
}

fn read(bytes: &Bytes, ledger: &Ledger) -> Result<Wish, Problem> {
    let currency = ledger.payment.currency;
    let body = Body::read(bytes)?;
    let fields = body.fields(&EXACT);
    let (number, due_at, issue) = (
        reference(&fields, "merchantInvoiceId", false),
        fields.instant("dueAt"),
        fields.flag("issue", true),
    );
    fields.finish();
    let request = InvoiceRequest::read(body.text(), currency, prices(ledger));
    let shipment = body.member("shipment").map(|text| {
        read_shipment(text, currency).unwrap_or_else(|errors| {
            let below = errors.into_iter().map(|error| error.below("/shipment"));
            body.findings.extend(below);
            operations::shipment::Wish::default()
        })
    });
    let key = body.given(number.as_ref().map(Reference::as_str), "/merchantInvoiceId");
    match request {
        Ok(request) => body.finish(Wish {
            invoice: operations::invoice::Wish {
                request,
                key,
                number,
                due_at,
                issue,
            },
            shipment,
        }),
        Err(errors) => {
            body.findings.extend(errors);
            body.refuse()
        }
    }
}

fn read_shipment(
    text: &str,
    currency: Currency,
) -> Result<operations::shipment::Wish, Vec<FieldError>> {
    let refused = |problem: Problem| problem.errors().to_vec();
    let body = Body::of(text).map_err(refused)?;
    let fields = body.fields(&["amount"]);
    let mut wish = shipment::read(&fields);
    fields.finish();
    wish.amount = body.amount(currency);
    wish.key = body.given(wish.tracking_number.as_deref(), "/shipment/trackingNumber");
    body.finish(wish).map_err(refused)
}

/// As the cart's prices were.
fn prices(ledger: &Ledger) -> Prices {
    match ledger.purchase() {
        Some(purchase) if purchase.details.prices_include_tax => Prices::WithTax,
        _ => Prices::WithoutTax,
    }
}
