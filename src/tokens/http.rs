//! `GET /v1/me` and `POST /v1/tokens/revoke`.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{
    RevocationWatch,
    revocation::{Revocation, Revoked},
    store,
};
use crate::{
    audit::{self, Actor, Change},
    clock::Clock,
    http::routing::Routes,
    operation::prelude::*,
    store::{StoreError, Tx},
};

/// Mounts the operations.
pub fn routes(config: &mut impl Routes) {
    config.routing(get_me).routing(revoke_tokens);
}

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
async fn get_me(read: Read<scope::GlobalRead<scope::AnyToken>>) -> Result<HttpResponse, Problem> {
    let token = read.caller.token();
    Ok(HttpResponse::Ok().json(Me {
        subject: token.subject().to_owned(),
        scopes: token.scopes().all().map(|it| it.as_str()).collect(),
        websites: token.websites().names().map(<[String]>::to_vec),
        expires_at: DateTime::from_timestamp(token.expires_seconds(), 0),
    }))
}

/// The tokens to revoke: one token by `jti` and `expiresAt`, or the tokens of a subject by `sub` and `issuedBefore`.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "jti": "01932f4e-6b4b-7c3a-9d55-0c7a3f6f1b2e", "expiresAt": "2026-03-02T00:00:00Z" }))]
#[expect(dead_code, reason = "describes what is read by hand")]
struct TokenRevocation {
    /// The `jti` of the token to revoke.
    #[schema(min_length = 1, max_length = 255)]
    jti: Option<String>,
    /// When that token expires by itself. The token is refused until then. Required with `jti`.
    expires_at: Option<DateTime<Utc>>,
    /// The `sub` of the tokens to revoke.
    #[schema(min_length = 1, max_length = 255)]
    sub: Option<String>,
    /// Only tokens of this issuer. If left out, tokens of any issuer.
    #[schema(max_length = 255)]
    issuer: Option<String>,
    /// Only tokens that were issued before this instant, which must not be in the future. Tokens without `iat` count as
    /// issued before. Required with `sub`.
    issued_before: Option<DateTime<Utc>>,
}

/// Revoke tokens
///
/// The replica that handles the request rejects the tokens at once, the other replicas within `rulebook.refresh`. A
/// revocation cannot be undone. New tokens of the same subject are accepted. `iat` has whole seconds. Therefore, if
/// `issuedBefore` has a fraction of a second, every token issued in that second is rejected; if it is a whole second,
/// the tokens issued in that second remain valid.
#[utoipa::path(
    operation_id = "revoke_tokens",
    security(("bearer" = ["tokens:revoke"])),
    request_body(content = TokenRevocation, content_type = "application/json"),
    responses((status = 204, description = "The tokens are revoked.")),
)]
#[post("/v1/tokens/revoke")]
async fn revoke_tokens(
    call: Call<scope::TokensRevoke, JsonObject, ()>,
    store: Data<Store>,
    watch: Data<RevocationWatch>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let revocation = Revocation::read(&call.body.0, now, watch.leeway)?;
    store
        .write(move |tx| revoke(tx, &call.actor, &revocation))
        .await?;
    watch.read().await?;
    Ok(HttpResponse::NoContent().finish())
}

fn revoke(tx: &mut Tx<'_>, actor: &Actor, revocation: &Revocation) -> Result<(), StoreError> {
    let id = store::insert(tx, revocation, actor.at)?;
    let after = match &revocation.revoked {
        Revoked::Token { jti } => json!({ "jti": jti }),
        Revoked::Subject {
            subject,
            issuer,
            issued_before,
        } => json!({ "sub": subject, "issuer": issuer, "issuedBefore": issued_before }),
    };
    let fields = audit::changed_fields(None, Some(&after));
    audit::record(tx, actor, &Change::of("revoke", "token", id, fields))
}
