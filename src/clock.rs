//! The clock is an argument, so that tests assert exact moments.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

/// Says what time it is. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        #[allow(clippy::disallowed_methods)] // the one place where the system is asked
        Clock(Arc::new(Utc::now))
    }

    /// A clock that shows whatever `read` returns.
    pub fn from_fn(read: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Clock(Arc::new(read))
    }

    /// Now, in whole microseconds: PostgreSQL keeps no more, and a moment must survive a round trip.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)().trunc_subsecs(6)
    }
}
