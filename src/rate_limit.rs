//! How often a caller may ask: a quota per minute, caller and class of operation.
//!
//! A class with a limit of 0 is off and costs nothing. Memory is bounded: a key whose quota has grown whole again is
//! forgotten, and when very many keys are active at once, new ones share buckets, because who can invent callers (or
//! addresses) must not be able to fill our memory with them.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::Arc,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    time::{Duration, Instant},
};

use actix_web::{
    HttpMessage,
    body::MessageBody,
    dev::ServiceResponse,
    http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
};
use governor::{
    Quota, RateLimiter, clock, middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

use crate::{
    config,
    problem::{Kind, Problem},
};

/// `RateLimit` of draft-ietf-httpapi-ratelimit-headers: what is left, and when there is more.
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// `RateLimit-Policy` of the same draft: the quota and its window.
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

const WINDOW_SECONDS: u32 = 60;
/// How many checks pass between two looks for idle keys.
const SWEEP_EVERY: u32 = 1024;
/// With more active keys than this, further ones share buckets.
const CROWDED: usize = 100_000;
const SHARED_BUCKETS: u64 = 1 << 14;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The storefront's hot path.
    Checkout,
    /// Live connection checks, which call out.
    Check,
    /// Dry runs of rules and expressions.
    Evaluate,
    /// Everything else behind a token.
    Admin,
    /// Webhook tokens nobody knows, by client address.
    WebhookMiss,
}

impl Class {
    const ALL: [Class; 5] = [
        Class::Checkout,
        Class::Check,
        Class::Evaluate,
        Class::Admin,
        Class::WebhookMiss,
    ];

    const fn name(self) -> &'static str {
        match self {
            Class::Checkout => "checkout",
            Class::Check => "check",
            Class::Evaluate => "evaluate",
            Class::Admin => "admin",
            Class::WebhookMiss => "webhook-miss",
        }
    }

    const fn limit(self, limits: &config::RateLimits) -> u32 {
        match self {
            Class::Checkout => limits.checkout,
            Class::Check => limits.check,
            Class::Evaluate => limits.evaluate,
            Class::Admin => limits.admin,
            Class::WebhookMiss => limits.webhook_miss,
        }
    }
}

/// A type for each class a handler may name: `Caller<scope::RulesRead, class::Evaluate>`.
pub mod class {
    use super::Class;

    /// The class an operation counts against.
    pub trait Limited: 'static {
        /// The same as a value.
        const CLASS: Class;
    }

    macro_rules! classes {
        ($($name:ident)*) => {$(
            #[doc = concat!("Counts against [`Class::", stringify!($name), "`].")]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
            impl Limited for $name {
                const CLASS: Class = Class::$name;
            }
        )*};
    }

    classes! { Checkout Check Evaluate Admin }
}

/// Whose quota it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key<'a> {
    /// The subject of a verified token.
    Subject(&'a str),
    /// The peer's address. IPv6 peers count by their /64: one customer has at least that many.
    Address(IpAddr),
}

impl Key<'_> {
    fn canonical(self) -> Self {
        match self {
            Key::Address(address) => Key::Address(match address.to_canonical() {
                IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
                v4 => v4,
            }),
            subject => subject,
        }
    }
}

/// Time that only grows. The wall clock will not do: set back by an hour, it would refuse everybody for an hour.
#[derive(Clone)]
pub struct Ticks(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Ticks {
    /// Since this call.
    pub fn system() -> Self {
        let start = Instant::now();
        Ticks(Arc::new(move || start.elapsed()))
    }

    /// Whatever `read` returns.
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

/// A request that was let through, and what its caller has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    class: Class,
    limit: u32,
    remaining: u32,
    /// Until there is at least one request more, in whole seconds.
    reset_seconds: u64,
}

impl RateLimits {
    /// Takes the limits from the configuration.
    pub fn new(limits: &config::RateLimits, ticks: Ticks) -> Self {
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
    pub fn check(&self, class: Class, key: Key<'_>) -> Result<Option<Allowance>, Problem> {
        let Some(bucket) = &self.buckets[class as usize] else {
            return Ok(None);
        };
        bucket.sweep_now_and_then();
        // Two keys with the same 64-bit keyed hash would share a quota: harmless, and the map holds no names.
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

    fn hash(&self, key: Key<'_>) -> u64 {
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

impl Allowance {
    fn headers(self) -> [(HeaderName, HeaderValue); 2] {
        let name = self.class.name();
        let value = |text: String| {
            // Class names and digits are always a valid header value.
            HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
        };
        [
            (
                RATE_LIMIT_POLICY,
                value(format!("\"{name}\";q={};w={WINDOW_SECONDS}", self.limit)),
            ),
            (
                RATE_LIMIT,
                value(format!(
                    "\"{name}\";r={};t={}",
                    self.remaining, self.reset_seconds
                )),
            ),
        ]
    }

    fn refusal(self) -> Problem {
        let problem = Problem::new(
            Kind::TooManyRequests,
            format!(
                "At most {} requests a minute of this kind; come back in {} s.",
                self.limit, self.reset_seconds
            ),
        )
        .with_header(RETRY_AFTER, HeaderValue::from(self.reset_seconds));
        self.headers()
            .into_iter()
            .fold(problem, |problem, (name, value)| {
                problem.with_header(name, value)
            })
    }

    /// Puts the two headers on an answer.
    pub fn write_to(self, headers: &mut HeaderMap) {
        for (name, value) in self.headers() {
            headers.insert(name, value);
        }
    }
}

/// Puts the rate limit headers on the answer to a request that was counted; the front door calls it for every answer.
pub fn stamp<B: MessageBody>(response: &mut ServiceResponse<B>) {
    let allowance = response.request().extensions().get::<Allowance>().copied();
    if let Some(allowance) = allowance {
        allowance.write_to(response.headers_mut());
    }
}
