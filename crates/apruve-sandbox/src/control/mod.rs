//! `/control`: the API by which tests and the demo control the stand-in: actions on Apruve's side, faults, time,
//! inspection. Apruve has no such API. Bodies are camelCase, like the rest of this project.

mod actions;
mod inspection;
mod webhooks;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    error::JsonPayloadError,
    http::StatusCode,
    web::{self, Json, Path},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    context::Context,
    error::ApiError,
    faults::{CallFault, WebhookFault},
    state::behaviour::Behaviour,
};

/// Mounts the operations below `/control`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(
            web::JsonConfig::default()
                .content_type_required(false)
                .content_type(|_| true)
                .error_handler(unreadable),
        )
        .route("/state", web::get().to(inspection::show))
        .route("/calls", web::get().to(inspection::list_calls))
        .route("/calls", web::delete().to(inspection::forget_calls))
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
        .route("/merchants", web::post().to(actions::add_merchant))
        .route("/merchants/{id}/key", web::put().to(actions::change_key))
        .route(
            "/merchants/{id}/accounts",
            web::post().to(actions::add_account),
        )
        .route("/accounts/{id}/credit", web::put().to(actions::set_credit))
        .route("/accounts/{id}/status", web::put().to(actions::set_status))
        .route("/accounts/{id}/buyers", web::post().to(actions::add_buyer))
        .route(
            "/accounts/{id}/buyers/{buyer_id}",
            web::delete().to(actions::remove_buyer),
        )
        .route(
            "/orders/{id}/{action}",
            web::post().to(actions::change_order),
        )
        .route(
            "/invoices/{id}/{action}",
            web::post().to(actions::change_invoice),
        );
}

type ControlAnswer = Result<HttpResponse, ControlError>;

/// An error of the control API: its status and a message.
#[derive(Debug, thiserror::Error)]
#[error("{1}")]
struct ControlError(StatusCode, String);

impl From<ApiError> for ControlError {
    /// 404 for an unknown object; everything else is a conflict here, whatever Apruve would answer.
    fn from(error: ApiError) -> Self {
        match error.status {
            404 => ControlError(StatusCode::NOT_FOUND, "No such thing.".to_owned()),
            _ => ControlError(StatusCode::CONFLICT, error.title),
        }
    }
}

impl ResponseError for ControlError {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.0).json(json!({ "error": self.1 }))
    }
}

fn ok(value: impl Serialize) -> ControlAnswer {
    Ok(HttpResponse::Ok().json(value))
}

fn created(value: impl Serialize) -> ControlAnswer {
    Ok(HttpResponse::Created().json(value))
}

fn unreadable(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    ControlError(StatusCode::BAD_REQUEST, error.to_string()).into()
}

async fn show_clock(context: Context) -> ControlAnswer {
    ok(json!({ "now": context.state().now() }))
}

/// How far to advance the clock: by seconds, or to a time.
#[derive(Deserialize)]
#[serde(untagged)]
enum Advance {
    By { seconds: u32 },
    To { to: DateTime<Utc> },
}

/// Advances the clock; answers after everything that became due has been sent.
async fn advance_clock(context: Context, body: Json<Advance>) -> ControlAnswer {
    let now = context.state().now();
    let target = match body.into_inner() {
        Advance::By { seconds } => now + TimeDelta::seconds(i64::from(seconds)),
        Advance::To { to } => to,
    };
    context.advance_to(target).await;
    show_clock(context).await
}

async fn show_behaviour(context: Context) -> ControlAnswer {
    ok(context.state().behaviour)
}

/// Replaces the behaviour; absent fields are reset to their defaults.
async fn set_behaviour(context: Context, body: Json<Behaviour>) -> ControlAnswer {
    context.state().behaviour = *body;
    ok(body)
}

/// Replaces fields of an object in every answer, for example by unknown values, other amounts or unknown fields.
async fn set_override(
    context: Context,
    id: Path<String>,
    body: Json<Map<String, Value>>,
) -> ControlAnswer {
    let mut state = context.state();
    state.overrides.insert(id.into_inner(), body.clone());
    ok(body)
}

async fn remove_override(context: Context, id: Path<String>) -> ControlAnswer {
    ok(context.state().overrides.remove(id.as_str()))
}

async fn show_faults(context: Context) -> ControlAnswer {
    ok(&context.state().outbox.faults)
}

async fn remove_faults(context: Context) -> ControlAnswer {
    let removed = std::mem::take(&mut context.state().outbox.faults);
    context.released.send_replace(());
    ok(removed)
}

async fn add_call_fault(context: Context, body: Json<CallFault>) -> ControlAnswer {
    context.state().outbox.faults.calls.push(body.clone());
    created(body)
}

async fn add_webhook_fault(context: Context, body: Json<WebhookFault>) -> ControlAnswer {
    context.state().outbox.faults.webhooks.push(body.clone());
    created(body)
}
