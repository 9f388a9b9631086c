//! Who changed what, and when: rows that are only ever added.
//!
//! An entry is written in the transaction of the change it tells of, so there is no change without its entry.

mod log;
mod store;

pub use log::{Actor, Change, changed_fields};
pub use store::record;
