//! The inbox: a webhook is stored before it is answered, and a worker applies it later.
//!
//! A webhook is a hint about which order to read back. Everything that moves money is read back from the provider by
//! `payments`, so a repeated, late, forged or replayed event is harmless. Nearly every webhook is answered with 200,
//! even an unreadable one, because any other answer makes the provider send it again for a day.

mod apply;
mod buyer;
mod event;
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
pub use buyer::{ExportedBody, erase, export};
pub use http::routes;
pub use inbox::Inbox;
pub use state::WebhookState as WebhookEventState;
pub use store::SEALED;
pub use store::{count_events_in, forget_before, oldest_due_event, oldest_pending_event};
pub use worker::work;

/// The topic of webhook events for the threads of the database.
pub const TOPIC: &str = "webhooks";

/// Registers the metrics of this module at zero.
pub fn register_metrics() {
    inbox::register_metrics();
    worker::register_metrics();
}
