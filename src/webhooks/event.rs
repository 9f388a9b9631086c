//! An event as operators see it, without its body.

use chrono::{DateTime, Utc};

use super::state::WebhookState;
use crate::{
    findings::{self, Finding},
    ids::{EventId, IntegrationId, PaymentId, ReplayId},
    providers::ProviderId,
    seal::SealedField,
};

/// A webhook from Apruve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    pub id: EventId,
    pub integration: IntegrationId,
    /// As Apruve wrote it; `None` where it could not be read.
    pub name: Option<String>,
    /// Whether a key of the integration signed it. Without any key it is unknown.
    pub verified: bool,
    pub state: WebhookState,
    /// The result of the last attempt.
    pub outcome: Option<String>,
    /// Since it was received or replayed.
    pub attempts: i32,
    /// How often the same was received again.
    pub repeats: i64,
    pub subject: EventSubject,
    pub payment: Option<PaymentId>,
    /// What that payment does not explain, in its current state.
    pub findings: Vec<Finding>,
    pub replay: Option<ReplayId>,
    /// Counts changes; it is the ETag.
    pub version: i64,
    pub received_at: DateTime<Utc>,
    /// When it happened, as the provider says.
    pub occurred_at: Option<DateTime<Utc>>,
    pub settled_at: Option<DateTime<Utc>>,
    /// When it is applied next; `None` while it rests.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether the raw body is still there.
    pub has_body: bool,
}

impl WebhookEvent {
    /// Tells one state of it from another.
    pub fn state_tag(&self) -> String {
        findings::state_of(self.version, &self.findings)
    }
}

/// What an event is about, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventSubject {
    pub order: Option<ProviderId>,
    pub invoice: Option<ProviderId>,
    /// Only to match it with a payment that appears later.
    pub merchant_order_id: Option<String>,
}

/// Where the raw body of an event lies.
pub fn body_place(id: &str) -> SealedField<'_> {
    SealedField {
        table: "webhook_events",
        id,
        field: "body_sealed",
    }
}
