//! A webhook event without its body, in the shape of the API.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::state::WebhookState;
use crate::{
    findings::{self, Finding},
    ids::{EventId, IntegrationId, PaymentId, ReplayId},
    providers::ProviderId,
    seal::SealedField,
};

/// A webhook from Apruve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookEvent {
    /// The id of the inbox entry.
    #[schema(value_type = String, example = "event_01h455vb4pex5vsknk084sn02q")]
    pub id: EventId,
    /// The integration whose webhook URL it was posted to.
    #[schema(value_type = String, example = "integration_01h455vb4pex5vsknk084sn02q")]
    pub integration_id: IntegrationId,
    /// The event, as Apruve writes it; null if it could not be read.
    #[schema(example = "invoice.closed")]
    pub event: Option<String>,
    /// Whether the event was applied, still waits, or was put aside.
    pub state: WebhookState,
    /// Whether a key of the integration verified the event. False if the integration has no key to verify with; the
    /// sender is then unknown.
    #[schema(example = true)]
    pub verified: bool,
    /// The result of the last attempt.
    #[schema(example = "The payment was changed.")]
    pub outcome: Option<String>,
    /// The number of attempts to apply the event since it was received or replayed.
    pub attempts: i32,
    /// The number of times that the same event was delivered again.
    pub repeats: i64,
    /// Apruve's id of the order that the event is about.
    #[schema(value_type = Option<String>)]
    pub apruve_order_id: Option<ProviderId>,
    /// Apruve's id of the invoice that the event is about.
    #[schema(value_type = Option<String>)]
    pub apruve_invoice_id: Option<ProviderId>,
    /// The payment that the event was applied to.
    #[schema(value_type = Option<String>, example = "payment_01h455vb4pex5vsknk084sn02q")]
    pub payment_id: Option<PaymentId>,
    /// The findings, in their current state: objects at Apruve that the payment does not explain.
    pub findings: Vec<Finding>,
    /// The last replay that included the event.
    #[schema(value_type = Option<String>)]
    pub replay_id: Option<ReplayId>,
    /// When the event was first received.
    pub received_at: DateTime<Utc>,
    /// When the event happened, according to Apruve.
    pub occurred_at: Option<DateTime<Utc>>,
    /// When the event entered its current state.
    pub settled_at: Option<DateTime<Utc>>,
    /// When the event is applied next; null if no attempt is planned.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Counts changes; it is the ETag.
    #[serde(skip)]
    pub version: i64,
}

impl WebhookEvent {
    /// The ETag of the event's present state, including its findings.
    pub fn state_tag(&self) -> String {
        findings::state_of(self.version, &self.findings)
    }
}

/// The subject of an event, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventSubject {
    pub order: Option<ProviderId>,
    pub invoice: Option<ProviderId>,
    /// Used only to match the event with a payment that appears later.
    pub merchant_order_id: Option<String>,
}

/// The sealed column of an event's raw body.
pub fn body_place(id: &str) -> SealedField<'_> {
    SealedField::of("webhook_events", id, "body_sealed")
}
