//! What other rules would do: tries them and the live ones on recorded carts, and counts what each method gains and loses.
//!
//! A trial is a row that is worked off some carts at a time, by one replica at a time; a killed one's is taken over. Both sets of
//! rules are judged at the moment of the request, without credit and the health of providers. A cart of which something is not
//! kept that a rule reads is counted as undecidable. Results name recorded carts by their ids, so that an erased or forgotten
//! cart is no example any more.

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
