//! `POST /v1/webhook-events/{id}/replay`, `POST /v1/webhook-events/replay` and the progress of the latter.

use serde_json::{Map, Value};

use super::{event_id, replay_id, shapes::ShownReplay};
use crate::{
    operation::prelude::*,
    webhooks::{
        TOPIC, event::WebhookEvent, inbox::Inbox, replay, state::WebhookState, store::ReplayFilter,
    },
};

/// The events to apply again.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the body, which is read field by field")]
struct NewWebhookReplay {
    /// Only events received at or after this instant.
    since: chrono::DateTime<chrono::Utc>,
    /// Only events received before this instant.
    until: Option<chrono::DateTime<chrono::Utc>>,
    /// Only events in this state.
    state: Option<WebhookState>,
    /// Only events of this integration.
    integration_id: Option<String>,
}

#[utoipa::path(
    summary = "Replay a webhook event",
    description = "Applies the event again in the background. This is always safe: the resource is read from Apruve, and settled results do not change.",
    params(OptionalKey),
    responses(
        Conflicting,
        (status = 202, description = "The event is queued.", body = WebhookEvent, headers(("ETag" = String, description = "The version of the event."))),
    ),
)]
#[post("/v1/webhook-events/{id}/replay")]
pub(super) async fn replay_webhook_event(
    call: Write<scope::WebhooksWrite, Empty>,
    id: Path<String>,
    store: Data<Store>,
    inbox: Data<Inbox>,
) -> Result<HttpResponse, Problem> {
    let id = event_id(&id)?;
    let done = replay::one(&store.about(TOPIC), call.actor, call.header, id).await?;
    inbox.wakeups().events.ring();
    let reply = Reply::accepted().state(&done.value.state_tag());
    Ok(reply.replayed(done.replayed).json(done.value))
}

#[utoipa::path(
    summary = "Replay many webhook events",
    description = "Applies all events again that were received at or after `since`; the other fields narrow the selection. The replay runs in the background. `Location` is the path of its progress.",
    params(OptionalKey),
    request_body(content = NewWebhookReplay, content_type = "application/json", example = json!({ "since": "2026-03-01T00:00:00Z", "state": "failed" })),
    responses((status = 202, description = "The events are queued.", body = ShownReplay, headers(("Location" = String, description = "The path of its progress.")))),
)]
#[post("/v1/webhook-events/replay")]
pub(super) async fn replay_webhook_events(
    call: Write<scope::WebhooksWrite, JsonObject>,
    store: Data<Store>,
    inbox: Data<Inbox>,
) -> Result<HttpResponse, Problem> {
    let JsonObject(body) = call.body;
    let wanted = read(&body)?;
    let done = replay::many(&store.about(TOPIC), call.actor, call.header, wanted).await?;
    inbox.wakeups().replays.ring();
    let location = format!("/v1/webhook-replays/{}", done.value.replay.id);
    let reply = Reply::accepted().location(location).replayed(done.replayed);
    Ok(reply.json(ShownReplay::from(done.value)))
}

fn read(body: &Map<String, Value>) -> Result<ReplayFilter, Problem> {
    Fields::read(body, |fields| {
        let since = fields.required("since").and(fields.instant("since"));
        let wanted = since.map(|since| ReplayFilter {
            since,
            until: fields.instant("until"),
            state: fields.text_value("state"),
            integration: fields.text_value("integrationId"),
        });
        if wanted.is_none() {
            fields.ignore(&["until", "state", "integrationId"]);
        }
        wanted
    })
}

#[utoipa::path(
    summary = "Read the progress of a replay",
    responses((status = 200, description = "The replay.", body = ShownReplay)),
)]
#[get("/v1/webhook-replays/{id}")]
pub(super) async fn get_webhook_replay(
    _read: Read<scope::WebhooksRead>,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = replay_id(&id)?;
    let progress = store
        .about(TOPIC)
        .snapshot(move |conn| replay::progress(conn, id))
        .await?;
    Ok(HttpResponse::Ok().json(ShownReplay::from(progress)))
}
