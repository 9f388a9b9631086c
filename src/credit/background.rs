//! The rate limit of background reads of credit.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::DefaultKeyedStateStore,
};

use crate::{ids::IntegrationId, rate_limit::Ticks};

type BackgroundLimiter = RateLimiter<
    IntegrationId,
    DefaultKeyedStateStore<IntegrationId>,
    Ticks,
    NoOpMiddleware<Duration>,
>;

/// A quota per minute for each integration; `None` refuses everything.
pub struct BackgroundLimit(Option<BackgroundLimiter>);

impl BackgroundLimit {
    /// `per_minute` reads for each integration; 0 allows none.
    pub fn new(per_minute: u32, ticks: Ticks) -> Self {
        let quota = NonZeroU32::new(per_minute).map(Quota::per_minute);
        let limiter =
            quota.map(|quota| RateLimiter::new(quota, DefaultKeyedStateStore::default(), ticks));
        BackgroundLimit(limiter)
    }

    /// Takes one read from the quota; false if it is used up.
    pub fn admits(&self, integration: IntegrationId) -> bool {
        let limiter = self.0.as_ref();
        limiter.is_some_and(|limiter| limiter.check_key(&integration).is_ok())
    }
}
