//! Receivables: invoices and offline sales as a resource, overdue invoices, and the reports for the shop's books.
//!
//! Everything is computed from transactions and the time at which they were booked. A report ignores what was booked
//! after its `asOf`, so it may be read from the database in pieces and still describe one moment.

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

/// The topic of receivables for the threads of the database.
pub const TOPIC: &str = "receivables";
