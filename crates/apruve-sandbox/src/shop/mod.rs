//! `/shop`: a demo shop in the browser, with a checkout and the settlement of its payments.
//!
//! This is the shop's backend: it knows the prices and the tokens and calls the service; the page calls only this
//! server. It follows the service's event feed, and streams its calls and the events to the page. The shop opens when
//! it gets the address of the service, which may start after the sandbox.

mod calls;
mod cart;
mod event_feed;
mod forward;
mod journal;
mod journal_stream;
mod mask;
mod orders;
mod page_call;
mod routes;
mod service;

use std::sync::Arc;

use secrecy::SecretString;
use tokio::task::JoinHandle;

pub use routes::routes;

use self::{event_feed::EventFeed, journal::Journal, orders::Orders, service::Service};
use crate::clock::Clock;

/// The service that a shop sells with, and tokens for it.
pub struct ServiceAccess {
    /// Such as `http://127.0.0.1:8080`.
    pub origin: String,
    /// With the scopes of a storefront: `checkout payments:read payments:write`.
    pub storefront_token: SecretString,
    /// With the scopes of a back office, which include `payments:settle` and `events:read`.
    pub office_token: SecretString,
}

/// An open shop.
pub struct Shop {
    service: Arc<Service>,
    orders: Arc<Orders>,
    journal: Arc<Journal>,
    follower: JoinHandle<()>,
}

impl Shop {
    /// A shop that calls the service with this client. Needs a Tokio runtime.
    pub fn new(access: ServiceAccess, client: reqwest::Client, clock: Clock) -> Self {
        let journal = Arc::new(Journal::new(clock));
        let service = Arc::new(Service::new(access, client, journal.clone()));
        let orders = Arc::new(Orders::default());
        let feed = EventFeed {
            service: service.clone(),
            orders: orders.clone(),
            journal: journal.clone(),
        };
        Shop {
            service,
            orders,
            journal,
            follower: tokio::spawn(feed.follow()),
        }
    }

    /// The origin of the service.
    pub fn service_origin(&self) -> &str {
        self.service.origin()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.follower.abort();
    }
}
