//! The times of retries after a failed attempt.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// The maximum relative deviation of a pause, so that deliveries that failed together are not retried together.
const SPREAD: f64 = 0.2;
/// The maximum pause that a receiver may ask for.
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// A receiver's `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    Seconds(u32),
    At(DateTime<Utc>),
}

impl RetryAfter {
    /// Parses the header; `None` for anything but seconds or a date.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.bytes().all(|it| it.is_ascii_digit()) {
            return text.parse().ok().map(RetryAfter::Seconds);
        }
        let at = DateTime::parse_from_rfc2822(text).ok()?;
        Some(RetryAfter::At(at.to_utc()))
    }

    fn pause(self, now: DateTime<Utc>) -> TimeDelta {
        let pause = match self {
            RetryAfter::Seconds(seconds) => TimeDelta::seconds(seconds.into()),
            RetryAfter::At(at) => at - now,
        };
        pause.min(LONGEST)
    }
}

/// When the next attempt is due after `attempts` attempts; `None` if there is none. `random` is from 0 to 1. The
/// receiver can ask for a longer pause, but not for a shorter one.
pub fn next_attempt(
    schedule: &[Duration],
    attempts: i32,
    now: DateTime<Utc>,
    asked: Option<RetryAfter>,
    random: f64,
) -> Option<DateTime<Utc>> {
    let nth = usize::try_from(attempts - 1).unwrap_or(0);
    let pause = schedule
        .get(nth)?
        .mul_f64(1.0 - SPREAD + 2.0 * SPREAD * random);
    let pause = TimeDelta::from_std(pause).unwrap_or(LONGEST);
    let asked = asked.map_or(TimeDelta::zero(), |asked| asked.pause(now));
    Some(now + pause.max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-03-01T12:00:00Z".parse().expect("a moment")
    }

    fn pause(attempts: i32, asked: Option<&str>, random: f64) -> Option<i64> {
        let schedule = [5, 300, 86_400].map(Duration::from_secs);
        let asked = asked.and_then(RetryAfter::parse);
        let at = next_attempt(&schedule, attempts, now(), asked, random)?;
        Some((at - now()).num_seconds())
    }

    #[test]
    fn pauses_follow_the_schedule_spread_by_a_fifth_until_it_ends() {
        for (attempts, random, expected) in [
            (1, 0.5, Some(5)),
            (1, 0.0, Some(4)),
            (1, 1.0, Some(6)),
            (2, 0.5, Some(300)),
            (2, 0.0, Some(240)),
            (2, 1.0, Some(360)),
            (3, 1.0, Some(103_680)),
            (4, 0.5, None),
            (i32::MAX, 0.5, None),
        ] {
            assert_eq!(
                pause(attempts, None, random),
                expected,
                "{attempts} {random}"
            );
        }
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_pause_of_a_day_at_most() {
        for (asked, expected) in [
            ("60", 60),
            ("0", 5),
            ("999999", 86_400),
            ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
            ("Sun, 01 Mar 2026 11:00:00 GMT", 5),
            ("Sun, 01 Mar 2037 11:00:00 GMT", 86_400),
            ("soon", 5),
            ("", 5),
            ("-60", 5),
            ("99999999999", 5),
        ] {
            assert_eq!(pause(1, Some(asked), 0.5), Some(expected), "{asked}");
        }
        assert_eq!(
            pause(4, Some("60"), 0.5),
            None,
            "no attempt more than the schedule has"
        );
    }
}
