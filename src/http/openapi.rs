//! The parts of the OpenAPI document beside the operations: its frame, shared parameters, and error responses.
//!
//! [`apply_conventions`] adds what follows from an operation's security, parameters and body. Further errors are named
//! in `responses(…)` as a type of this file. Their rows come from the table of problems, so a description cannot name a
//! type or a status that does not exist.

mod alternatives;
mod areas;
mod conventions;
mod lists;
mod parameters;
mod patches;
mod problem_types;
mod problems;
mod schema_parts;
mod schemas;

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::{
        RefOr, Response,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::http::problem::{FieldError, Kind, ProblemBody};

pub use alternatives::{TypedResource, TypedShape};
pub use conventions::apply as apply_conventions;
pub use parameters::{
    IfNoneMatch, OptionalIfMatch, OptionalKey, PageParameters, RequiredIfMatch, RequiredKey,
};
pub use schemas::tidy;

/// The document before any operation is added.
pub fn frame() -> utoipa::openapi::OpenApi {
    DocumentFrame::openapi()
}

/// The document as text, as `openapi/openapi.json` keeps it.
pub fn print(document: &serde_json::Value) -> String {
    format!("{document:#}\n")
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "OnTerms",
        description = "Payment rules, checkout eligibility and Apruve payments for B2B shops. Every error is an RFC 9457 problem; `GET /problems` lists their types. HEAD works wherever GET does.",
        contact(name = "OnTerms")
    ),
    servers((url = "/", description = "The service that answers with this document.")),
    components(schemas(FieldError, ProblemBody)),
    modifiers(&BearerToken),
    tags(
        (name = "Checkout", description = "Which methods a cart may use, and why not the others."),
        (name = "Payments", description = "The life of a payment, from the cart to the money."),
        (name = "Receivables", description = "Who owes what: invoices and offline sales, and reports for the shop's books."),
        (name = "Payment rules", description = "When a method is offered."),
        (name = "Revisions", description = "Every state of what checkout sees: rules, integrations, labels and settings."),
        (name = "Integrations", description = "Accounts with payment providers, and offline methods."),
        (name = "Webhooks", description = "The events that Apruve sends, and their results."),
        (name = "Expressions", description = "The language of rules: check, try, and complete it."),
        (name = "Findings", description = "Differences between a payment and its provider that need a person."),
        (name = "Events", description = "What happened, for those who follow it: a feed that is read with a cursor. Each event is a CloudEvent."),
        (name = "Notifications", description = "Events posted to endpoints of yours, signed as Standard Webhooks describes (https://www.standardwebhooks.com)."),
        (name = "Reconciliation", description = "What Apruve has, compared with what we have."),
        (name = "Settings", description = "What holds for the whole shop."),
        (name = "Tokens", description = "Revocation of tokens before they expire."),
        (name = "Audit", description = "Who changed what, and when."),
        (name = "Health", description = "For load balancers."),
        (name = "Service", description = "What this is, and where to read on."),
        (name = "Problems", description = "What a problem's type means."),
    )
)]
struct DocumentFrame;

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
                problems::describe(&[$(Kind::$kind,)*])
            }
        }
    )*};
}

refusals! {
    /// The errors of a webhook.
    Webhook: BadRequest BadSignature NotFound RequestTimeout TooLarge UnsupportedMediaType TooManyRequests Internal Unavailable;
    /// Further errors of a POST that creates a payment.
    OnCreation: ProviderRefused ApruveOrderNotFound NoCorporateAccount;
    /// The error of an operation that only some states of its resource allow.
    Conflicting: Conflict;
    /// The errors of an operation that calls a payment provider.
    FromProvider: Invalid ProviderRefused KeyRefused GatewayUnreachable Unavailable;
    /// The errors of a POST that acts on one payment.
    OnPayment: WrongState AnotherPaymentIsLive ExceedsRemaining UseRefund ReferenceTaken ReferenceCanceled Conflict StillRunning Invalid
        ProviderRefused KeyRefused GatewayUnreachable Unavailable;
    /// The error of a call with a cursor into a feed.
    Expiring: CursorExpired;
    /// The error of an operation that answers in several media types.
    Representing: NotAcceptable;
}
