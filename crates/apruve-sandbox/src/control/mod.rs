//! `/control`: what a test or a demo does to the stand-in from outside: moves Apruve makes by itself, faults, time, a look
//! inside. Nothing here exists at Apruve. Bodies are camelCase, like the rest of this project.

mod moves;
mod state;
mod webhooks;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    error::{InternalError, JsonPayloadError},
    http::StatusCode,
    web,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    faults::{CallFault, WebhookFault},
    refusal::Refusal,
    shared::Shared,
    world::behaviour::Behaviour,
};

/// Everything below `/control`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(
            web::JsonConfig::default()
                .content_type_required(false)
                .content_type(|_| true)
                .error_handler(unreadable),
        )
        .route("/state", web::get().to(state::show))
        .route("/calls", web::get().to(state::list_calls))
        .route("/calls", web::delete().to(state::forget_calls))
        .route("/clock", web::get().to(show_clock))
        .route("/clock/advance", web::post().to(advance_clock))
        .route("/behaviour", web::get().to(show_behaviour))
        .route("/behaviour", web::put().to(set_behaviour))
        .route("/overrides/{id}", web::put().to(set_override))
        .route("/overrides/{id}", web::delete().to(remove_override))
        .route("/faults", web::get().to(show_faults))
        .route("/faults", web::delete().to(remove_faults))
        .route("/faults/calls", web::post().to(add_call_fault))
        .route("/faults/webhooks", web::post().to(add_webhook_fault))
        .route("/webhooks", web::get().to(webhooks::list))
        .route("/webhooks", web::post().to(webhooks::emit))
        .route("/webhooks/flush", web::post().to(webhooks::flush))
        .route(
            "/webhooks/{uuid}/send",
            web::post().to(webhooks::send_again),
        )
        .route("/merchants", web::post().to(moves::add_merchant))
        .route("/merchants/{id}/key", web::put().to(moves::change_key))
        .route(
            "/merchants/{id}/accounts",
            web::post().to(moves::add_account),
        )
        .route("/accounts/{id}/credit", web::put().to(moves::set_credit))
        .route("/orders/{id}/{action}", web::post().to(moves::move_order))
        .route(
            "/invoices/{id}/{action}",
            web::post().to(moves::move_invoice),
        );
}

/// How the control API answers: with JSON, or with a sentence about what is not possible.
enum Controlled {
    Done(Value),
    Made(Value),
    Refused(StatusCode, String),
}

impl From<Refusal> for Controlled {
    /// What is not known is 404; what the present state forbids is a conflict here, whatever Apruve would say.
    fn from(refusal: Refusal) -> Self {
        match refusal.status {
            404 => Controlled::Refused(StatusCode::NOT_FOUND, "No such thing.".to_owned()),
            _ => Controlled::Refused(StatusCode::CONFLICT, refusal.title),
        }
    }
}

impl Controlled {
    fn of(outcome: Result<Value, Refusal>) -> Self {
        outcome.map_or_else(Controlled::from, Controlled::Done)
    }
}

impl Responder for Controlled {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        match self {
            Controlled::Done(value) => HttpResponse::Ok().json(value),
            Controlled::Made(value) => HttpResponse::Created().json(value),
            Controlled::Refused(status, error) => {
                HttpResponse::build(status).json(json!({ "error": error }))
            }
        }
    }
}

fn unreadable(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    let body = json!({ "error": error.to_string() });
    InternalError::from_response(error, HttpResponse::BadRequest().json(body)).into()
}

async fn show_clock(shared: web::Data<Shared>) -> Controlled {
    let now = shared.world().now();
    Controlled::Done(json!({ "now": now }))
}

/// How far the clock goes: by so many seconds, or to a moment.
#[derive(Deserialize)]
#[serde(untagged)]
enum Advance {
    By { seconds: u32 },
    To { to: DateTime<Utc> },
}

/// Answers when everything that was due on the way has been sent.
async fn advance_clock(shared: web::Data<Shared>, body: web::Json<Advance>) -> Controlled {
    let now = shared.world().now();
    let target = match body.into_inner() {
        Advance::By { seconds } => now + TimeDelta::seconds(i64::from(seconds)),
        Advance::To { to } => to,
    };
    shared.advance_to(target).await;
    show_clock(shared).await
}

async fn show_behaviour(shared: web::Data<Shared>) -> Controlled {
    Controlled::Done(json!(shared.world().behaviour))
}

/// What is not named goes back to its default.
async fn set_behaviour(shared: web::Data<Shared>, body: web::Json<Behaviour>) -> Controlled {
    let behaviour = body.into_inner();
    shared.world().behaviour = behaviour;
    Controlled::Done(json!(behaviour))
}

/// Replaces fields of an object wherever it is shown: unknown words, other amounts, fields nobody heard of.
async fn set_override(
    shared: web::Data<Shared>,
    id: web::Path<String>,
    body: web::Json<Map<String, Value>>,
) -> Controlled {
    let fields = body.into_inner();
    let shown = json!(fields);
    shared.world().overrides.insert(id.into_inner(), fields);
    Controlled::Done(shown)
}

async fn remove_override(shared: web::Data<Shared>, id: web::Path<String>) -> Controlled {
    let removed = shared.world().overrides.remove(id.as_str());
    Controlled::Done(json!(removed))
}

async fn show_faults(shared: web::Data<Shared>) -> Controlled {
    Controlled::Done(json!(shared.world().outbox.faults))
}

async fn remove_faults(shared: web::Data<Shared>) -> Controlled {
    let removed = std::mem::take(&mut shared.world().outbox.faults);
    shared.released.send_replace(());
    Controlled::Done(json!(removed))
}

async fn add_call_fault(shared: web::Data<Shared>, body: web::Json<CallFault>) -> Controlled {
    let fault = body.into_inner();
    let shown = json!(fault);
    shared.world().outbox.faults.calls.push(fault);
    Controlled::Made(shown)
}

async fn add_webhook_fault(shared: web::Data<Shared>, body: web::Json<WebhookFault>) -> Controlled {
    let fault = body.into_inner();
    let shown = json!(fault);
    shared.world().outbox.faults.webhooks.push(fault);
    Controlled::Made(shown)
}
