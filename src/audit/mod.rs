//! The audit log of changes; rows are only added.
//!
//! An entry is written in the transaction of its change, so there is no change without an entry.

mod http;
mod log;
mod store;

pub use http::routes;
pub use log::{Actor, Change, changed_fields};
pub use store::{NewEntry, record, record_all};
