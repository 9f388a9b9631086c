//! Notifications: events are posted to endpoints of other systems, signed by <https://www.standardwebhooks.com>.
//!
//! [`fan_out`] follows the feed and creates a delivery for each endpoint that an event is for; the [`worker`] posts due
//! deliveries. A delivery is a row that refers to its event: each attempt renders the body anew, and the event's id
//! stays the same.

mod attempt;
mod delivery;
mod draft;
mod endpoint;
mod fan_out;
mod http;
mod manage;
mod prepared;
mod schedule;
mod secret;
mod settlement;
mod signature;
mod store;
mod worker;

/// The topic of notifications for the threads of the database.
pub const TOPIC: &str = "notifications";
/// The maximum number of endpoints.
pub const MOST_ENDPOINTS: usize = 50;

pub use attempt::Receivers;
pub use http::routes;
pub use store::SEALED;
pub use store::{count_endpoints, forget_before, oldest_due};
pub use worker::{Deliverer, register_metrics};

use crate::jobs::Wakeup;

/// Creates deliveries and attempts them, until the store is closed or the future is dropped.
pub async fn work(deliverer: Deliverer, wakeup: Wakeup<Deliverer>) {
    let (store, clock) = (deliverer.store.clone(), deliverer.clock.clone());
    let poll = deliverer.settings.poll;
    let following = fan_out::follow(store, clock, poll, wakeup.clone());
    tokio::join!(worker::deliver_due(deliverer, wakeup), following);
}
