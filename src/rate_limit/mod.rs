//! Rate limits: a quota per minute for each caller and class of operation.
//!
//! A class with a limit of 0 has no limit and costs nothing. Memory is bounded: a key whose quota is complete again is
//! removed, and while very many keys are active, keys share buckets, so that invented callers or addresses cannot fill
//! the memory.

mod allowance;
pub mod class;

use std::{
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::Arc,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    time::{Duration, Instant},
};

use governor::{
    Quota, RateLimiter, clock, middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

use self::allowance::WINDOW_SECONDS;
pub use self::{
    allowance::{Allowance, stamp},
    class::Class,
};
use crate::{config, http::problem::Problem};

/// The number of checks between two searches for idle keys.
const SWEEP_EVERY: u32 = 1024;
/// With more active keys than this, all keys are mapped to shared buckets.
const CROWDED: usize = 100_000;
const SHARED_BUCKETS: u64 = 1 << 14;

/// The owner of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateLimitKey<'a> {
    /// The subject of a verified token, or the id of an integration.
    Subject(&'a str),
    /// The client's address. IPv6 addresses count by their /64 network, the least that one customer has.
    Address(IpAddr),
}

impl RateLimitKey<'_> {
    fn canonical(self) -> Self {
        match self {
            RateLimitKey::Address(address) => RateLimitKey::Address(match address.to_canonical() {
                IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
                v4 => v4,
            }),
            subject => subject,
        }
    }
}

/// Monotonic time. A wall clock that is set back by an hour would reject every caller for an hour.
#[derive(Clone)]
pub struct Ticks(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Ticks {
    /// The time since this call.
    pub fn system() -> Self {
        let start = Instant::now();
        Ticks(Arc::new(move || start.elapsed()))
    }

    /// The time that `read` returns.
    pub fn from_fn(read: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Ticks(Arc::new(read))
    }
}

impl clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        (self.0)()
    }
}

type Limiter = RateLimiter<u64, DefaultKeyedStateStore<u64>, Ticks, StateInformationMiddleware>;

struct Bucket {
    limit: NonZeroU32,
    limiter: Limiter,
    checks: AtomicU32,
    crowded: AtomicBool,
}

/// The counters of all classes; one for the whole process.
pub struct RateLimits {
    buckets: [Option<Bucket>; Class::ALL.len()],
    ticks: Ticks,
    hasher: RandomState,
}

impl RateLimits {
    /// Takes the limits from the configuration.
    pub fn new(limits: &config::RateLimitSettings, ticks: Ticks) -> Self {
        RateLimits {
            buckets: Class::ALL.map(|class| {
                NonZeroU32::new(class.limit(limits)).map(|limit| Bucket {
                    limit,
                    limiter: RateLimiter::new(
                        Quota::per_minute(limit),
                        DefaultKeyedStateStore::default(),
                        ticks.clone(),
                    ),
                    checks: AtomicU32::new(0),
                    crowded: AtomicBool::new(false),
                })
            }),
            ticks,
            hasher: RandomState::new(),
        }
    }

    /// Counts one request. `None` when the class has no limit; a 429 problem when the quota is used up.
    pub fn check(&self, class: Class, key: RateLimitKey<'_>) -> Result<Option<Allowance>, Problem> {
        let Some(bucket) = &self.buckets[class as usize] else {
            return Ok(None);
        };
        bucket.sweep_now_and_then();
        // Two keys with the same 64-bit hash would share a quota, which is harmless; the map holds no names.
        let mut key = self.hash(key);
        if bucket.crowded.load(Ordering::Relaxed) {
            key %= SHARED_BUCKETS;
        }
        let allowance = |remaining, reset_seconds| Allowance {
            class,
            limit: bucket.limit.get(),
            remaining,
            reset_seconds,
        };
        match bucket.limiter.check_key(&key) {
            Ok(state) => Ok(Some(allowance(
                state.remaining_burst_capacity(),
                u64::from(WINDOW_SECONDS.div_ceil(bucket.limit.get())),
            ))),
            Err(not_until) => {
                let wait = not_until.wait_time_from(clock::Clock::now(&self.ticks));
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Err(allowance(0, seconds.max(1)).refusal())
            }
        }
    }

    fn hash(&self, key: RateLimitKey<'_>) -> u64 {
        self.hasher.hash_one(key.canonical())
    }
}

impl Bucket {
    fn sweep_now_and_then(&self) {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
            self.crowded
                .store(self.limiter.len() > CROWDED, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    fn limits(ticks: &Arc<AtomicU64>) -> RateLimits {
        let ticks = ticks.clone();
        let limits = config::RateLimitSettings {
            checkout: 0,
            explain: 1,
            check: 1,
            credit: 1,
            evaluate: 3,
            admin: 1,
            webhook_miss: 1,
            webhook_unverified: 1,
        };
        RateLimits::new(
            &limits,
            Ticks::from_fn(move || Duration::from_secs(ticks.load(Ordering::SeqCst))),
        )
    }

    fn address(text: &str) -> RateLimitKey<'static> {
        RateLimitKey::Address(text.parse().expect("a test writes valid addresses"))
    }

    #[test]
    fn classes_and_kinds_of_keys_do_not_share_a_quota() {
        let limits = limits(&Arc::default());
        let passes = |class, key| limits.check(class, key).is_ok();
        assert!(passes(Class::Check, RateLimitKey::Subject("192.0.2.1")));
        assert!(!passes(Class::Check, RateLimitKey::Subject("192.0.2.1")));
        assert!(passes(Class::Check, address("192.0.2.1")));
        assert!(passes(Class::Admin, RateLimitKey::Subject("192.0.2.1")));
        assert!(matches!(
            limits.check(Class::Checkout, RateLimitKey::Subject("a")),
            Ok(None)
        ));
    }

    #[test]
    fn an_ipv6_network_counts_as_one_caller_and_a_mapped_address_as_its_ipv4_one() {
        let limits = limits(&Arc::default());
        let passes = |text| limits.check(Class::WebhookMiss, address(text)).is_ok();
        assert!(passes("2001:db8:1:2::1"));
        assert!(!passes("2001:db8:1:2:ffff::2"));
        assert!(passes("2001:db8:1:3::1"));
        assert!(passes("192.0.2.1"));
        assert!(!passes("::ffff:192.0.2.1"));
    }

    #[test]
    fn idle_keys_are_forgotten_and_a_crowd_shares_buckets() {
        let ticks = Arc::new(AtomicU64::new(0));
        let limits = limits(&ticks);
        let bucket = limits.buckets[Class::Admin as usize]
            .as_ref()
            .expect("the class has a limit");
        let flood = |count: usize| {
            for caller in 0..count {
                let _ = limits.check(Class::Admin, RateLimitKey::Subject(&caller.to_string()));
            }
        };
        let most = CROWDED + SWEEP_EVERY as usize + SHARED_BUCKETS as usize;
        flood(2 * most);
        assert!(bucket.limiter.len() <= most, "{}", bucket.limiter.len());
        ticks.store(600, Ordering::SeqCst);
        flood(2 * SWEEP_EVERY as usize);
        assert!(bucket.limiter.len() <= 2 * SWEEP_EVERY as usize);
    }
}
