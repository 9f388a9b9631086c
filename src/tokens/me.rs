//! `GET /v1/me`.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{auth::scope, http::problem::Problem, operation::Read};

/// The caller and the rights of the token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Me)]
struct Me {
    /// The name of the caller in the audit log. For callers of further issuers, it begins with the issuer and a `#`.
    #[schema(example = "storefront")]
    subject: String,
    /// The scopes of the token that this service knows, including those that `payments:settle` implies.
    #[schema(example = json!(["checkout", "payments:read"]))]
    scopes: Vec<&'static str>,
    /// The websites that the token is bound to; null if the token is not bound.
    #[schema(example = json!(["us-store"]))]
    websites: Option<Vec<String>>,
    /// When the token expires.
    expires_at: Option<DateTime<Utc>>,
}

#[utoipa::path(
    operation_id = "get_me",
    summary = "Show what the token is good for",
    description = "Returns the caller and the rights of the token. Any valid token may call this operation.",
    responses((status = 200, description = "The caller.", body = Me)),
    security(("bearer" = [])),
)]
#[get("/v1/me")]
pub(super) async fn get_me(
    read: Read<scope::GlobalRead<scope::AnyToken>>,
) -> Result<HttpResponse, Problem> {
    let token = read.caller.token();
    Ok(HttpResponse::Ok().json(Me {
        subject: token.subject().to_owned(),
        scopes: token.scopes().all().map(|it| it.as_str()).collect(),
        websites: token.websites().names().map(<[String]>::to_vec),
        expires_at: DateTime::from_timestamp(token.expires_seconds(), 0),
    }))
}
