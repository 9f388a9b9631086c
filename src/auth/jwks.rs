//! The keys of other issuers: a JWK set in a file, or at a URL that is read again when it may have changed.
//!
//! Only tokens with an unknown `kid` wait for the URL. Anyone can make up a `kid`, so unknown ones cause at most one
//! read a minute. A set is also read again after a quarter of an hour; otherwise a withdrawn key would be accepted
//! until a new key appears.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::{ArcSwap, Guard};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::Algorithm;
use reqwest::{Method, StatusCode, Url, header::ACCEPT};
use tokio::{runtime::Handle, sync::watch};

use super::keys::KeyRing;
use crate::{
    clock::Clock,
    config::WrongSettings,
    outbound::{self, HostPolicy, Outbound, Proxy, Timeouts},
};

/// An unknown `kid` causes a read at most this often.
const BETWEEN_READS: TimeDelta = TimeDelta::minutes(1);
/// A set of this age in seconds is read again.
const OLD_SECONDS: i64 = 15 * 60;
/// The maximum size of a JWK set in bytes; real sets have a few kilobytes.
const MOST_BYTES: usize = 512 * 1024;
/// Short, because tokens with a new `kid` wait for it.
const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(3),
    total: Duration::from_secs(5),
};

/// The current keys, and how to read newer ones.
pub struct KeySource(Arc<KeySourceInner>);

struct KeySourceInner {
    ring: ArcSwap<KeyRing>,
    generation: AtomicU64,
    remote: Option<Remote>,
}

struct Remote {
    url: Url,
    client: Outbound,
    algorithms: Vec<Algorithm>,
    clock: Clock,
    reading: watch::Sender<FetchState>,
    /// Unix seconds at which the set counts as old.
    old_at_seconds: AtomicI64,
}

#[derive(Default)]
struct FetchState {
    running: bool,
    /// The time of the last read that a token or the set's age caused.
    last_caused: Option<DateTime<Utc>>,
}

impl KeySource {
    /// Reads a JWK set file now; only checks a URL.
    pub fn new(
        file: &str,
        url: &str,
        proxy: Option<&Proxy>,
        algorithms: Vec<Algorithm>,
        clock: Clock,
    ) -> Result<Self, WrongSettings> {
        let (ring, remote) = match (file, url) {
            ("", "") => (KeyRing::default(), None),
            ("", url) => (
                KeyRing::default(),
                Some(Remote::new(url, proxy, algorithms, clock)?),
            ),
            (file, _) => (read_file(Path::new(file), &algorithms)?, None),
        };
        Ok(KeySource(Arc::new(KeySourceInner {
            ring: ArcSwap::from_pointee(ring),
            generation: AtomicU64::new(0),
            remote,
        })))
    }

    /// The current keys.
    pub fn ring(&self) -> Guard<Arc<KeyRing>> {
        self.0.ring.load()
    }

    /// Incremented when a key is withdrawn, which invalidates cached tokens.
    pub fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    /// Reads the set at its URL in the background, if there is one.
    pub fn fetch(&self) {
        self.start(|_| true);
    }

    /// Reads the set again in the background once it is old. Otherwise it costs one comparison.
    pub fn refresh_when_old(&self, now: DateTime<Utc>) {
        if let Some(remote) = &self.0.remote
            && now.timestamp() >= remote.old_at_seconds.load(Ordering::Relaxed)
        {
            self.start(|reading| reading.is_due(now));
        }
    }

    /// Resolves when the current read, or a new one for this call, has ended. Returns `None` if no read may begin now.
    pub fn refresh(&self, now: DateTime<Utc>) -> Option<impl Future<Output = ()> + use<>> {
        let mut reading = self.0.remote.as_ref()?.reading.subscribe();
        let started = self.start(|reading| reading.is_due(now));
        if !started && !reading.borrow().running {
            return None;
        }
        Some(async move {
            // An error means that the service shuts down.
            let _ = reading.wait_for(|reading| !reading.running).await;
        })
    }

