//! Who owes what: invoices and offline sales as a resource, what of them is overdue, and the reports for the shop's books.
//!
//! Everything is computed from transactions by the moment at which they were booked. What is booked later than a report's
//! `asOf` does not count, so a report may be read from the database in pieces and still be of one moment.

mod aging;
mod calendar;
mod debtor;
mod funding;
pub mod http;
mod journal;
mod report;
mod store;
mod watch;

pub use http::routes;
pub use watch::watch_invoices;

/// What the database's threads know this room by.
pub const TOPIC: &str = "receivables";
