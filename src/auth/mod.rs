//! Authentication, authorization, and rate limits.
//!
//! A handler takes `Caller<scope::…>` as its first argument. [`Auth`] is made once from the settings; each HTTP worker
//! has its own [`Authenticator`] in its app data, so that its cache of verified tokens needs no lock.

mod caller;
mod claims;
mod header;
mod held_body;
mod issuer;
mod jwks;
mod keys;
pub mod mint;
mod refusal;
mod revoked;
pub mod scope;
pub mod startup;
mod token;
mod token_cache;
mod websites;

use std::{cell::RefCell, sync::Arc};

pub use self::{
    caller::Caller,
    revoked::{Revocations, RevokedSubject, RevokedTokens},
    scope::{Role, Scope},
    token::LONGEST_LIFE_SECONDS,
    token::VerifiedToken,
    websites::{WebsiteRefusal, Websites},
};
use self::{
    refusal::TokenRefusal,
    token::Verifier,
    token_cache::{Fingerprint, TokenCache},
};
use crate::{
    clock::Clock,
    config::{Settings, WrongSettings},
    outbound::Proxy,
    rate_limit::{RateLimits, Ticks},
};

/// Verification of tokens and the rate limits, for the whole process. Cheap to clone.
#[derive(Clone)]
pub struct Auth(Arc<AuthInner>);

struct AuthInner {
    verifier: Verifier,
    revocations: Revocations,
    limits: RateLimits,
    clock: Clock,
}

impl Auth {
    /// Reads the secret, the JWK set file and the limits. A JWK set at a URL is read later; see [`Auth::fetch_keys`].
    pub fn new(settings: &Settings, clock: Clock, ticks: Ticks) -> Result<Self, WrongSettings> {
        let proxy = Proxy::read(&settings.outbound.proxy)?;
        let verifier = Verifier::new(&settings.auth, proxy.as_ref(), &clock)?;
        Ok(Auth(Arc::new(AuthInner {
            verifier,
            revocations: Revocations::default(),
            limits: RateLimits::new(&settings.rate_limits, ticks),
            clock,
        })))
    }

    /// Reads the JWK sets that are configured by URL, in the background; `serve` calls it once. A failure is logged and
    /// does not stop the start: tokens of other keys work, and the next unknown `kid` causes another read.
    pub fn fetch_keys(&self) {
        self.0
            .verifier
            .issuers()
            .iter()
            .for_each(|it| it.keys.fetch());
    }

    /// The revoked tokens.
    pub fn revocations(&self) -> &Revocations {
        &self.0.revocations
    }

    /// The authenticator of one worker, to be put in its app data (not inside `web::Data`).
    pub fn authenticator(&self) -> Authenticator {
        Authenticator {
            shared: self.0.clone(),
            token_cache: RefCell::default(),
        }
    }

    /// The rate limits, for limits by client address.
    pub fn limits(&self) -> &RateLimits {
        &self.0.limits
    }
}

/// One HTTP worker's view of [`Auth`].
pub struct Authenticator {
    shared: Arc<AuthInner>,
    token_cache: RefCell<TokenCache>,
}

impl Authenticator {
    /// Verifies a token, or takes the result from the cache.
    fn authenticate(&self, token: &str) -> Result<Arc<VerifiedToken>, TokenRefusal> {
        let AuthInner {
            verifier,
            revocations,
            clock,
            ..
        } = &*self.shared;
        let now = clock.now();
        let now_seconds = now.timestamp();
        // Read before the keys and the revocations: a result that overlaps with a change is then dropped from the
        // cache.
        let mut key_generation = 0;
        for issuer in verifier.issuers() {
            issuer.keys.refresh_when_old(now);
            key_generation += issuer.keys.generation();
        }
        let generation = (key_generation, revocations.generation());
        let fingerprint = Fingerprint::of(token);
        let mut token_cache = self.token_cache.borrow_mut();
        if let Some(verified) = token_cache.find(&fingerprint, generation, now_seconds) {
            return Ok(verified);
        }
        let verified = Arc::new(verifier.verify(token, &revocations.current(), now_seconds)?);
        token_cache.insert(fingerprint, verified.clone(), generation, now_seconds);
        Ok(verified)
    }

    /// Resolves when the JWK set of the token's issuer has been read again. Returns `None` if the issuer has no URL, or
    /// if it was read a moment ago.
    fn refresh_keys(&self, token: &str) -> Option<impl Future<Output = ()> + use<>> {
        let issuer = self.shared.verifier.issuer_of(token).ok()?;
        issuer.keys.refresh(self.shared.clock.now())
    }

    fn limits(&self) -> &RateLimits {
        &self.shared.limits
    }
}
