//! What the OpenAPI document says beside the operations: its frame, and the refusals that operations share.
//!
//! A group of refusals is a type, named in `responses(…)` beside what only that operation answers. The rows come from the
//! table of problems, so a description cannot name a type or a status that does not exist.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, Modify, OpenApi, ToSchema,
    openapi::{
        ContentBuilder, Header, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::http::problem::{FieldError, Kind, ProblemBody};

/// The document before any operation is added.
pub fn frame() -> utoipa::openapi::OpenApi {
    Frame::openapi()
}

/// The document as it is kept in `openapi/openapi.json`.
pub fn print(document: &utoipa::openapi::OpenApi) -> String {
    document.to_pretty_json().unwrap_or_default() + "\n"
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "OnTerms",
        description = "Payment rules, checkout eligibility and Apruve payments for B2B shops. Every error is an RFC 9457 problem; `GET /problems` lists their types. HEAD works wherever GET does."
    ),
    components(schemas(FieldError, ProblemBody)),
    modifiers(&BearerToken),
    tags(
        (name = "Checkout", description = "Which methods a cart may use, and why not the others."),
        (name = "Payments", description = "The life of a payment, from the cart to the money."),
        (name = "Payment rules", description = "When a method is offered."),
        (name = "Rule revisions", description = "Every state the set of rules was in."),
        (name = "Integrations", description = "Accounts with payment providers, and offline methods."),
        (name = "Webhooks", description = "The events that Apruve sends, and their results."),
        (name = "Expressions", description = "The language of rules: check, try, and complete it."),
        (name = "Findings", description = "Differences between a payment and its provider that need a person."),
        (name = "Events", description = "What happened, for those who follow it: a feed that is read with a cursor. Each event is a CloudEvent."),
        (name = "Reconciliation", description = "What Apruve has, compared with what we have."),
        (name = "Settings", description = "What holds for the whole shop."),
        (name = "Tokens", description = "Revocation of tokens before they expire."),
        (name = "Audit", description = "Who changed what, and when."),
        (name = "Health", description = "For load balancers."),
        (name = "Service", description = "What this is, and where to read on."),
        (name = "Problems", description = "What a problem's type means."),
    )
)]
struct Frame;

struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some(
                "A JWT whose space-separated `scope` has the scope of the operation.",
            ))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

macro_rules! refusals {
    ($($(#[doc = $doc:literal])* $name:ident: $($kind:ident)*;)*) => {$(
        $(#[doc = $doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                describe(&[$(Kind::$kind,)*])
            }
        }
    )*};
}

refusals! {
    /// What any call behind a token may meet.
    Guarded: BadRequest Unauthorized MissingScope UnsupportedMediaType Invalid TooManyRequests Internal Unavailable;
    /// What a webhook may meet.
    Webhook: BadRequest BadSignature RequestTimeout TooLarge UnsupportedMediaType TooManyRequests Internal Unavailable;
    /// What a call may meet that names a resource in its path.
    OnOne: NotFound;
    /// What a call with a JSON body may meet.
    WithBody: MalformedJson BadRequest RequestTimeout TooLarge UnsupportedMediaType Invalid;
    /// What a POST with an `Idempotency-Key` may meet.
    Once: MalformedJson BadRequest RequestTimeout TooLarge UnsupportedMediaType Invalid KeyReused;
    /// What a POST may meet that is not done without an `Idempotency-Key`.
    KeyRequired: MalformedJson BadRequest RequestTimeout IdempotencyKeyRequired TooLarge UnsupportedMediaType Invalid KeyReused
        ProviderRefused ApruveOrderNotFound NoCorporateAccount;
    /// What a POST without a body may meet for its `Idempotency-Key`.
    Keyed: BadRequest Invalid KeyReused;
    /// What a call may meet that only some states allow.
    Conflicting: Conflict;
    /// What a call may meet that asks a payment provider.
    FromProvider: Invalid ProviderRefused KeyRefused GatewayUnreachable Unavailable;
    /// What a POST may meet that does something to one payment.
    OnPayment: MalformedJson BadRequest RequestTimeout IdempotencyKeyRequired NotFound WrongState ExceedsRemaining UseRefund ReferenceTaken ReferenceCanceled Conflict
        StillRunning TooLarge UnsupportedMediaType Invalid KeyReused ProviderRefused KeyRefused GatewayUnreachable
        Unavailable;
    /// What a call with a cursor into a feed may meet.
    Expiring: CursorExpired;
    /// What a change to one version of a resource may meet.
    Conditional: Stale PreconditionRequired;
    /// What a change may meet that takes `If-Match` and does not ask for it.
    StaleOnly: Stale;
}

fn retry_after() -> Header {
    HeaderBuilder::new()
        .description(Some(
            "When to send the request again: seconds, or a date. Absent with `key-refused`.",
        ))
        .build()
}

/// One response a status: its problem types by title, and the document they share.
pub fn describe(kinds: &[Kind]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<String, Vec<Kind>> = BTreeMap::new();
    for kind in kinds {
        let status = kind.status().as_str().to_owned();
        by_status.entry(status).or_default().push(*kind);
    }
    by_status
        .into_iter()
        .map(|(status, kinds)| (status, RefOr::T(response(&kinds))))
        .collect()
}

fn response(kinds: &[Kind]) -> Response {
    let sentences: Vec<String> = kinds
        .iter()
        .map(|kind| format!("`/problems/{}`: {}.", kind.slug(), kind.title()))
        .collect();
    let schema = Ref::from_schema_name(ProblemBody::name());
    let mut content = ContentBuilder::new().schema(Some(schema));
    if let [kind, ..] = kinds {
        content = content.example(Some(serde_json::json!({
            "type": format!("/problems/{}", kind.slug()),
            "title": kind.title(),
            "status": kind.status().as_u16(),
            "detail": kind.title(),
        })));
    }
    let mut response = ResponseBuilder::new()
        .description(sentences.join(" "))
        .content("application/problem+json", content.build());
    if kinds.iter().any(|kind| kind.is_passing()) {
        response = response.header("Retry-After", retry_after());
    }
    response.build()
}
