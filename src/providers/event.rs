//! What a webhook of a provider says, in neutral terms.
//!
//! A webhook is a hint, even when it is signed: it names the resource to read back, and no decision about money uses
//! its content.

use chrono::{DateTime, Utc};

use super::ProviderId;

/// A webhook, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedEvent {
    /// The same for every delivery of one event.
    pub uuid: Option<String>,
    /// The provider's name for the event.
    pub name: Option<String>,
    /// When it happened, as the provider says.
    pub occurred_at: Option<DateTime<Utc>>,
    /// The resource that the event is about, or why the event has no effect.
    pub resource: Result<EventResource, Unintelligible>,
}

impl ParsedEvent {
    /// An event of which nothing could be read.
    pub(super) fn unintelligible(why: Unintelligible) -> Self {
        ParsedEvent {
            uuid: None,
            name: None,
            occurred_at: None,
            resource: Err(why),
        }
    }
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventResource {
    Order {
        id: ProviderId,
        /// The shop's own name for it, where the provider sent it.
        merchant_order_id: Option<String>,
    },
    Invoice {
        id: ProviderId,
        /// If it is absent, the invoice has to be read to find its order.
        order: Option<ProviderId>,
        /// Whether the provider paid the shop for it.
        funded: bool,
    },
    Shipment {
        invoice: ProviderId,
    },
    /// A buying company, its people or its credit.
    Company {
        what: CompanyNoun,
        /// The company's account, where it is named.
        account: Option<ProviderId>,
        /// The e-mail addresses of buyers that are named.
        emails: Vec<String>,
    },
}

/// The part of a company that an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompanyNoun {
    Approval,
    /// Anything else about its account.
    Account,
    Member,
    Credit,
}

/// Why a webhook has no effect. The text never quotes the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unintelligible {
    #[error("the body is empty")]
    Empty,
    /// With the place in the body.
    #[error("the body cannot be read: {0}")]
    Unreadable(String),
    #[error("the body names no event")]
    NoEvent,
    #[error("it is an event we do not know")]
    UnknownEvent,
    #[error("its entity is not an object")]
    NoEntity,
    #[error("its entity does not say which {0} it is about")]
    Nameless(&'static str),
}
