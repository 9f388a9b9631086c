//! Sending webhooks on demand.

use actix_web::web::{Json, Path};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Context, ControlAnswer, created, ok};
use crate::error::ApiError;

pub(super) async fn list(context: Context) -> ControlAnswer {
    ok(context.state().outbox.show())
}

/// A webhook with any event name and entity, even invalid ones.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CustomEvent {
    merchant_id: String,
    event: String,
    #[serde(default)]
    entity: Value,
}

pub(super) async fn emit(context: Context, body: Json<CustomEvent>) -> ControlAnswer {
    let mut state = context.state();
    state.merchants.find(&body.merchant_id)?;
    state.emit(&body.merchant_id, &body.event, &body.entity);
    context.wake.notify_one();
    created(json!({}))
}

/// Sends all due webhooks, and then answers.
pub(super) async fn flush(context: Context) -> ControlAnswer {
    context.send_due().await;
    list(context).await
}

pub(super) async fn send_again(context: Context, uuid: Path<String>) -> ControlAnswer {
    let known = {
        let mut state = context.state();
        let now = state.now();
        state.outbox.send_again(&uuid, now)
    };
    if !known {
        return Err(ApiError::not_found().into());
    }
    flush(context).await
}
