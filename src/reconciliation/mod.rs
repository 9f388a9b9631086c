//! Compares payments with the provider although nothing seems amiss: open ones daily, paid ones and ended attempts weekly for a
//! while; all open ones and the attempts that ended lately on request.
//!
//! A run is a row that is worked off a few payments at a time, by one replica at a time; a killed one's is taken over. Every
//! payment is read through the single entry point [`crate::payments::PaymentService::sync`], so that a run changes nothing that a webhook
//! would not. Its entries are stored: what was corrected, what the ledger does not explain, and what could not be read.

mod batch;
mod http;
mod run;
mod start;
mod store;
mod worker;

pub use http::routes;
pub use store::forget_before;
pub use worker::{Comparison, register_metrics, work};
