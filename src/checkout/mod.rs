//! Decides which payment methods a cart is offered, and explains why it is not offered the others.
//!
//! [`walk`] decides and [`explain`] explains the same walk. They share [`steps`] and [`eligibility`], so that an
//! explanation matches the decision.

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
