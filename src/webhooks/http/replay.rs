//! `POST /v1/webhook-events/{id}/replay`, `POST /v1/webhook-events/replay` and the progress of the latter.

use chrono::{DateTime, Utc};

use super::{event_id, replay_id, shapes::ShownReplay};
use crate::{
    ids::IntegrationId,
    operation::prelude::*,
    webhooks::{
        TOPIC, event::WebhookEvent, inbox::Inbox, replay, state::WebhookState, store::ReplayFilter,
    },
};

declare_body! {
    by Fields<'_>;

    /// The events to apply again.
    NewWebhookReplay {
        /// Only events received at or after this instant.
        #[schema(value_type = DateTime<Utc>)]
        since: Option<DateTime<Utc>> = required_instant("since"),
        /// Only events received before this instant.
        until: Option<DateTime<Utc>> = instant("until"),
        /// Only events in this state.
        state: Option<WebhookState> = text_value("state"),
        /// Only events of this integration.
        #[schema(value_type = Option<String>)]
        integration_id: Option<IntegrationId> = text_value("integrationId"),
    }
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
    let wanted = Fields::read(&call.body.0, |fields| {
        let body = NewWebhookReplay::read(fields);
        if body
            .since
            .zip(body.until)
            .is_some_and(|(since, until)| until < since)
        {
            fields.refuse(
                "until",
                "reversed_range",
                "`until` must not be before `since`.",
            );
        }
        Some(ReplayFilter {
            since: body.since?,
            until: body.until,
            state: body.state,
            integration: body.integration_id,
        })
    })?;
    let done = replay::many(&store.about(TOPIC), call.actor, call.header, wanted).await?;
    inbox.wakeups().replays.ring();
    let location = format!("/v1/webhook-replays/{}", done.value.replay.id);
    let reply = Reply::accepted().location(location).replayed(done.replayed);
    Ok(reply.json(ShownReplay::from(done.value)))
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
