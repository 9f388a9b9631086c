//! Settings: compiled-in defaults, then `onterms.toml`, then the environment, then flags.
//!
//! `config/default.toml` documents every key. A wrong key or value stops the start with one sentence that names it, so
//! that a typing error is not silently replaced by a default.

mod auth;
mod layers;
mod misspelled;
mod notifications;
mod recording;
#[cfg(test)]
mod tests;

use std::{net::IpAddr, time::Duration};

use serde::Deserialize;
use tracing_subscriber::EnvFilter;

pub use auth::{AuthSettings, IssuerSettings, OneOrMany};
pub use layers::Sources;
pub use misspelled::{Misspelled, keys, misspelled};
pub use notifications::NotificationSettings;
pub use recording::RecordingSettings;

use crate::secret::SecretText;

/// The documented defaults, as compiled in.
pub const DEFAULTS: &str = include_str!("../config/default.toml");

/// The maximum of `apruve.timeout`; time-outs elsewhere assume that no call takes longer.
const LONGEST_CALL: Duration = Duration::from_secs(12);
/// The maximum of `server.cart_limit` in bytes: a cart is held in memory, sealed and stored.
const LARGEST_CART: usize = 64 * 1024 * 1024;
/// The maximum of durations that are added to a moment, so that the sum does not overflow.
const LONGEST_WAIT: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The configuration of the service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub server: ServerSettings,
    pub metrics: MetricsSettings,
    pub database: DatabaseSettings,
    pub auth: AuthSettings,
    pub cors: CorsSettings,
    pub secrets: SecretSettings,
    pub rulebook: RulebookSettings,
    pub recording: RecordingSettings,
    pub apruve: ApruveCallSettings,
    pub outbound: OutboundSettings,
    pub rate_limits: RateLimitSettings,
    pub credit: CreditSettings,
    pub payments: PaymentSettings,
    pub reconciliation: ReconciliationSettings,
    pub webhooks: WebhookSettings,
    pub notifications: NotificationSettings,
    pub retention: RetentionSettings,
    pub log: LogSettings,
    pub telemetry: TelemetrySettings,
}

/// The public listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    pub host: IpAddr,
    /// 0 takes a free port.
    pub port: u16,
    /// The public origin without a trailing slash; empty if not configured.
    pub public_base_url: String,
    /// HTTP worker threads; 0 means one per core.
    pub workers: usize,
    /// The maximum size in bytes of a body with a cart.
    pub cart_limit: usize,
    /// The maximum number of open connections.
    pub max_connections: usize,
    /// Proxies whose `Forwarded` or `X-Forwarded-For` is trusted, as addresses or networks.
    pub trusted_proxies: Vec<String>,
    #[serde(with = "humantime_serde")]
    pub request_timeout: Duration,
    /// The maximum time until the head of a connection's first request has arrived.
    #[serde(with = "humantime_serde")]
    pub head_timeout: Duration,
    /// The maximum time until the next piece of a body arrives.
    #[serde(with = "humantime_serde")]
    pub idle_body_timeout: Duration,
    /// The maximum time until a client reads more of a response.
    #[serde(with = "humantime_serde")]
    pub write_timeout: Duration,
    #[serde(with = "humantime_serde")]
    pub shutdown_timeout: Duration,
}

/// The Prometheus listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSettings {
    pub enabled: bool,
    pub host: IpAddr,
    pub port: u16,
    /// The interval at which figures are read from the database.
    #[serde(with = "humantime_serde")]
    pub refresh: Duration,
}

/// The database.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// Contains a password on PostgreSQL, so it is never logged.
    pub url: SecretText,
    pub connections: usize,
    pub write_queue: usize,
    pub migrate: bool,
}

/// Origins whose pages may call the service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorsSettings {
    /// Exact origins, as browsers send them.
    pub allowed_origins: Vec<String>,
    /// How long a browser caches a preflight.
    #[serde(with = "humantime_serde")]
    pub max_age: Duration,
}

/// The keys that seal secrets at rest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretSettings {
    pub master_key: SecretText,
    pub retired_master_keys: Vec<SecretText>,
}

/// How fresh the compiled rules are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulebookSettings {
    #[serde(with = "humantime_serde")]
    pub refresh: Duration,
    #[serde(with = "humantime_serde")]
    pub max_stale: Duration,
}

/// Outbound calls to Apruve.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApruveCallSettings {
    pub allowed_hosts: Vec<String>,
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
    #[serde(with = "humantime_serde")]
    pub connect_timeout: Duration,
}

/// The settings of all outbound calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutboundSettings {
    /// May contain a password, so it is never logged. Empty if not configured.
    pub proxy: SecretText,
}

/// Requests per minute and caller; 0 means no limit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimitSettings {
    pub checkout: u32,
    pub explain: u32,
    pub check: u32,
    pub credit: u32,
    pub evaluate: u32,
    pub admin: u32,
    pub webhook_miss: u32,
    pub webhook_unverified: u32,
}

/// The cache of buyers' credit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditSettings {
    /// Background reads per minute and integration; 0 disables them.
    pub background: u32,
    /// How long entries are stored; they are used for a shorter time.
    #[serde(with = "humantime_serde")]
    pub keep: Duration,
}

