//! `PATCH /v1/payments/{id}/shipments/{txn}`, and the same at the invoice: `…/invoices/{txn}/shipments/{shipment}`.

use actix_web::{
    HttpRequest, HttpResponse, patch,
    web::{Bytes, Data, Path},
};

use super::{
    answer,
    operation_bodies::ShipmentChanges,
    payment_id,
    request::{read_url, transaction_id},
    shapes::{ShipmentShape, WithPayment},
};
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    http::{
        body::{self, Fields, Findings},
        merge_patch::expect_media_type,
        openapi::{Guarded, OnPayment},
        pagination::Query,
        problem::Problem,
    },
    payments::{PaymentService, operations::shipment::Correction},
};

#[utoipa::path(
    tag = "Payments",
    summary = "Correct a shipment of an invoice",
    description = "A JSON Merge Patch: absent fields keep their values, null removes a value. The shipment is changed at Apruve too. A patch without changes has no effect.",
    params(
        ("id" = String, Path, description = "The payment's id.", example = "payment_01h455vb4pex5vsknk084sn02q"),
        ("txn" = String, Path, description = "The invoice's id.", example = "txn_01h455vb4pex5vsknk084sn02q"),
        ("shipment" = String, Path, description = "The shipment's id.", example = "txn_01h455vb4pex5vsknk084sn03q"),
    ),
    request_body(
        content(
            (ShipmentChanges = "application/merge-patch+json", example = json!({ "trackingNumber": "1Z999AA10123456784" })),
            (ShipmentChanges = "application/json", example = json!({ "trackingNumber": "1Z999AA10123456784" })),
        ),
    ),
    responses(
        Guarded,
        OnPayment,
        (status = 200, description = "The shipment after the change.", body = WithPayment<ShipmentShape>),
    ),
    security(("bearer" = ["payments:settle"])),
)]
#[patch("/v1/payments/{id}/invoices/{txn}/shipments/{shipment}")]
pub(super) async fn update_shipment(
    caller: Caller<scope::PaymentsSettle>,
    request: HttpRequest,
    path: Path<(String, String, String)>,
    bytes: Bytes,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let correction = read(&request, &bytes)?;
    let (id, invoice, shipment) = path.into_inner();
    let actor = Actor::of(&request, caller.subject(), service.clock().now());
    correct(
        &service,
        &actor,
        [&id, &shipment],
        Some(&invoice),
        &correction,
    )
    .await
}

#[utoipa::path(
    tag = "Payments",
    summary = "Correct a shipment of a payment",
    description = "The same as the path of the invoice, for callers that do not know the invoice.",
    params(
        ("id" = String, Path, description = "The payment's id.", example = "payment_01h455vb4pex5vsknk084sn02q"),
        ("txn" = String, Path, description = "The shipment's id.", example = "txn_01h455vb4pex5vsknk084sn03q"),
    ),
    request_body(
        content(
            (ShipmentChanges = "application/merge-patch+json", example = json!({ "trackingNumber": "1Z999AA10123456784" })),
            (ShipmentChanges = "application/json", example = json!({ "trackingNumber": "1Z999AA10123456784" })),
        ),
    ),
    responses(
        Guarded,
        OnPayment,
        (status = 200, description = "The shipment after the change.", body = WithPayment<ShipmentShape>),
    ),
    security(("bearer" = ["payments:settle"])),
)]
#[patch("/v1/payments/{id}/shipments/{txn}")]
pub(super) async fn update_payment_shipment(
    caller: Caller<scope::PaymentsSettle>,
    request: HttpRequest,
    path: Path<(String, String)>,
    bytes: Bytes,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let correction = read(&request, &bytes)?;
    let (id, shipment) = path.into_inner();
    let actor = Actor::of(&request, caller.subject(), service.clock().now());
    correct(&service, &actor, [&id, &shipment], None, &correction).await
}

async fn correct(
    service: &PaymentService,
    actor: &Actor,
    [id, shipment]: [&str; 2],
    invoice: Option<&str>,
    correction: &Correction,
) -> Result<HttpResponse, Problem> {
    let id = payment_id(id)?;
    let invoice = invoice.map(transaction_id).transpose()?;
    let shipment = transaction_id(shipment)?;
    let ledger = service
        .correct_shipment(id, actor, invoice, shipment, correction)
        .await?;
    answer::shipment(service, &ledger, shipment).await
}

fn read(request: &HttpRequest, bytes: &Bytes) -> Result<Correction, Problem> {
    Query::of(request)?.finish()?;
    expect_media_type(
        request,
        &["application/merge-patch+json", "application/json"],
    )?;
    let map = body::parse_object(bytes)?;
    let findings = Findings::default();
    let fields = Fields::of(&map, &findings);
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
