//! A circuit breaker for each account: after several failures in a row, calls are held back for a while, then one call
//! is let through as a probe.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    providers::{AccountObserver, CallObservation},
    string_enum::string_enum,
};

/// The number of failures in a row after which calls are held back.
const FAILURES: u32 = 5;
/// How long calls are held back, and how long to wait for the result of a probe before the next one.
const COOL_DOWN: TimeDelta = TimeDelta::seconds(30);

string_enum! {
    /// How an account answers.
    ProviderState as "ProviderState" {
        /// The last call was answered, or none was made yet.
        Ok = "ok",
        /// The last calls failed; the next one is made all the same.
        Degraded = "degraded",
        /// Several calls in a row failed; the next ones are held back.
        Down = "down",
    }
}

/// The state of one account's calls.
#[derive(Debug, Default)]
pub struct Breaker {
    /// The name by which the caller knows the account.
    account: String,
    state: Mutex<BreakerState>,
    observer: Option<Arc<dyn AccountObserver>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct BreakerState {
    failures: u32,
    /// When a call last failed or a probe was let through; used only from [`FAILURES`] failures on.
    since: DateTime<Utc>,
}

impl Breaker {
    /// Reports to the observer that keeps the health of accounts.
    pub(super) fn report(&self, observation: CallObservation, now: DateTime<Utc>) {
        if let Some(observer) = &self.observer {
            observer.observe(&self.account, observation, now);
        }
    }

    /// The name by which the caller knows the account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// How the account answers.
    pub fn provider_state(&self) -> ProviderState {
        match self.state().failures {
            0 => ProviderState::Ok,
            1..FAILURES => ProviderState::Degraded,
            _ => ProviderState::Down,
        }
    }

    /// Whether a call may be sent. After the cool-down the first caller may send a probe; if the probe never reports
    /// its result, another caller may send one after a further cool-down.
    pub fn admits(&self, now: DateTime<Utc>) -> bool {
        let mut state = self.state();
        if state.failures < FAILURES {
            return true;
        }
        // A clock that was set back must not hold calls back for longer.
        let cooling = (TimeDelta::zero()..COOL_DOWN).contains(&(now - state.since));
        if !cooling {
            state.since = now;
        }
        !cooling
    }

    /// How much longer calls are held back.
    pub fn waits(&self, now: DateTime<Utc>) -> TimeDelta {
        let since = self.state().since;
        (since + COOL_DOWN - now).clamp(TimeDelta::zero(), COOL_DOWN)
    }

    /// Records that the account answered, and returns whether calls to it were held back until now.
    pub fn succeeded(&self) -> bool {
        let failures = std::mem::take(&mut self.state().failures);
        failures >= FAILURES
    }

    /// Records a failed call, and returns whether it opened the breaker.
    pub fn failed(&self, now: DateTime<Utc>) -> bool {
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        state.since = now;
        state.failures == FAILURES
    }

    fn state(&self) -> std::sync::MutexGuard<'_, BreakerState> {
        // Two plain values are never left half-written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The breakers of all accounts, by the names that the caller gives them.
#[derive(Debug, Default)]
pub struct Breakers {
    known: Mutex<HashMap<String, Arc<Breaker>>>,
    observer: Option<Arc<dyn AccountObserver>>,
}

impl Breakers {
    /// Breakers whose calls are reported to an observer.
    pub fn observed_by(observer: Arc<dyn AccountObserver>) -> Self {
        Breakers {
            known: Mutex::default(),
            observer: Some(observer),
        }
    }

    /// The one breaker of an account.
    pub fn of(&self, account: &str) -> Arc<Breaker> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let breaker = known.entry(account.to_owned()).or_insert_with(|| {
            Arc::new(Breaker {
                account: account.to_owned(),
                state: Mutex::default(),
                observer: self.observer.clone(),
            })
        });
        Arc::clone(breaker)
    }

    /// How many accounts are in each state; those that were never called are not counted.
    pub fn count_by_state(&self) -> Vec<(ProviderState, usize)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let states: Vec<_> = known.values().map(|it| it.provider_state()).collect();
        let count = |state: ProviderState| states.iter().filter(|it| **it == state).count();
        let all = ProviderState::ALL.iter();
        all.map(|state| (*state, count(*state))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_225_600 + second, 0).expect("a moment")
    }

    /// A breaker that opened at second 0.
    fn open() -> Breaker {
        let breaker = Breaker::default();
        let opened: Vec<_> = (0..FAILURES).map(|_| breaker.failed(at(0))).collect();
        assert_eq!(opened, [false, false, false, false, true]);
        breaker
    }

    #[test]
    fn calls_are_held_back_after_failures_in_a_row_only() {
        let breaker = Breaker::default();
        for _ in 0..3 {
            for _ in 1..FAILURES {
                breaker.failed(at(0));
                assert!(breaker.admits(at(0)));
            }
            assert!(!breaker.succeeded(), "calls were not held back");
        }
        for (second, left) in [(0, 30), (1, 29), (29, 1)] {
            let breaker = open();
            assert!(!breaker.admits(at(second)));
            assert_eq!(breaker.waits(at(second)), TimeDelta::seconds(left));
        }
    }

    #[test]
    fn after_the_cool_down_one_call_sees_whether_it_is_over() {
        let breaker = open();
        assert!(breaker.admits(at(30)));
        assert!(!breaker.admits(at(30)), "only one");
        breaker.failed(at(31));
        assert!(!breaker.admits(at(60)));
        assert!(breaker.admits(at(61)));
        assert!(breaker.succeeded(), "calls were held back");
        assert!(!breaker.succeeded(), "only until then");
        assert!(breaker.admits(at(61)));
        assert!(breaker.admits(at(61)), "everyone");
    }

    #[test]
    fn a_call_that_never_reports_does_not_hold_the_others_back_for_ever() {
        let breaker = open();
        assert!(breaker.admits(at(30)));
        assert!(!breaker.admits(at(59)));
        assert!(breaker.admits(at(60)));
    }

    #[test]
    fn a_clock_set_back_opens_the_way() {
        assert!(open().admits(at(-3600)));
    }

    #[test]
    fn each_account_has_one_breaker_of_its_own() {
        let breakers = Breakers::default();
        for _ in 0..FAILURES {
            breakers.of("one").failed(at(0));
        }
        assert!(!breakers.of("one").admits(at(0)));
        breakers.of("a third").failed(at(0));
        assert!(breakers.of("another").admits(at(0)));
        assert_eq!(breakers.of("another").account(), "another");
        use ProviderState::{Degraded, Down, Ok};
        assert_eq!(
            breakers.count_by_state(),
            [(Ok, 1), (Degraded, 1), (Down, 1)]
        );
    }
}
