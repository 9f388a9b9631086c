//! Compares payments with their provider without a specific reason: open ones daily, paid ones and ended attempts
//! weekly for a while; on request, all open ones and the recently ended attempts.
//!
//! A run is a row that one replica at a time processes in batches; if that replica is killed, another one continues.
//! Every payment is read through the single entry point [`crate::payments::PaymentService::sync`], so a run makes only
//! changes that a webhook would make too. The entries of a run are stored: corrections, unexplained differences, and
//! payments that could not be read.

mod batch;
mod http;
mod run;
mod start;
mod store;
mod worker;

pub use http::routes;
pub use store::forget_before;
pub use worker::{Comparison, register_metrics, work};
