//! Who changed what, and when: rows that are only ever added.
//!
//! An entry is written in the transaction of the change it tells of, so there is no change without its entry.

mod http;
mod log;
mod store;

pub use http::routes;
pub use log::{Actor, Change, changed_fields};
pub use store::{EntryRow, record};
