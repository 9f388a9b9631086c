//! `/control`: the API by which tests and the demo control the stand-in: actions on Apruve's side, faults, time,
//! inspection. Apruve has no such API. Bodies are camelCase, like the rest of this project.

mod actions;
mod inspection;
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
    context::SandboxContext,
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

/// An answer of the control API: JSON, or an error message.
enum ControlResponse {
    Ok(Value),
    Created(Value),
    Error(StatusCode, String),
}

impl From<ApiError> for ControlResponse {
    /// 404 for an unknown object; everything else is a conflict here, whatever Apruve would answer.
    fn from(error: ApiError) -> Self {
        match error.status {
            404 => ControlResponse::Error(StatusCode::NOT_FOUND, "No such thing.".to_owned()),
            _ => ControlResponse::Error(StatusCode::CONFLICT, error.title),
        }
    }
}

impl ControlResponse {
    fn of(outcome: Result<Value, ApiError>) -> Self {
        outcome.map_or_else(ControlResponse::from, ControlResponse::Ok)
    }
}

impl Responder for ControlResponse {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        match self {
            ControlResponse::Ok(value) => HttpResponse::Ok().json(value),
            ControlResponse::Created(value) => HttpResponse::Created().json(value),
            ControlResponse::Error(status, error) => {
                HttpResponse::build(status).json(json!({ "error": error }))
            }
        }
    }
}

fn unreadable(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    let body = json!({ "error": error.to_string() });
    InternalError::from_response(error, HttpResponse::BadRequest().json(body)).into()
}

async fn show_clock(context: web::Data<SandboxContext>) -> ControlResponse {
    let now = context.state().now();
    ControlResponse::Ok(json!({ "now": now }))
}

/// How far to advance the clock: by seconds, or to a time.
#[derive(Deserialize)]
#[serde(untagged)]
enum Advance {
    By { seconds: u32 },
    To { to: DateTime<Utc> },
}

/// Advances the clock; answers after everything that became due has been sent.
async fn advance_clock(
    context: web::Data<SandboxContext>,
    body: web::Json<Advance>,
) -> ControlResponse {
    let now = context.state().now();
    let target = match body.into_inner() {
        Advance::By { seconds } => now + TimeDelta::seconds(i64::from(seconds)),
        Advance::To { to } => to,
    };
    context.advance_to(target).await;
    show_clock(context).await
}

async fn show_behaviour(context: web::Data<SandboxContext>) -> ControlResponse {
    ControlResponse::Ok(json!(context.state().behaviour))
}

/// Replaces the behaviour; absent fields are reset to their defaults.
async fn set_behaviour(
    context: web::Data<SandboxContext>,
    body: web::Json<Behaviour>,
) -> ControlResponse {
    let behaviour = body.into_inner();
    context.state().behaviour = behaviour;
    ControlResponse::Ok(json!(behaviour))
}

/// Replaces fields of an object in every answer, for example by unknown values, other amounts or unknown fields.
async fn set_override(
    context: web::Data<SandboxContext>,
    id: web::Path<String>,
    body: web::Json<Map<String, Value>>,
) -> ControlResponse {
    let fields = body.into_inner();
    let shown = json!(fields);
    context.state().overrides.insert(id.into_inner(), fields);
    ControlResponse::Ok(shown)
}

async fn remove_override(
    context: web::Data<SandboxContext>,
    id: web::Path<String>,
) -> ControlResponse {
    let removed = context.state().overrides.remove(id.as_str());
    ControlResponse::Ok(json!(removed))
}

async fn show_faults(context: web::Data<SandboxContext>) -> ControlResponse {
    ControlResponse::Ok(json!(context.state().outbox.faults))
}

async fn remove_faults(context: web::Data<SandboxContext>) -> ControlResponse {
    let removed = std::mem::take(&mut context.state().outbox.faults);
    context.released.send_replace(());
    ControlResponse::Ok(json!(removed))
}

async fn add_call_fault(
    context: web::Data<SandboxContext>,
    body: web::Json<CallFault>,
) -> ControlResponse {
    let fault = body.into_inner();
    let shown = json!(fault);
    context.state().outbox.faults.calls.push(fault);
    ControlResponse::Created(shown)
}

async fn add_webhook_fault(
    context: web::Data<SandboxContext>,
    body: web::Json<WebhookFault>,
) -> ControlResponse {
    let fault = body.into_inner();
    let shown = json!(fault);
    context.state().outbox.faults.webhooks.push(fault);
    ControlResponse::Created(shown)
}
