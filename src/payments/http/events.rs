//! `GET /v1/payments/{id}/events`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::payment_id;
use crate::{
    auth::{Caller, scope},
    http::{
        openapi::{Guarded, OnOne},
        pagination::{self, Direction, Listed, Query},
        problem::Problem,
    },
    ids::{PaymentEventId, TransactionId},
    payments::{
        PaymentService,
        error::PaymentError,
        event::{PaymentEvent, Source},
        store::{self, ByMoment},
    },
};

/// One entry in the history of a payment.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentEvent)]
struct Shown {
    #[schema(value_type = String, example = "happening_01h455vb4pex5vsknk084sn02q")]
    id: PaymentEventId,
    at: DateTime<Utc>,
    source: Source,
    /// What it was about.
    #[schema(example = "invoice.succeeded")]
    kind: String,
    #[schema(value_type = Option<String>)]
    transaction_id: Option<TransactionId>,
    /// False for what came late or again.
    changed: bool,
    #[schema(example = "Apruve has the invoice.")]
    message: String,
    /// The payment's version then.
    version: i64,
}

impl From<PaymentEvent> for Shown {
    fn from(it: PaymentEvent) -> Self {
        Shown {
            id: it.id,
            at: it.at,
            source: it.source,
            kind: it.kind,
            transaction_id: it.transaction_id,
            changed: it.changed,
            message: it.message,
            version: it.version,
        }
    }
}

#[utoipa::path(
    tag = "Payments",
    summary = "List the events of a payment",
    description = "Oldest first unless `sort` says otherwise. Includes late and repeated events that changed nothing.",
    params(
        ("id" = String, Path, description = "The payment's id.", example = "payment_01h455vb4pex5vsknk084sn02q"),
        ("limit" = Option<u8>, Query, description = "1 to 200; 50 when left out.", minimum = 1, maximum = 200),
        ("sort" = Option<String>, Query, description = "`at` or `-at`.", example = "-at"),
        ("cursor" = Option<String>, Query, min_length = 1, description = "The `nextCursor` of the previous page."),
        ("count" = Option<bool>, Query, description = "Whether to return `total`."),
    ),
    responses(
        Guarded,
        OnOne,
        (status = 200, description = "A page.", body = Listed<Shown>,
            headers(("Link" = String, description = "The next page, where there is one."))),
    ),
    security(("bearer" = ["payments:read"])),
)]
#[get("/v1/payments/{id}/events")]
pub(super) async fn list_payment_events(
    _caller: Caller<scope::PaymentsRead>,
    request: HttpRequest,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let page = query.page(&[(ByMoment::At, Direction::Ascending)]);
    query.finish()?;
    let id = payment_id(&id)?;
    let wanted = page.clone();
    let found = service.store().snapshot(move |conn| {
        store::load(conn, id)?.ok_or(PaymentError::NotFound)?;
        let rows = store::list_happenings(conn, id, &wanted)?;
        let total = wanted
            .count
            .then(|| store::count_happenings(conn, id))
            .transpose()?;
        Ok::<_, PaymentError>((rows, total))
    });
    let (rows, total) = found.await?;
    Ok(pagination::respond(
        &request,
        &page,
        rows,
        total,
        Shown::from,
    ))
}
