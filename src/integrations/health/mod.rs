//! The health of the accounts at payment providers, shared by all replicas.
//!
//! Every call reports its outcome to the [`HealthBoard`]. A change of state is written by the replica that made the
//! call, with its event, under a lock on the integration; every replica reads the states as often as it polls for new
//! rules. An account whose state is not `ok` is checked again in the background. Health is not part of an integration's
//! version or of revisions.

mod board;
mod check;
mod state;
pub mod store;

pub use board::{HealthBoard, HealthCounts};
pub use check::HealthChecks;
pub use state::{HealthReason, HealthState, IntegrationHealth};
