//! The clock is an argument, so that tests assert exact moments.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

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

/// The moment `age` before `now`, but not before 1970: a setting may be longer than a database's calendar.
pub fn before(now: DateTime<Utc>, age: Duration) -> DateTime<Utc> {
    let age = TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX);
    let moment = now.checked_sub_signed(age);
    moment.unwrap_or_default().max(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_before_another_is_never_before_1970() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).expect("a moment");
        let an_hour = Duration::from_secs(3600);
        assert_eq!(before(now, an_hour), now - TimeDelta::hours(1));
        for years in [60, 100_000, 300_000, u64::MAX / 31_557_600] {
            let age = Duration::from_secs(years * 31_557_600);
            assert_eq!(before(now, age), DateTime::UNIX_EPOCH, "{years}");
        }
    }
}
