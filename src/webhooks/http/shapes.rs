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

/// The raw body, in one of the two members. Only callers with the scope `webhooks:read-raw` get it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEventBody)]
pub enum RawBody {
    /// The body, if it is UTF-8.
    #[serde(rename = "body")]
    Text(String),
    /// The body in Base64, if it is not UTF-8.
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
    /// The replay includes events received at or after this instant.
    since: DateTime<Utc>,
    /// The replay includes events received before this instant; null if there is no end.
    until: Option<DateTime<Utc>>,
    /// The replay includes only events in this state; null for every state.
    state: Option<WebhookState>,
    /// The replay includes only events of this integration; null for every integration.
    integration_id: Option<String>,
    /// The number of events in the replay.
    #[schema(example = 120)]
    total: i64,
    /// The number of these events whose attempt is over.
    #[schema(example = 100)]
    done: i64,
    /// The number of these events that still wait for their attempt.
    #[schema(example = 20)]
    remaining: i64,
    /// The subject of the token that requested the replay.
    #[schema(example = "alice")]
    requested_by: String,
    /// When the replay was requested.
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
