//! The inbox: webhooks are stored before they are answered, and applied later by a worker.
//!
//! A webhook is a hint. It says which order to read back; everything that moves money is read back from the provider by `payments`,
//! so a repeated, late, forged or replayed event does no harm. What would surprise: nearly everything is answered with 200,
//! also what we cannot read, because any other answer makes Apruve send it again for a day.

mod apply;
mod erase;
mod event;
mod export;
pub mod http;
mod inbound_token;
mod inbox;
mod replay;
mod settlement;
mod signature_pool;
mod state;
mod store;
mod worker;

pub use apply::Applier;
pub use erase::erase;
pub use export::{ExportedBody, export};
pub use http::routes;
pub use inbox::{Inbox, InboxParts};
pub use state::WebhookState as WebhookEventState;
pub use store::SEALED;
pub use store::{count_events_in, forget_before, oldest_due_event, oldest_pending_event};
pub use worker::work;

/// What the database's threads know webhook events by.
pub const TOPIC: &str = "webhooks";

/// Makes the series of this room appear before anything is counted.
pub fn register_metrics() {
    inbox::register_metrics();
    worker::register_metrics();
}
