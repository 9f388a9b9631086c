//! `POST /v1/webhook-events/{id}/replay`, `POST /v1/webhook-events/replay` and how far that has come.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::LOCATION,
    post,
    web::{Bytes, Data, Path},
};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    event_id,
    list::known_states,
    replay_id,
    shapes::{Shown, ShownReplay},
};
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    http::{
        body::{self, Fields, Findings},
        merge_patch::expect_media_type,
        no_body::NoBody,
        openapi::{Conflicting, Guarded, OnOne, Once},
        pagination::Query,
        precondition,
        problem::Problem,
    },
    idempotency::{Key, REPLAYED},
    ids::IntegrationId,
    store::Store,
    webhooks::{TOPIC, inbox::Inbox, replay, state::State, store::Wanted},
};

/// Which events to look at again.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = NewWebhookReplay)]
#[expect(dead_code, reason = "describes the body, which is read field by field")]
struct NewReplay {
    /// Received from this instant on.
    since: chrono::DateTime<chrono::Utc>,
    /// Received before this instant.
    until: Option<chrono::DateTime<chrono::Utc>>,
    /// Only those that stand here.
    state: Option<State>,
    /// Only those of this integration.
    integration_id: Option<String>,
}

#[utoipa::path(
    tag = "Webhooks",
    summary = "Replay a webhook event",
    description = "Always safe: the resource is read from Apruve, and settled results do not change. Runs in the background.",
    params(
        ("id" = String, Path, description = "The event's id.", example = "event_01h455vb4pex5vsknk084sn02q"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "The same request with the same key is one operation, for 24 hours."),
    ),
    responses(
        Guarded,
        Once,
        OnOne,
        Conflicting,
        (status = 202, description = "The event is queued.", body = Shown,
            headers(("ETag" = String, description = "Its version."))),
    ),
    security(("bearer" = ["webhooks:write"])),
)]
#[post("/v1/webhook-events/{id}/replay")]
pub(super) async fn replay_webhook_event(
    caller: Caller<scope::WebhooksWrite>,
    request: HttpRequest,
    id: Path<String>,
    store: Data<Store>,
    clock: Data<Clock>,
    inbox: Data<Inbox>,
    body: NoBody,
) -> Result<HttpResponse, Problem> {
    let id = event_id(&id)?;
    Query::of(&request)?.finish()?;
    body.check(&request)?;
    let key = Key::read(&request, caller.subject(), b"")?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let done = replay::one(&store.about(TOPIC), actor, key, id).await?;
    inbox.wakeups().events.ring();
    let mut response = HttpResponse::Accepted();
    response.insert_header(precondition::tag(&done.value.state_tag()));
    if done.replayed {
        response.insert_header((REPLAYED.clone(), "true"));
    }
    Ok(response.json(Shown::from(done.value)))
}

#[utoipa::path(
    tag = "Webhooks",
    summary = "Replay many webhook events",
    description = "All events that were received since `since`; further fields narrow the selection. Runs in the background; `Location` is the path of its progress.",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "The same request with the same key is one operation, for 24 hours.")),
    request_body(content = NewReplay, content_type = "application/json", example = json!({ "since": "2026-03-01T00:00:00Z", "state": "failed" })),
    responses(
        Guarded,
        Once,
        (status = 202, description = "The events are queued.", body = ShownReplay,
            headers(("Location" = String, description = "The path of its progress."))),
    ),
    security(("bearer" = ["webhooks:write"])),
)]
#[post("/v1/webhook-events/replay")]
pub(super) async fn replay_webhook_events(
    caller: Caller<scope::WebhooksWrite>,
    request: HttpRequest,
    bytes: Bytes,
    store: Data<Store>,
    clock: Data<Clock>,
    inbox: Data<Inbox>,
) -> Result<HttpResponse, Problem> {
    Query::of(&request)?.finish()?;
    expect_media_type(&request, &["application/json"])?;
    let wanted = read(&body::parse_object(&bytes)?)?;
    let key = Key::read(&request, caller.subject(), &bytes)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let done = replay::many(&store.about(TOPIC), actor, key, wanted).await?;
    inbox.wakeups().replays.ring();
    let mut response = HttpResponse::Accepted();
    let location = format!("/v1/webhook-replays/{}", done.value.replay.id);
    response.insert_header((LOCATION, location));
    if done.replayed {
        response.insert_header((REPLAYED.clone(), "true"));
    }
    Ok(response.json(ShownReplay::from(done.value)))
}

fn read(body: &Map<String, Value>) -> Result<Wanted, Problem> {
    let findings = Findings::default();
    let fields = Fields::of(body, &findings);
    let since = fields.required("since").and(fields.instant("since"));
    let wanted = since.map(|since| Wanted {
        since,
        until: fields.instant("until"),
        state: word(&fields, "state", &known_states(), State::parse),
        integration: word(
            &fields,
            "integrationId",
            "the id of an integration",
            |text| text.parse::<IntegrationId>().ok(),
        ),
    });
    if wanted.is_none() {
        fields.ignore(&["until", "state", "integrationId"]);
    }
    fields.finish();
    findings.into_result(wanted)
}

fn word<T>(
    fields: &Fields<'_>,
    name: &'static str,
    what: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let text = fields.optional_text(name, 255)?;
    let value = read(&text);
    if value.is_none() {
        let message = format!("`{name}` must be {what}, not `{text}`.");
        fields.refuse(name, "not_understood", message);
    }
    value
}

#[utoipa::path(
    tag = "Webhooks",
    summary = "Read the progress of a replay",
    params(("id" = String, Path, description = "The replay's id.", example = "replay_01h455vb4pex5vsknk084sn02q")),
    responses(
        Guarded,
        OnOne,
        (status = 200, description = "The replay.", body = ShownReplay),
    ),
    security(("bearer" = ["webhooks:read"])),
)]
#[get("/v1/webhook-replays/{id}")]
pub(super) async fn get_webhook_replay(
    _caller: Caller<scope::WebhooksRead>,
    request: HttpRequest,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = replay_id(&id)?;
    Query::of(&request)?.finish()?;
    let progress = store
        .about(TOPIC)
        .snapshot(move |conn| replay::progress(conn, id))
        .await?;
    Ok(HttpResponse::Ok().json(ShownReplay::from(progress)))
}
