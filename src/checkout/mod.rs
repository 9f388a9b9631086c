//! What this cart may be paid with, and why not with the rest.
//!
//! [`eligibility`] is the walk itself, pure and fast; [`explain`] tells the same walk in words. They share the steps, so
//! that the explanation matches the decision.

mod answer;
mod availability;
mod credit_text;
mod eligibility;
mod explain;
mod http;
mod judgement;
pub mod permission;
mod reason;
pub mod rule_tests;
mod steps;
mod trace;
mod walk;
mod wording;

#[cfg(test)]
mod tests;

pub use http::{CartBody, Explainers, named_languages, revision_incomplete, routes};
pub use judgement::{CART_JUDGE, offered_to_recorded};
