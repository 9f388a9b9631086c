//! Differences between a payment and its provider that a person has to look at.
//!
//! Webhooks, `sync` and reconciliation write the same row: there is at most one unresolved row for each code, subject
//! and reference. A complete read that does not notice the difference any more resolves the row; if it is noticed again
//! later, a new row is opened.

mod acknowledge;
mod code;
mod finding;
mod http;
pub mod store;

pub use code::{FindingCode, code_table};
pub use finding::{Finding, FindingState, FindingSubject, Observation, state_of};
pub use http::routes;
pub use store::{open, record, resolve};
