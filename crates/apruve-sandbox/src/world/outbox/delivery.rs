//! One webhook for one address, and its attempts: one follows the other for a day, after a minute, then after twice the time,
//! but never more than four hours.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::faults::Signature;

const FIRST_DELAY: TimeDelta = TimeDelta::minutes(1);
const LONGEST_DELAY: TimeDelta = TimeDelta::hours(4);
const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);

/// One event for one address.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    pub number: u64,
    pub uuid: String,
    pub event: String,
    pub url: String,
    /// Exactly the bytes that are signed and sent.
    pub body: String,
    pub signature: Signature,
    /// Sent side by side at each attempt.
    pub copies: u32,
    pub state: State,
    pub attempts: Vec<Attempt>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum State {
    /// The next attempt is due at this moment.
    Waiting {
        due: DateTime<Utc>,
    },
    /// It goes after the next one to the same address.
    Held,
    /// A fault swallowed it.
    Lost,
    Delivered,
    /// A day of attempts went by.
    GivenUp,
}

/// One attempt.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    pub at: DateTime<Utc>,
    /// What was answered to each copy; null where there was no answer.
    pub statuses: Vec<Option<u16>>,
}

impl Delivery {
    /// Notes how an attempt went: any answer but 200 leads to another one, for a day.
    pub(super) fn attempted(&mut self, attempt: Attempt) {
        let now = attempt.at;
        let taken = attempt.statuses.iter().all(|status| *status == Some(200));
        self.attempts.push(attempt);
        let first = self.attempts.first().map_or(now, |attempt| attempt.at);
        let due = now + delay_after(self.attempts.len());
        self.state = match taken {
            true => State::Delivered,
            false if due - first > GIVE_UP_AFTER => State::GivenUp,
            false => State::Waiting { due },
        };
    }
}

/// How long after so many attempts the next one follows.
fn delay_after(attempts: usize) -> TimeDelta {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let factor = 2_i32.checked_pow(doublings);
    let delay = factor.and_then(|factor| FIRST_DELAY.checked_mul(factor));
    delay.unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY)
}
