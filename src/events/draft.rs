//! An event before it is written.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::Insertable;
use serde::Serialize;

use super::{
    CompanyEventData, EndpointEventData, EventType, FindingEventData, IntegrationEventData,
    PaymentEventData, RulesEventData,
};
use crate::{
    ids::{self, FeedEventId},
    store::{schema::events, timestamp},
};

/// What the CloudEvents `subject` of `rules.changed` is: the rules together.
const RULES: &str = "payment-rules";

/// What is to be appended, rendered already so that no JSON is written inside the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventDraft {
    pub(super) id: FeedEventId,
    pub(super) kind: EventType,
    pub(super) subject: String,
    pub(super) website: Option<String>,
    pub(super) at: DateTime<Utc>,
    pub(super) payload: String,
}

/// An event that is to be appended as its row.
#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub struct EventDraftRow<'d> {
    id: String,
    kind: &'static str,
    subject: &'d str,
    website: Option<&'d str>,
    occurred_at: NaiveDateTime,
    payload: &'d str,
}

impl EventDraft {
    /// Something happened to a payment.
    pub fn of_payment(kind: EventType, at: DateTime<Utc>, data: &PaymentEventData) -> Self {
        let draft = EventDraft::new(kind, at, data.id.to_string(), data);
        EventDraft {
            website: data.website.clone(),
            ..draft
        }
    }

    /// A finding was opened; `website` is that of its payment.
    pub fn of_finding(website: Option<String>, at: DateTime<Utc>, data: &FindingEventData) -> Self {
        let draft = EventDraft::new(EventType::FindingOpened, at, data.id.to_string(), data);
        EventDraft { website, ..draft }
    }

    /// Something happened to an integration.
    pub fn of_integration(kind: EventType, at: DateTime<Utc>, data: &IntegrationEventData) -> Self {
        EventDraft::new(kind, at, data.id.to_string(), data)
    }

    /// Something happened to a company; where it is not named, to one of the integration's.
    pub fn of_company(kind: EventType, at: DateTime<Utc>, data: &CompanyEventData) -> Self {
        let integration = || data.integration_id.to_string();
        let subject = data.id.clone().unwrap_or_else(integration);
        EventDraft::new(kind, at, subject, data)
    }

    /// Rules changed.
    pub fn of_rules(at: DateTime<Utc>, data: &RulesEventData) -> Self {
        EventDraft::new(EventType::RulesChanged, at, RULES.to_owned(), data)
    }

    /// Something happened to a notification endpoint; `website` is that of an endpoint for one alone.
    pub fn of_endpoint(
        kind: EventType,
        website: Option<String>,
        at: DateTime<Utc>,
        data: &EndpointEventData,
    ) -> Self {
        let draft = EventDraft::new(kind, at, data.id.to_string(), data);
        EventDraft { website, ..draft }
    }

    /// Its row, without a place in the feed.
    pub fn row(&self) -> EventDraftRow<'_> {
        EventDraftRow {
            id: self.id.to_string(),
            kind: self.kind.as_str(),
            subject: &self.subject,
            website: self.website.as_deref(),
            occurred_at: timestamp::to_stored(self.at),
            payload: &self.payload,
        }
    }

    /// Its id.
    pub fn id(&self) -> FeedEventId {
        self.id
    }

    /// What happened.
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
            at,
            // These types have text keys and finite numbers only, which can always be written.
            payload: serde_json::to_string(data).unwrap_or_default(),
        }
    }
}