/// Webhooks from Apruve.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// Threads that verify signatures; 0 means half the cores.
    pub verifiers: usize,
    pub verify_queue: usize,
    /// The maximum number of events that are applied at the same time.
    pub appliers: usize,
    #[serde(with = "humantime_serde")]
    pub poll: Duration,
    #[serde(with = "humantime_serde")]
    pub lease: Duration,
}

/// The processing of payments.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentSettings {
    #[serde(with = "humantime_serde")]
    pub checkout_expires_after: Duration,
    #[serde(with = "humantime_serde")]
    pub sweep: Duration,
    /// The maximum number of payments that are read back at the same time.
    pub lookers: usize,
}

/// Comparing payments with their provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationSettings {
    #[serde(with = "humantime_serde")]
    pub every: Duration,
    #[serde(with = "humantime_serde")]
    pub poll: Duration,
    /// The maximum number of payments that are compared at the same time.
    pub lookers: usize,
}

/// Retention times.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSettings {
    #[serde(with = "humantime_serde")]
    pub idempotency_keys: Duration,
    #[serde(with = "humantime_serde")]
    pub carts: Duration,
    #[serde(with = "humantime_serde")]
    pub reconciliation_runs: Duration,
    #[serde(with = "humantime_serde")]
    pub webhook_events: Duration,
    #[serde(with = "humantime_serde")]
    pub events: Duration,
}

/// The log on standard error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    pub filter: String,
    pub format: LogFormat,
}

/// The export of traces.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetrySettings {
    /// The address of the collector of traces; empty if not configured.
    pub otlp_endpoint: String,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Json,
    Text,
}

/// One sentence that names the wrong key or value.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongSettings(pub String);

impl Settings {
    fn check(&self) -> Result<(), WrongSettings> {
        let wrong = |sentence: &str| Err(WrongSettings(sentence.to_owned()));
        let base = &self.server.public_base_url;
        let has_scheme = base.starts_with("https://") || base.starts_with("http://");
        if !base.is_empty() && !has_scheme {
            return wrong("server.public_base_url must start with https:// or http://.");
        }
        if !(1024..=LARGEST_CART).contains(&self.server.cart_limit) {
            return wrong("server.cart_limit must be between 1024 and 67108864 bytes.");
        }
        if self.server.max_connections == 0 {
            return wrong("server.max_connections must be at least 1.");
        }
        if self.database.connections == 0 || self.database.connections > 128 {
            return wrong("database.connections must be between 1 and 128.");
        }
        if self.database.write_queue == 0 {
            return wrong("database.write_queue must be at least 1.");
        }
        self.auth.check()?;
        self.notifications.check()?;
        self.recording.check()?;
        if self.rulebook.refresh < Duration::from_millis(10) {
            return wrong("rulebook.refresh must be at least 10ms.");
        }
        if self.payments.lookers == 0 {
            return wrong("payments.lookers must be at least 1.");
        }
        if self.reconciliation.lookers == 0 {
            return wrong("reconciliation.lookers must be at least 1.");
        }
        if self.webhooks.verify_queue == 0 || self.webhooks.appliers == 0 {
            return wrong("webhooks.verify_queue and webhooks.appliers must be at least 1.");
        }
        self.check_durations()?;
        EnvFilter::try_new(&self.log.filter)
            .map_err(|error| WrongSettings(format!("log.filter is not a filter: {error}.")))?;
        Ok(())
    }

    fn check_durations(&self) -> Result<(), WrongSettings> {
        for (key, duration) in [
            ("server.request_timeout", self.server.request_timeout),
            ("server.head_timeout", self.server.head_timeout),
            ("server.idle_body_timeout", self.server.idle_body_timeout),
            ("server.write_timeout", self.server.write_timeout),
            ("metrics.refresh", self.metrics.refresh),
            ("apruve.timeout", self.apruve.timeout),
            ("apruve.connect_timeout", self.apruve.connect_timeout),
            (
                "payments.checkout_expires_after",
                self.payments.checkout_expires_after,
            ),
            ("payments.sweep", self.payments.sweep),
            ("reconciliation.every", self.reconciliation.every),
            ("reconciliation.poll", self.reconciliation.poll),
            (
                "retention.idempotency_keys",
                self.retention.idempotency_keys,
            ),
            ("retention.carts", self.retention.carts),
            (
                "retention.reconciliation_runs",
                self.retention.reconciliation_runs,
            ),
            ("retention.webhook_events", self.retention.webhook_events),
            ("retention.events", self.retention.events),
            ("credit.keep", self.credit.keep),
            ("notifications.timeout", self.notifications.timeout),
            ("notifications.poll", self.notifications.poll),
            ("webhooks.poll", self.webhooks.poll),
            ("webhooks.lease", self.webhooks.lease),
        ] {
            if duration.is_zero() {
                return Err(WrongSettings(format!("{key} must be longer than nothing.")));
            }
        }
        for (key, duration) in [
            (
                "payments.checkout_expires_after",
                self.payments.checkout_expires_after,
            ),
            ("reconciliation.every", self.reconciliation.every),
            ("webhooks.lease", self.webhooks.lease),
        ] {
            if duration > LONGEST_WAIT {
                let sentence = format!("{key} must be at most a year.");
                return Err(WrongSettings(sentence));
            }
        }
        if self.apruve.timeout > LONGEST_CALL {
            return Err(WrongSettings(format!(
                "apruve.timeout must be at most {}s: no call to a provider may take longer.",
                LONGEST_CALL.as_secs()
            )));
        }
        Ok(())
    }
}
