//! `GET /v1/payment-rules/{id}`

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::super::{Rule, refusal::Refusal, store};
use crate::{
    auth::{Caller, scope},
    http::{
        openapi::{Guarded, OnOne},
        pagination::Query,
        precondition,
        problem::Problem,
    },
    store::Store,
};

/// Read a payment rule
///
/// Its ETag is what a change to it sends as `If-Match`.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:read"])),
    params(
        ("id" = String, Path, description = "The rule.", example = "rule_01h455vb4pex5vsknk084sn02q"),
        ("If-None-Match" = Option<String>, Header, description = "An ETag that was read before."),
    ),
    responses(
        (status = 200, description = "The rule.", body = Rule, headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The rule is still the one with this ETag."),
        Guarded, OnOne,
    ),
)]
#[get("/v1/payment-rules/{id}")]
pub async fn get_payment_rule(
    _caller: Caller<scope::RulesRead>,
    request: HttpRequest,
    id: web::Path<String>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    Query::of(&request)?.finish()?;
    let id = super::id(&id)?;
    let rule = store
        .snapshot(move |conn| store::find(conn, id)?.ok_or(Refusal::NoSuchRule(id)))
        .await?;
    if precondition::unchanged(&request, rule.version) {
        let mut response = HttpResponse::NotModified();
        return Ok(response
            .insert_header(precondition::etag(rule.version))
            .finish());
    }
    Ok(super::with_rule(HttpResponse::Ok(), &rule))
}