    /// Begins a read in a separate task, unless one is running or `due` returns false.
    fn start(&self, due: impl FnOnce(&mut FetchState) -> bool) -> bool {
        let (Some(remote), Ok(runtime)) = (&self.0.remote, Handle::try_current()) else {
            return false;
        };
        let started = remote.reading.send_if_modified(|reading| {
            let start = !reading.running && due(reading);
            reading.running |= start;
            start
        });
        if started {
            let running = Running(self.0.clone());
            runtime.spawn(async move { running.0.read().await });
        }
        started
    }
}

impl FetchState {
    fn is_due(&mut self, now: DateTime<Utc>) -> bool {
        // Uses the absolute difference, so that a clock that was set back does not block new keys.
        let due = self
            .last_caused
            .is_none_or(|last| (now - last).abs() >= BETWEEN_READS);
        if due {
            self.last_caused = Some(now);
        }
        due
    }
}

/// Ends the reading state even if the task is dropped, because a worker may be shut down during the read.
struct Running(Arc<KeySourceInner>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(remote) = &self.0.remote {
            remote
                .reading
                .send_modify(|reading| reading.running = false);
        }
    }
}

impl KeySourceInner {
    async fn read(&self) {
        let Some(remote) = &self.remote else { return };
        match remote.read().await {
            Ok(ring) => {
                tracing::info!(url = %remote.url, keys = ring.len(), "read a JWK set");
                let ring = Arc::new(ring);
                let before = self.ring.swap(ring.clone());
                if !before.is_within(&ring) {
                    self.generation.fetch_add(1, Ordering::Release);
                }
                let old_at = remote.clock.now().timestamp().saturating_add(OLD_SECONDS);
                remote.old_at_seconds.store(old_at, Ordering::Relaxed);
            }
            Err(cause) => {
                tracing::warn!(
                    url = %remote.url,
                    cause,
                    "cannot read a JWK set; its last known keys stay"
                );
            }
        }
    }
}

impl Remote {
    fn new(
        url: &str,
        proxy: Option<&Proxy>,
        algorithms: Vec<Algorithm>,
        clock: Clock,
    ) -> Result<Self, WrongSettings> {
        let wrong = |cause: &dyn std::fmt::Display| {
            // Some causes are sentences, some are none.
            let cause = cause.to_string();
            let cause = cause.trim_end_matches('.');
            WrongSettings(format!("auth.jwks_url `{url}` does not fit: {cause}."))
        };
        let url = Url::parse(url).map_err(|error| wrong(&error))?;
        let policy = HostPolicy::only(&url);
        policy.check(&url).map_err(|error| wrong(&error))?;
        Ok(Remote {
            url,
            client: Outbound::new(policy, proxy, TIMEOUTS).map_err(|error| wrong(&error))?,
            algorithms,
            clock,
            reading: watch::Sender::default(),
            old_at_seconds: AtomicI64::new(i64::MIN),
        })
    }

    async fn read(&self) -> Result<KeyRing, String> {
        let request = self
            .client
            .request(Method::GET, self.url.clone())
            .map_err(|refused| refused.sentence)?
            .header(ACCEPT, "application/jwk-set+json, application/json");
        let response = self
            .client
            .send(request)
            .await
            .map_err(|error| error.to_string())?;
        if response.status() != StatusCode::OK {
            return Err(format!("it answered {}", response.status()));
        }
        let document = outbound::read_capped(response, MOST_BYTES)
            .await
            .map_err(|error| error.to_string())?;
        usable(&document, &self.algorithms)
    }
}

fn read_file(path: &Path, algorithms: &[Algorithm]) -> Result<KeyRing, WrongSettings> {
    let wrong = |cause: &dyn std::fmt::Display| {
        WrongSettings(format!(
            "auth.jwks_file `{}` cannot be used: {cause}.",
            path.display()
        ))
    };
    let document = std::fs::read(path).map_err(|error| wrong(&error))?;
    usable(&document, algorithms).map_err(|cause| wrong(&cause))
}

/// The keys of a JWK set. One without a key is an error, because no token could be verified with it.
fn usable(document: &[u8], algorithms: &[Algorithm]) -> Result<KeyRing, String> {
    let ring = KeyRing::read(document, algorithms).map_err(|error| error.to_string())?;
    match ring.is_empty() {
        true => Err("it has no public key for an allowed algorithm".to_owned()),
        false => Ok(ring),
    }
}
