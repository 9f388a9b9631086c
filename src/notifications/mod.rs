//! Events posted to endpoints of others, signed as <https://www.standardwebhooks.com> describes.
//!
//! [`fan_out`] follows the feed and makes a delivery for each endpoint that wants an event; a [`worker`] posts what is due.
//! A delivery is a row that names its event: the body is rendered anew at each attempt, and the event's id is the same.

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

/// What the database's threads know this work by.
pub const TOPIC: &str = "notifications";
/// So many endpoints there may be.
pub const MOST_ENDPOINTS: usize = 50;

pub use attempt::Receivers;
pub use http::routes;
pub use store::SEALED;
pub use store::{count_endpoints, forget_before, oldest_due};
pub use worker::{Deliverer, register_metrics};

use crate::jobs::Wakeup;

/// Makes deliveries and attempts them, until the store is closed or the future is dropped.
pub async fn work(deliverer: Deliverer, wakeup: Wakeup<Deliverer>) {
    let (store, clock) = (deliverer.store.clone(), deliverer.clock.clone());
    let poll = deliverer.settings.poll;
    let following = fan_out::follow(store, clock, poll, wakeup.clone());
    tokio::join!(worker::deliver_due(deliverer, wakeup), following);
}
