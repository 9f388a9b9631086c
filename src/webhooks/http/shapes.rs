//! What events and replays look like in answers.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    findings::Finding,
    webhooks::{event::WebhookEvent, replay::Progress, state::WebhookState},
};

/// A webhook from Apruve.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookEvent)]
pub struct ShownWebhookEvent {
    /// The id of the inbox entry.
    #[schema(example = "event_01h455vb4pex5vsknk084sn02q")]
    id: String,
    /// The integration whose webhook URL it was posted to.
    #[schema(example = "integration_01h455vb4pex5vsknk084sn02q")]
    integration_id: String,
    /// As Apruve wrote it; null where it could not be read.
    #[schema(example = "invoice.closed")]
    event: Option<String>,
    /// Whether it was applied, still waits, or was put aside.
    state: WebhookState,
    /// False where the integration has no key to verify with: the sender is unknown.
    #[schema(example = true)]
    verified: bool,
    /// The result of the last attempt.
    #[schema(example = "The payment was changed.")]
    outcome: Option<String>,
    /// How often it was applied, since it was received or replayed.
    attempts: i32,
    /// How often the same was delivered again.
    repeats: i64,
    /// The order at Apruve that it is about.
    apruve_order_id: Option<String>,
    /// The invoice at Apruve that it is about.
    apruve_invoice_id: Option<String>,
    /// The payment it was applied to.
    #[schema(example = "payment_01h455vb4pex5vsknk084sn02q")]
    payment_id: Option<String>,
    /// What Apruve has and that payment does not explain, in its current state.
    findings: Vec<Finding>,
    /// The replay that took it up last.
    replay_id: Option<String>,
    /// When it was received first.
    received_at: DateTime<Utc>,
    /// When it happened, as Apruve says.
    occurred_at: Option<DateTime<Utc>>,
    /// When it entered its present state.
    settled_at: Option<DateTime<Utc>>,
    /// When it is applied next; null while it rests.
    next_attempt_at: Option<DateTime<Utc>>,
}

/// An event with its raw body.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookEventInFull)]
pub struct ShownInFull {
    #[serde(flatten)]
    event: ShownWebhookEvent,
    #[serde(flatten)]
    body: Option<RawBody>,
}

/// The raw body, to those who have the scope `webhooks:read-raw`; one of the two members.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEventBody)]
pub enum RawBody {
    /// The body, where it is UTF-8.
    #[serde(rename = "body")]
    Text(String),
    /// Any other body, in Base64.
    #[serde(rename = "bodyBase64")]
    Base64(String),
}

/// A replay of many events, and its progress.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookReplay)]
pub struct ShownReplay {
    /// The replay's id.
    #[schema(example = "replay_01h455vb4pex5vsknk084sn02q")]
    id: String,
    /// Webhooks received from this moment on are taken up.
    since: DateTime<Utc>,
    /// Webhooks received before this moment are taken up; null without an end.
    until: Option<DateTime<Utc>>,
    /// Only webhooks in this state are taken up; null for every state.
    state: Option<WebhookState>,
    /// Only webhooks of this integration are taken up; null for every integration.
    integration_id: Option<String>,
    /// How many events it took up.
    #[schema(example = 120)]
    total: i64,
    /// How many of them had their attempt.
    #[schema(example = 100)]
    done: i64,
    /// How many still wait for it.
    #[schema(example = 20)]
    remaining: i64,
    /// The subject of the token that asked for it.
    #[schema(example = "alice")]
    requested_by: String,
    /// When the replay was asked for.
    requested_at: DateTime<Utc>,
}

impl From<WebhookEvent> for ShownWebhookEvent {
    fn from(event: WebhookEvent) -> Self {
        ShownWebhookEvent {
            id: event.id.to_string(),
            integration_id: event.integration.to_string(),
            event: event.name,
            state: event.state,
            verified: event.verified,
            outcome: event.outcome,
            attempts: event.attempts,
            repeats: event.repeats,
            apruve_order_id: event.subject.order.map(|id| id.to_string()),
            apruve_invoice_id: event.subject.invoice.map(|id| id.to_string()),
            payment_id: event.payment.map(|id| id.to_string()),
            findings: event.findings,
            replay_id: event.replay.map(|id| id.to_string()),
            received_at: event.received_at,
            occurred_at: event.occurred_at,
            settled_at: event.settled_at,
            next_attempt_at: event.due_at,
        }
    }
}

impl ShownInFull {
    /// Without a body for those who may not see it.
    pub fn new(event: WebhookEvent, body: Option<RawBody>) -> Self {
        ShownInFull {
            event: event.into(),
            body,
        }
    }
}

impl From<Progress> for ShownReplay {
    fn from(Progress { replay, remaining }: Progress) -> Self {
        ShownReplay {
            id: replay.id.to_string(),
            since: replay.wanted.since,
            until: replay.wanted.until,
            state: replay.wanted.state,
            integration_id: replay.wanted.integration.map(|id| id.to_string()),
            total: replay.total,
            done: replay.total - remaining,
            remaining,
            requested_by: replay.requested_by,
            requested_at: replay.requested_at,
        }
    }
}
