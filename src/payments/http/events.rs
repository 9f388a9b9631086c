//! `GET /v1/payments/{id}/events`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::visible;
use crate::{
    auth::{Caller, scope},
    http::{
        openapi::PageParameters,
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
    /// The entry's id.
    #[schema(value_type = String, example = "happening_01h455vb4pex5vsknk084sn02q")]
    id: PaymentEventId,
    /// When it was noted.
    at: DateTime<Utc>,
    /// The source of the event.
    source: Source,
    /// What it was about.
    #[schema(example = "invoice.succeeded")]
    kind: String,
    /// The transaction it is about, if it is about one.
    #[schema(value_type = Option<String>)]
    transaction_id: Option<TransactionId>,
    /// False for late or repeated events.
    changed: bool,
    /// What happened, as a sentence.
    #[schema(example = "The provider has the invoice.")]
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
    params(PageParameters, ("sort" = Option<String>, Query, description = "`at` or `-at`.", example = "-at")),
    responses((status = 200, description = "A page.", body = Listed<Shown>)),
    security(("bearer" = ["payments:read"])),
)]
#[get("/v1/payments/{id}/events")]
pub(super) async fn list_payment_events(
    caller: Caller<scope::Filtered<scope::PaymentsRead>>,
    request: HttpRequest,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let page = query.page(&[(ByMoment::At, Direction::Ascending)]);
    query.finish()?;
    let id = visible(&service, caller.websites(), &id).await?;
    let wanted = page.clone();
    let found = service.store().snapshot(move |conn| {
        store::load(conn, id)?.ok_or(PaymentError::NotFound)?;
        let rows = store::list_happenings(conn, id, &wanted)?;
        let total = wanted.total(|| store::count_happenings(conn, id))?;
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
