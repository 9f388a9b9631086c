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
    /// As Apruve wrote it; null where it could not be read.
    #[schema(example = "invoice.closed")]
    pub event: Option<String>,
    /// Whether it was applied, still waits, or was put aside.
    pub state: WebhookState,
    /// False where the integration has no key to verify with: the sender is unknown.
    #[schema(example = true)]
    pub verified: bool,
    /// The result of the last attempt.
    #[schema(example = "The payment was changed.")]
    pub outcome: Option<String>,
    /// How often it was applied, since it was received or replayed.
    pub attempts: i32,
    /// How often the same was delivered again.
    pub repeats: i64,
    /// The order at Apruve that it is about.
    #[schema(value_type = Option<String>)]
    pub apruve_order_id: Option<ProviderId>,
    /// The invoice at Apruve that it is about.
    #[schema(value_type = Option<String>)]
    pub apruve_invoice_id: Option<ProviderId>,
    /// The payment it was applied to.
    #[schema(value_type = Option<String>, example = "payment_01h455vb4pex5vsknk084sn02q")]
    pub payment_id: Option<PaymentId>,
    /// What Apruve has and that payment does not explain, in its current state.
    pub findings: Vec<Finding>,
    /// The replay that took it up last.
    #[schema(value_type = Option<String>)]
    pub replay_id: Option<ReplayId>,
    /// When it was received first.
    pub received_at: DateTime<Utc>,
    /// When it happened, as Apruve says.
    pub occurred_at: Option<DateTime<Utc>>,
    /// When it entered its present state.
    pub settled_at: Option<DateTime<Utc>>,
    /// When it is applied next; null while it rests.
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
    SealedField {
        table: "webhook_events",
        id,
        field: "body_sealed",
    }
}
