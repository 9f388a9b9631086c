//! The event feed for other systems, which is read with a cursor.
//!
//! A change appends its events in the same transaction. A row must never appear at a place that a reader's cursor has
//! already passed. So rows get their place in the feed (`sequence`) in the order of commits: on SQLite at once, by its
//! single writer; on PostgreSQL afterwards, by the [`Sequencer`], which works in one replica at a time.

mod cloud_event;
mod cursor;
mod data;
mod document;
mod draft;
mod event_type;
mod example;
mod feed;
mod forget;
mod http;
mod rendered;
mod sequencer;
mod source;
pub mod store;
mod type_filter;

/// The topic of events for the threads of the database.
pub const TOPIC: &str = "events";

pub use cloud_event::MEDIA_TYPE;
pub use cursor::to_text as cursor_text;
pub use data::{
    CompanyEventData, EndpointEventData, EventAmounts, EventFunding, EventInvoice, EventMethod,
    EventTransaction, FindingEventData, HealthEventData, IntegrationEventData, PaymentEventData,
    RulesEventData,
};
pub use document::describe_webhooks;
pub use draft::EventDraft;
pub use event_type::{EventType, type_table};
pub use feed::EventFeed;
pub use forget::forget_before;
pub use http::routes;
pub use rendered::{EventBatch, RenderedEvent};
pub use sequencer::{Sequencer, register_metrics};
pub use store::append;
pub use type_filter::types_named;
