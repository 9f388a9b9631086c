//! `PATCH /v1/payments/{id}/shipments/{txn}`, and the same at the invoice: `…/invoices/{txn}/shipments/{shipment}`.

use actix_web::{
    HttpResponse, patch,
    web::{Data, Path},
};

use super::{
    answer,
    invoice_shapes::ShipmentShape,
    operation_bodies::ShipmentChanges,
    request::{read_url, transaction_id},
    shapes::WithPayment,
    visible,
};
use crate::{
    auth::scope,
    http::{
        body::{Fields, Findings},
        openapi::OnPayment,
        problem::Problem,
        request_body::MergePatch,
    },
    operation::Call,
    payments::{PaymentService, operations::shipment::Correction},
};

#[utoipa::path(
    tag = "Payments",
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
    call: Call<scope::Filtered<scope::PaymentsInvoice>, MergePatch, ()>,
    path: Path<(String, String, String)>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (id, invoice, shipment) = path.into_inner();
    correct(&service, call, [&id, &shipment], Some(&invoice)).await
}

#[utoipa::path(
    tag = "Payments",
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
    call: Call<scope::Filtered<scope::PaymentsInvoice>, MergePatch, ()>,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (id, shipment) = path.into_inner();
    correct(&service, call, [&id, &shipment], None).await
}

async fn correct(
    service: &PaymentService,
    call: Call<scope::Filtered<scope::PaymentsInvoice>, MergePatch, ()>,
    [id, shipment]: [&str; 2],
    invoice: Option<&str>,
) -> Result<HttpResponse, Problem> {
    let correction = read(&call.body)?;
    let id = visible(service, call.caller.websites(), id).await?;
    let invoice = invoice.map(transaction_id).transpose()?;
    let shipment = transaction_id(shipment)?;
    let ledger = service
        .correct_shipment(id, &call.actor, invoice, shipment, &correction)
        .await?;
    answer::shipment(service, &ledger, shipment).await
}

fn read(MergePatch(patch): &MergePatch) -> Result<Correction, Problem> {
    let findings = Findings::default();
    let fields = Fields::of(patch, &findings);
    let text = |name, most| {
        let read = || {
            fields
                .optional_text(name, most)
                .filter(|text| !text.trim().is_empty())
        };
        changed(&fields, name, read)
    };
    let correction = Correction {
        tracking_number: text("trackingNumber", 255),
        shipper: text("carrier", 255),
        tracking_url: changed(&fields, "trackingUrl", || read_url(&fields, "trackingUrl")),
        delivered_at: changed(&fields, "deliveredAt", || fields.instant("deliveredAt")),
        notes: text("notes", 3500),
    };
    fields.finish();
    findings.into_result(Some(correction))
}

/// `None` where the field is left out, `Some(None)` where it is null or empty.
fn changed<T>(
    fields: &Fields<'_>,
    name: &'static str,
    read: impl FnOnce() -> Option<T>,
) -> Option<Option<T>> {
    fields.raw(name).map(|_| read())
}
