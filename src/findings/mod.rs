//! Differences between a payment and its provider that a person has to look at.
//!
//! Webhooks, `sync` and reconciliation write the same row: there is one for each code, subject and
//! reference as long as it is not resolved. A complete read that does not notice it any more resolves it; noticed again after
//! that, it is a new row.

mod acknowledge;
mod code;
mod finding;
mod http;
pub mod store;

pub use code::{FindingCode, code_table};
pub use finding::{Finding, FindingState, FindingSubject, Observation, state_of};
pub use http::routes;
pub use store::{open, record, resolve};
