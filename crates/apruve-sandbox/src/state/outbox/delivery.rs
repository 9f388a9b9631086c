//! One webhook for one endpoint, and its attempts. Retries go on for a day: the first after one minute, each following
//! one after twice the delay, at most four hours.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::faults::Signature;

const FIRST_DELAY: TimeDelta = TimeDelta::minutes(1);
const LONGEST_DELAY: TimeDelta = TimeDelta::hours(4);
const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);

/// One event for one endpoint.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    pub number: u64,
    pub uuid: String,
    pub event: String,
    pub url: String,
    /// The exact bytes that are signed and sent.
    pub body: String,
    pub signature: Signature,
    /// Copies that are sent in parallel at each attempt.
    pub copies: u32,
    pub state: DeliveryStatus,
    pub attempts: Vec<Attempt>,
}

/// The status of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum DeliveryStatus {
    /// The next attempt is due at this moment.
    Waiting {
        due: DateTime<Utc>,
    },
    /// The webhook is sent after the next one to the same endpoint.
    Held,
    /// A fault dropped it.
    Lost,
    Delivered,
    /// All attempts of a day failed.
    GivenUp,
}

/// One attempt.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    pub at: DateTime<Utc>,
    /// The status of the answer to each copy; null without an answer.
    pub statuses: Vec<Option<u16>>,
}

impl Delivery {
    /// Records an attempt: any answer but 200 leads to another attempt, for a day.
    pub(super) fn attempted(&mut self, attempt: Attempt) {
        let now = attempt.at;
        let taken = attempt.statuses.iter().all(|status| *status == Some(200));
        self.attempts.push(attempt);
        let first = self.attempts.first().map_or(now, |attempt| attempt.at);
        let due = now + delay_after(self.attempts.len());
        self.state = match taken {
            true => DeliveryStatus::Delivered,
            false if due - first > GIVE_UP_AFTER => DeliveryStatus::GivenUp,
            false => DeliveryStatus::Waiting { due },
        };
    }
}

/// The delay after this many attempts.
fn delay_after(attempts: usize) -> TimeDelta {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let factor = 2_i32.checked_pow(doublings);
    let delay = factor.and_then(|factor| FIRST_DELAY.checked_mul(factor));
    delay.unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY)
}
