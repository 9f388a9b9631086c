//! The clock is an option, so that tests assert exact moments.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

/// Returns the current time. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        #[allow(
            clippy::disallowed_methods,
            reason = "the one place where the system is asked"
        )]
        Clock(Arc::new(Utc::now))
    }

    /// A clock that shows the time that `read` returns.
    pub fn from_fn(read: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Clock(Arc::new(read))
    }

    /// The current time, cut to microseconds.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.0)().trunc_subsecs(6)
    }
}
