//! The draft of an event.

use chrono::{DateTime, Utc};
use diesel::Insertable;
use serde::Serialize;

use super::{
    CompanyEventData, EndpointEventData, EventType, FindingEventData, IntegrationEventData,
    PaymentEventData, RulesEventData,
};
use crate::{
    ids::{self, FeedEventId},
    store::{columns::Moment, schema::events},
};

/// The CloudEvents `subject` of `rules.changed`.
const RULES: &str = "payment-rules";

/// An event to be appended: its row, without a place in the feed. Its `data` is serialized already, so that no JSON is
/// serialized inside the transaction.
#[derive(Clone, Debug, Insertable, PartialEq, Eq)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub struct EventDraft {
    id: FeedEventId,
    kind: EventType,
    subject: String,
    website: Option<String>,
    occurred_at: Moment,
    payload: String,
}

impl EventDraft {
    /// An event about a payment.
    pub fn of_payment(kind: EventType, at: DateTime<Utc>, data: &PaymentEventData) -> Self {
        let draft = EventDraft::new(kind, at, data.id.to_string(), data);
        EventDraft {
            website: data.website.clone(),
            ..draft
        }
    }

    /// The event of a newly opened finding; `website` is that of its payment.
    pub fn of_finding(website: Option<String>, at: DateTime<Utc>, data: &FindingEventData) -> Self {
        let draft = EventDraft::new(EventType::FindingOpened, at, data.id.to_string(), data);
        EventDraft { website, ..draft }
    }

    /// An event about an integration.
    pub fn of_integration(kind: EventType, at: DateTime<Utc>, data: &IntegrationEventData) -> Self {
        EventDraft::new(kind, at, data.id.to_string(), data)
    }

    /// An event about a company. The subject is the integration if the company is not known.
    pub fn of_company(kind: EventType, at: DateTime<Utc>, data: &CompanyEventData) -> Self {
        let integration = || data.integration_id.to_string();
        let subject = data.id.clone().unwrap_or_else(integration);
        EventDraft::new(kind, at, subject, data)
    }

    /// The event of a change of rules.
    pub fn of_rules(at: DateTime<Utc>, data: &RulesEventData) -> Self {
        EventDraft::new(EventType::RulesChanged, at, RULES.to_owned(), data)
    }

    /// An event about a notification endpoint; `website` is set if the endpoint is for exactly one website.
    pub fn of_endpoint(
        kind: EventType,
        website: Option<String>,
        at: DateTime<Utc>,
        data: &EndpointEventData,
    ) -> Self {
        let draft = EventDraft::new(kind, at, data.id.to_string(), data);
        EventDraft { website, ..draft }
    }

    /// The id of the event.
    pub fn id(&self) -> FeedEventId {
        self.id
    }

    /// The type of the event.
    pub fn kind(&self) -> EventType {
        self.kind
    }

    /// The `data` as JSON text.
    pub fn payload(&self) -> &str {
        &self.payload
    }

    fn new(kind: EventType, at: DateTime<Utc>, subject: String, data: &impl Serialize) -> Self {
        EventDraft {
            id: ids::fresh(at),
            kind,
            subject,
            website: None,
            occurred_at: at.into(),
            // Serialization cannot fail: these types have only text keys and finite numbers.
            payload: serde_json::to_string(data).unwrap_or_default(),
        }
    }
}
