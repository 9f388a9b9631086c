//! The response bodies of events and replays.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::webhooks::{event::WebhookEvent, replay::Progress, state::WebhookState};

/// An event with its raw body.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookEventInFull)]
pub struct ShownInFull {
    #[serde(flatten)]
    pub event: WebhookEvent,
    #[serde(flatten)]
    pub body: Option<RawBody>,
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
