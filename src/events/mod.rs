//! What happened here, for those who follow it from outside: a feed that is read with a cursor.
//!
//! Whoever changes something appends its events in the same transaction. A reader must never see a row appear behind a
//! cursor that it was handed, so rows get their place in the feed (`sequence`) in the order in which they are committed: on
//! SQLite by its one writer at once, on PostgreSQL afterwards by the [`Sequencer`], of which one replica's works at a time.

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

/// What the database's threads know this work by.
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
