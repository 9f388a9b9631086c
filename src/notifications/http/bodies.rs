//! The request and response bodies of endpoints.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    notifications::{
        endpoint::Endpoint,
        manage::{NotificationError, WithSecret},
        secret,
    },
    operation::prelude::*,
    seal::Sealer,
};

/// A new or changed notification endpoint. The other fields that GET returns may be sent and are ignored. A `secret` is
/// refused, because the service generates it.
#[derive(ToSchema)]
#[schema(as = NewNotificationEndpoint)]
#[expect(dead_code, reason = "describes what `draft` reads")]
pub struct NewEndpoint {
    /// The address that events are posted to: https on port 443 or 8443 of a public address, unless
    /// `notifications.allowed_hosts` lists the host.
    #[schema(
        min_length = 1,
        max_length = 2048,
        example = "https://erp.shop.example/onterms"
    )]
    url: String,
    /// The types of events that the endpoint gets: types, groups such as `payment.*`, or `*` for all.
    #[schema(min_items = 1, max_items = 100, example = json!(["payment.*"]))]
    types: Vec<String>,
    /// The websites whose events the endpoint gets. The default is the websites that the token is bound to; for a token
    /// that is not bound, it is all events.
    #[schema(min_items = 1, max_items = 100, example = json!(["us-store"]))]
    websites: Option<Vec<String>>,
    /// The purpose of the endpoint, in the shop's own words.
    #[schema(max_length = 1000, example = "The ERP")]
    description: Option<String>,
    /// Whether the endpoint gets events from now on.
    #[schema(default = true)]
    enabled: Option<bool>,
}

/// A notification endpoint and the secret that deliveries are signed with.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationEndpointWithSecret)]
pub struct EndpointWithSecret {
    #[serde(flatten)]
    endpoint: Endpoint,
    /// The secret. Keep it safe like a password. Only the answers to creation and rotation contain it.
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

declare_body! {
    by Fields<'_>;

    /// The time during which deliveries are also signed with the former secret.
    SecretRotation {
        /// The number of seconds for which deliveries are also signed with the former secret, at most 2592000 (30 days).
        #[schema(rename = "graceSeconds", value_type = Option<i64>, minimum = 0, maximum = 2_592_000, default = 86400, example = 3600)]
        grace: TimeDelta = grace(),
    }

    /// The start of a replay.
    NewNotificationReplay {
        /// Events that happened at or after this instant are delivered again.
        #[schema(value_type = DateTime<Utc>, example = "2026-03-01T00:00:00Z")]
        since: Option<DateTime<Utc>> = required_instant("since"),
    }
}

/// The events that are delivered again.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationReplay)]
pub struct StartedReplay {
    /// Events that happened at or after this instant are delivered again.
    pub since: DateTime<Utc>,
    /// The position in the feed after which events are delivered again.
    #[schema(example = "00000000000000000042")]
    pub after: String,
}
