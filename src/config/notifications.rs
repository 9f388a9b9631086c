//! The settings of notifications.

use std::time::Duration;

use humantime_serde::re::humantime;
use serde::{Deserialize, Deserializer, de::Error};

use super::WrongSettings;

/// The maximum pause between two attempts, so that adding it to a moment does not overflow.
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The maximum duration of an attempt, because leases and shutdowns wait for it.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(60);
const MOST_PAUSES: usize = 50;

/// How events are posted to endpoints.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationSettings {
    /// Hosts that may have private addresses, any port, and no TLS.
    pub allowed_hosts: Vec<String>,
    /// The pauses after failed attempts; after the last one the delivery is given up.
    #[serde(deserialize_with = "durations")]
    pub retry_schedule: Vec<Duration>,
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
    /// The maximum number of concurrent attempts at one endpoint, over all replicas.
    pub per_endpoint: usize,
    #[serde(with = "humantime_serde")]
    pub poll: Duration,
}

impl NotificationSettings {
    pub(super) fn check(&self) -> Result<(), WrongSettings> {
        let wrong = |sentence: &str| Err(WrongSettings(sentence.to_owned()));
        if self.retry_schedule.len() > MOST_PAUSES
            || self.retry_schedule.iter().any(|it| *it > LONGEST_PAUSE)
        {
            return wrong(
                "notifications.retry_schedule takes at most 50 pauses, each of at most 30 days.",
            );
        }
        if self.timeout > LONGEST_TIMEOUT {
            return wrong("notifications.timeout must be at most 60s.");
        }
        if !(1..=100).contains(&self.per_endpoint) {
            return wrong("notifications.per_endpoint must be between 1 and 100.");
        }
        Ok(())
    }
}

fn durations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Duration>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let read = |text: &String| {
        humantime::parse_duration(text)
            .map_err(|error| D::Error::custom(format!("`{text}` is no duration: {error}")))
    };
    texts.iter().map(read).collect()
}
