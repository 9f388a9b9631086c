//! The request and response bodies of endpoints.

use chrono::{DateTime, Utc};

use crate::{
    notifications::{
        endpoint::Endpoint,
        manage::{NotificationError, WithSecret},
        secret,
    },
    operation::prelude::*,
    seal::Sealer,
};

/// A notification endpoint as it is to be. What GET shows besides may be sent along and is not read. A `secret` is refused:
/// the service makes it.
#[derive(ToSchema)]
#[schema(as = NewNotificationEndpoint)]
#[allow(dead_code, reason = "describes what `draft` reads")]
pub struct NewEndpoint {
    /// https on port 443 or 8443 of a public address, unless `notifications.allowed_hosts` lists the host.
    #[schema(
        min_length = 1,
        max_length = 2048,
        example = "https://erp.shop.example/onterms"
    )]
    url: String,
    /// Types of events, groups such as `payment.*`, or `*`.
    #[schema(min_items = 1, max_items = 100, example = json!(["payment.*"]))]
    types: Vec<String>,
    /// Only what belongs to these. Left out: what the token is good for.
    #[schema(min_items = 1, max_items = 100, example = json!(["us-store"]))]
    websites: Option<Vec<String>>,
    /// What the endpoint is for, in words of the shop.
    #[schema(max_length = 1000, example = "The ERP")]
    description: Option<String>,
    /// Whether it gets events from now on.
    #[schema(default = true)]
    enabled: Option<bool>,
}

/// A notification endpoint and the secret that deliveries are signed with.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationEndpointWithSecret)]
pub struct EndpointWithSecret {
    #[serde(flatten)]
    endpoint: Endpoint,
    /// Keep it like a password; no other answer shows it.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

impl EndpointWithSecret {
    /// Opens the secret for the answer.
    pub fn new(made: WithSecret, sealer: &Sealer) -> Result<Self, Problem> {
        let id = made.secret.id.to_string();
        let secret = sealer
            .open(secret::place(&id), &made.secret.sealed)
            .map_err(NotificationError::from)?;
        Ok(EndpointWithSecret {
            endpoint: made.endpoint,
            secret: secret.expose().to_owned(),
        })
    }
}

/// For how long the former secret signs too.
#[derive(ToSchema)]
#[schema(as = SecretRotation, rename_all = "camelCase")]
#[allow(dead_code, reason = "describes what is read")]
pub struct SecretRotation {
    /// For so many seconds notifications are signed with the old secret too; at most 30 days.
    #[schema(minimum = 0, maximum = 2_592_000, default = 86400, example = 3600)]
    grace_seconds: Option<i64>,
}

/// From when on events are delivered again.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is read")]
pub struct NewNotificationReplay {
    /// Events from this moment on are posted again.
    #[schema(example = "2026-03-01T00:00:00Z")]
    since: DateTime<Utc>,
}

/// Which events are delivered again.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationReplay)]
pub struct StartedReplay {
    /// Events from this moment on are posted again.
    pub since: DateTime<Utc>,
    /// The events behind this place in the feed.
    #[schema(example = "00000000000000000042")]
    pub after: String,
}
