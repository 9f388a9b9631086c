//! Liveness and readiness of the service.

use actix_web::{HttpResponse, get, http::StatusCode, web};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::{
    http::routing::Routes,
    integrations::health::{HealthBoard, HealthCounts},
    payment_rules::rulebook::RulebookCache,
    store::Store,
};

/// How the service is.
#[skip_serializing_none]
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Health {
    /// `ok`; `degraded` while the database is away and checkout answers from the last rules, or while nothing can be written;
    /// `unavailable` once the rules are too old.
    #[schema(example = "ok")]
    status: &'static str,
    /// Why it is not `ok`, where that is known.
    #[schema(example = "the database is read-only")]
    reason: Option<String>,
    /// The revision checkout answers from.
    revision: Option<i64>,
    /// How many accounts at payment providers are in each state, which does not change the status.
    providers: Option<HealthCounts>,
}

/// Mounts the two operations.
pub fn routes(config: &mut impl Routes) {
    config.routing(live).routing(ready);
}

/// Tell whether the process runs
///
/// Independent of the database: a restart does not help when the database is down.
#[utoipa::path(tag = "Health", operation_id = "get_liveness",
    responses((status = 200, description = "It runs.", body = Health)))]
#[get("/health/live")]
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health {
        status: "ok",
        ..Health::default()
    })
}

/// Tell whether to send requests here
///
/// Stays 200 with `degraded` while the database is away, or takes no writes, but checkout can still answer. Requests that
/// need to write are then answered with 503. Payment providers are counted and never change the answer's status.
#[utoipa::path(tag = "Health", operation_id = "get_readiness",
    responses(
        (status = 200, description = "Send requests.", body = Health),
        (status = 503, description = "Do not: the rules are too old to answer from.", body = Health),
    ))]
#[get("/health/ready")]
async fn ready(
    rulebooks: web::Data<RulebookCache>,
    store: web::Data<Store>,
    health: web::Data<HealthBoard>,
) -> HttpResponse {
    let outage = store.outage();
    let current = rulebooks.current();
    let (code, status) = match &current {
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Ok(_) if rulebooks.is_confirmed() && outage.is_none() => (StatusCode::OK, "ok"),
        Ok(_) => (StatusCode::OK, "degraded"),
    };
    HttpResponse::build(code).json(Health {
        status,
        reason: outage.map(|outage| outage.to_string()),
        revision: current.ok().map(|current| current.book().revision()),
        providers: Some(health.counts()),
    })
}
