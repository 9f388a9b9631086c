//! Integrations over HTTP, a file per verb.

pub mod bodies;
mod change;
mod check;
mod corporate_accounts;
mod create;
mod delete;
mod list;
mod read;
pub mod shapes;
mod switch;
mod types;
mod webhook_endpoints;
mod webhook_url;

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, http::StatusCode};
use serde::Serialize;

use super::{connection::Trouble, later, manage::NotDone};
use crate::{
    idempotency::REPLAYED,
    ids::IntegrationId,
    mount::Mount,
    pagination::Query,
    payment_rules::usage::RuleUse,
    precondition,
    problem::{FieldError, Kind, Problem},
};

/// Mounts every operation of this feature.
pub fn routes(config: &mut impl Mount) {
    config
        .mount(types::list_integration_types)
        .mount(list::list_integrations)
        .mount(create::create_integration)
        // Before the addresses with an id, which would take its last segment for one.
        .mount(check::check_connection)
        .mount(read::get_integration)
        .mount(read::list_integration_rules)
        .mount(change::replace_integration)
        .mount(change::update_integration)
        .mount(delete::delete_integration)
        .mount(switch::activate_integration)
        .mount(switch::deactivate_integration)
        .mount(check::check_integration)
        .mount(corporate_accounts::list_corporate_accounts)
        .mount(webhook_endpoints::list_webhook_endpoints)
        .mount(webhook_endpoints::register_webhook_endpoint)
        .mount(webhook_url::rotate_webhook_token)
        .mount(webhook_url::reveal_webhook_url);
}

/// The id in a path; one that cannot be read names nothing.
fn integration_id(text: &str) -> Result<IntegrationId, Problem> {
    text.parse().map_err(|_| NotDone::NotFound.into())
}

/// Refuses query parameters where there are none to take.
fn without_parameters(request: &HttpRequest) -> Result<(), Problem> {
    Query::of(request)?.finish()
}

/// An answer with one resource of this version.
fn with_etag(status: StatusCode, version: i64) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header(precondition::etag(version));
    response
}

/// The answer to an operation that an earlier request may have done already.
fn answer_once(
    mut response: HttpResponseBuilder,
    replayed: bool,
    body: impl Serialize,
) -> HttpResponse {
    if replayed {
        response.insert_header((REPLAYED.clone(), "true"));
    }
    response.json(body)
}

impl From<NotDone> for Problem {
    fn from(not_done: NotDone) -> Self {
        match not_done {
            NotDone::NotFound => Problem::new(Kind::NotFound, "There is no such integration."),
            NotDone::NameTaken => Problem::new(
                Kind::NameTaken,
                "Another integration has this name; names are unique.",
            ),
            NotDone::Refused(problem) => problem,
            NotDone::InUse {
                rules,
                open_payments,
            } => in_use(&rules, open_payments),
            NotDone::Bound(fields) => bound(&fields),
            NotDone::NoWebhook => Problem::new(
                Kind::Conflict,
                "Only Apruve integrations have a webhook URL; offline methods post nothing.",
            ),
            NotDone::Offline => Problem::new(
                Kind::Conflict,
                "An offline method has no account with a payment provider.",
            ),
            NotDone::Unusable(trouble) => trouble.into(),
            NotDone::ProviderRefused(refusal) => {
                Problem::new(Kind::ProviderRefused, format!("{refusal}."))
            }
            NotDone::Contended => Problem::new(
                Kind::Conflict,
                "Others keep changing this integration; read it again and repeat the change.",
            ),
            NotDone::KeyReused(reused) => reused.into(),
            NotDone::CannotOpen(cause) => Problem::internal(cause),
            NotDone::CannotSeal(cause) => Problem::internal(cause),
            NotDone::Store(error) => error.into(),
        }
    }
}

fn in_use(rules: &[RuleUse], open_payments: i64) -> Problem {
    let mut sentences = Vec::new();
    if open_payments > 0 {
        sentences.push(format!(
            "Payments with it that are not at rest: {open_payments}. Switch it off, and delete it when there are none."
        ));
    }
    if !rules.is_empty() {
        sentences.push(format!(
            "{} payment rules offer its method. Take it out of them, or repeat the request with detach=true.",
            rules.len()
        ));
    }
    Problem::new(Kind::InUse, sentences.join(" "))
        .with("rules", shapes::rule_refs(rules))
        .with("openPayments", open_payments)
}

fn bound(fields: &[&str]) -> Problem {
    let errors = fields.iter().map(|name| {
        let message = format!(
            "`{name}` stays as it is, because payments were made with this account. Make another integration for another account."
        );
        FieldError::at(format!("/settings/{name}"), "has_payments", message)
    });
    let detail = "Payments were made with this account, so the integration keeps it.";
    Problem::new(Kind::WrongState, detail).with_errors(errors.collect())
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::BadKey(sentence) => Problem::new(Kind::KeyRefused, sentence),
            Trouble::NoMerchant(sentence) => Problem::new(Kind::ProviderRefused, sentence),
            Trouble::Later(later) => later::problem(&later),
            Trouble::Unreachable(sentence) => Problem::new(Kind::GatewayUnreachable, sentence),
        }
    }
}
