//! Decides what to write after an attempt, and when to try again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    delivery::{DeliveryFailure, DeliveryState},
    endpoint::DisabledReason,
    schedule::{self, RetryAfter},
};

/// An endpoint is switched off when all attempts of this period have failed.
const PATIENCE: TimeDelta = TimeDelta::days(5);

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryAttempt {
    pub result: Result<(), DeliveryFailure>,
    /// The status of the endpoint's answer.
    pub status: Option<u16>,
    pub took: Duration,
    pub retry_after: Option<RetryAfter>,
}

impl DeliveryAttempt {
    /// A failed attempt that was not sent.
    pub fn unsent(failure: DeliveryFailure) -> Self {
        DeliveryAttempt {
            result: Err(failure),
            status: None,
            took: Duration::ZERO,
            retry_after: None,
        }
    }
}

/// The values to be written after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliverySettlement {
    pub state: DeliveryState,
    pub status: Option<i32>,
    pub duration_ms: i64,
    pub failure: Option<DeliveryFailure>,
    pub at: DateTime<Utc>,
    /// When the next attempt is due.
    pub due_at: Option<DateTime<Utc>>,
}

/// Builds the settlement of the last of `attempts` attempts. `random` is from 0 to 1.
pub fn settlement(
    attempt: &DeliveryAttempt,
    attempts: i32,
    pauses: &[Duration],
    now: DateTime<Utc>,
    random: f64,
) -> DeliverySettlement {
    let failure = attempt.result.err();
    let is_final = matches!(
        failure,
        None | Some(DeliveryFailure::Gone | DeliveryFailure::EventForgotten)
    );
    let due_at = match is_final {
        true => None,
        false => schedule::next_attempt(pauses, attempts, now, attempt.retry_after, random),
    };
    DeliverySettlement {
        state: match (failure, due_at) {
            (None, _) => DeliveryState::Delivered,
            (Some(_), Some(_)) => DeliveryState::Pending,
            (Some(_), None) => DeliveryState::Failed,
        },
        status: attempt.status.map(i32::from),
        duration_ms: i64::try_from(attempt.took.as_millis()).unwrap_or(i64::MAX),
        failure,
        at: now,
        due_at,
    }
}

/// Whether a failure switches off an endpoint whose attempts have all failed since `failing_since`.
pub fn disables(
    failure: DeliveryFailure,
    failing_since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<DisabledReason> {
    match failure {
        DeliveryFailure::Gone => Some(DisabledReason::Gone),
        _ if now - failing_since >= PATIENCE => Some(DisabledReason::Failing),
        _ => None,
    }
}

/// Whether a failure counts against the endpoint.
pub fn is_the_endpoints(failure: DeliveryFailure) -> bool {
    !matches!(
        failure,
        DeliveryFailure::EventForgotten | DeliveryFailure::NotSigned
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-03-01T12:00:00Z".parse().expect("a moment")
    }

    #[test]
    fn what_follows_an_attempt() {
        let pauses = [Duration::from_secs(5)];
        for (result, attempts, state, again) in [
            (Ok(()), 1, DeliveryState::Delivered, false),
            (
                Err(DeliveryFailure::ServerError),
                1,
                DeliveryState::Pending,
                true,
            ),
            (
                Err(DeliveryFailure::Redirect),
                1,
                DeliveryState::Pending,
                true,
            ),
            (
                Err(DeliveryFailure::NotSigned),
                1,
                DeliveryState::Pending,
                true,
            ),
            (
                Err(DeliveryFailure::ServerError),
                2,
                DeliveryState::Failed,
                false,
            ),
            (Err(DeliveryFailure::Gone), 1, DeliveryState::Failed, false),
            (
                Err(DeliveryFailure::EventForgotten),
                1,
                DeliveryState::Failed,
                false,
            ),
        ] {
            let attempt = DeliveryAttempt {
                result,
                ..DeliveryAttempt::unsent(DeliveryFailure::Timeout)
            };
            let settled = settlement(&attempt, attempts, &pauses, now(), 0.5);
            assert_eq!(
                (settled.state, settled.due_at.is_some()),
                (state, again),
                "{result:?}"
            );
            assert_eq!(settled.failure, result.err());
        }
    }

    #[test]
    fn gone_disables_at_once_and_other_failures_after_five_days() {
        let since = |time| now() - time;
        let (almost, whole) = (
            TimeDelta::days(5) - TimeDelta::seconds(1),
            TimeDelta::days(5),
        );
        for (failure, failing, reason) in [
            (
                DeliveryFailure::Gone,
                TimeDelta::zero(),
                Some(DisabledReason::Gone),
            ),
            (DeliveryFailure::Timeout, almost, None),
            (
                DeliveryFailure::Timeout,
                whole,
                Some(DisabledReason::Failing),
            ),
        ] {
            assert_eq!(
                disables(failure, since(failing), now()),
                reason,
                "{failure:?}"
            );
        }
    }
}
