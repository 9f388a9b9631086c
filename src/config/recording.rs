//! `[recording]`: the recording of checkout carts for what-if trials.

use std::time::Duration;

use serde::Deserialize;

use super::{LONGEST_WAIT, WrongSettings};

/// The upper limit of `max`.
const MOST_CARTS: i64 = 10_000_000;

/// The settings of recording carts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordingSettings {
    /// The share of carts that is recorded, from 0 to 1.
    pub sample: f64,
    #[serde(with = "humantime_serde")]
    pub keep: Duration,
    /// The maximum number of recorded carts; the oldest are deleted first.
    pub max: i64,
}

impl RecordingSettings {
    pub(super) fn check(&self) -> Result<(), WrongSettings> {
        let wrong = |sentence: &str| Err(WrongSettings(sentence.to_owned()));
        if !(0.0..=1.0).contains(&self.sample) {
            return wrong("recording.sample must be between 0 and 1.");
        }
        if self.keep.is_zero() || self.keep > LONGEST_WAIT {
            return wrong("recording.keep must be between 1s and 366d.");
        }
        if !(1..=MOST_CARTS).contains(&self.max) {
            return wrong("recording.max must be between 1 and 10000000.");
        }
        Ok(())
    }
}
