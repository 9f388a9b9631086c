//! How the accounts at payment providers answer, as all replicas agree on it.
//!
//! Every call reports its outcome to the [`HealthBoard`]. What changes a state is written by the replica that made the call, with
//! its event, under a lock on the integration; every replica reads the states as often as it asks for new rules. What is not
//! well is checked again by itself. Health is no part of an integration's version or of the revisions.

mod board;
mod check;
mod state;
pub mod store;

pub use board::{HealthBoard, HealthCounts};
pub use check::HealthChecks;
pub use state::{HealthReason, HealthState, IntegrationHealth};
