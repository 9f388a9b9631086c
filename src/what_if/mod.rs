//! Trials of rules: evaluates recorded carts with other rules and with the live ones, and counts the carts that each
//! method gains and loses.
//!
//! A trial is a row. One replica at a time processes it, some carts at a time; if that replica is killed, another one
//! takes over. Both sets of rules are evaluated at the moment of the request, without credit and the health of
//! providers. A cart counts as undecidable if an attribute that a rule reads was not recorded. Results refer to
//! recorded carts by id, so that an erased or deleted cart is no longer an example.

mod compare;
mod http;
mod start;
mod store;
mod tally;
mod trial;
mod worker;

pub use compare::{ComparedRulebooks, compare_all};
pub use http::routes;
pub use store::forget_before;
pub use tally::{Affected, MethodTally, Tally};
pub use worker::{TrialParts, Trials, work};
