//! The clock is an argument, so that tests assert exact moments.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

/// Returns the current time. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        #[allow(clippy::disallowed_methods)] // the one place where the system is asked
        Clock(Arc::new(Utc::now))
    }

    /// A clock that shows the time that `read` returns.
    pub fn from_fn(read: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Clock(Arc::new(read))
    }

    /// The current time, cut to microseconds, the precision of PostgreSQL, so that a moment survives a round trip.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)().trunc_subsecs(6)
    }
}
