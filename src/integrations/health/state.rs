//! The health of one account, and how the outcome of a call changes it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{Queryable, Selectable};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    events::EventType,
    providers::CallObservation,
    store::{
        columns::{MaybeMoment, MomentOrNever},
        schema::integration_health,
    },
    string_enum::string_enum,
};

/// The minimum time between two rejections of the key before the key counts as invalid: one may be a fault of the
/// provider.
const TWICE: TimeDelta = TimeDelta::seconds(60);
/// The time until the next check, by what was wrong.
const AFTER_REJECTION: TimeDelta = TimeDelta::seconds(60);
const AFTER_FAILURE: TimeDelta = TimeDelta::seconds(30);
const AFTER_FORBIDDEN: TimeDelta = TimeDelta::minutes(5);
const WHILE_INVALID: TimeDelta = TimeDelta::minutes(5);

string_enum! {
    /// The state of the account of an integration.
    HealthState as "IntegrationHealthState" {
        /// The last call was answered, or none was made yet.
        Ok = "ok",
        /// The last call failed or was refused.
        Degraded = "degraded",
        /// Several calls in a row failed. Further calls are held back.
        Down = "down",
        /// The provider has rejected the API key twice, at least a minute apart.
        Invalid = "invalid",
    }

    /// The reason why an account is not `ok`.
    HealthReason as "IntegrationHealthReason" {
        /// The provider gave no usable response.
        Unreachable = "unreachable",
        /// The provider answered 401: it does not know the API key.
        Unauthorized = "unauthorized",
        /// The provider answered 403: it knows the API key and refuses the call.
        Forbidden = "forbidden",
    }
}

/// The health of an integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = integration_health)]
pub struct IntegrationHealth {
    /// The state of the account.
    pub state: HealthState,
    /// When the account entered this state; null when no call was made yet.
    #[schema(required)]
    #[diesel(deserialize_as = MomentOrNever)]
    pub since: Option<DateTime<Utc>>,
    /// Why the account is not `ok`; null if it is `ok`.
    #[schema(required)]
    pub reason: Option<HealthReason>,
    /// Since when every answer has rejected the API key.
    #[serde(skip)]
    #[diesel(deserialize_as = MaybeMoment)]
    pub unauthorized_since: Option<DateTime<Utc>>,
}

impl Default for IntegrationHealth {
    fn default() -> Self {
        IntegrationHealth {
            state: HealthState::Ok,
            since: None,
            reason: None,
            unauthorized_since: None,
        }
    }
}

impl IntegrationHealth {
    /// The part of the ETag that identifies the state; empty if no call was made yet.
    pub fn tag(&self) -> String {
        let Some(since) = self.since else {
            return String::new();
        };
        let state = self.state.as_str();
        let word = self.reason.map_or(state, HealthReason::as_str);
        format!("{state}.{word}.{}", since.timestamp_micros())
    }

    /// The health after a call with this outcome.
    pub fn after(self, observation: CallObservation, at: DateTime<Utc>) -> Self {
        use HealthState::{Degraded, Down, Invalid, Ok};
        let (state, reason, unauthorized_since) = match (self.state, observation) {
            (_, CallObservation::Answered) => (Ok, None, None),
            (state, CallObservation::Unauthorized) => {
                let first = self.unauthorized_since.unwrap_or(at);
                let is_sure = state == Invalid || at - first >= TWICE;
                let state = if is_sure { Invalid } else { Degraded };
                (state, Some(HealthReason::Unauthorized), Some(first))
            }
            (_, CallObservation::Forbidden) => (Degraded, Some(HealthReason::Forbidden), None),
            // A rejected key stays rejected while the provider is unreachable.
            (Invalid, CallObservation::Failed | CallObservation::HeldBack) => return self,
            (_, CallObservation::HeldBack) | (Down, CallObservation::Failed) => (
                Down,
                Some(HealthReason::Unreachable),
                self.unauthorized_since,
            ),
            (Ok, CallObservation::Failed) => (Degraded, Some(HealthReason::Unreachable), None),
            (Degraded, CallObservation::Failed) => return self,
        };
        let is_new = state != self.state;
        IntegrationHealth {
            state,
            since: if is_new { Some(at) } else { self.since },
            reason,
            unauthorized_since,
        }
    }

    /// When to check the account again; `None` while the state is `ok`.
    pub fn next_check(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let pause = match (self.state, self.reason) {
            (HealthState::Ok, _) => return None,
            (HealthState::Invalid, _) => WHILE_INVALID,
            (_, Some(HealthReason::Unauthorized)) => AFTER_REJECTION,
            (_, Some(HealthReason::Forbidden)) => AFTER_FORBIDDEN,
            (_, Some(HealthReason::Unreachable) | None) => AFTER_FAILURE,
        };
        Some(now + pause)
    }
}

/// The event that a change of state causes, if any.
pub(super) fn announced(before: HealthState, after: HealthState) -> Option<EventType> {
    use HealthState::{Degraded, Down, Invalid, Ok};
    match (before, after) {
        (Ok | Degraded | Invalid, Down) => Some(EventType::IntegrationUnreachable),
        (Ok | Degraded | Down, Invalid) => Some(EventType::IntegrationInvalid),
        (Down | Invalid, Ok | Degraded) => Some(EventType::IntegrationRecovered),
        (Ok | Degraded, Ok | Degraded) | (Down, Down) | (Invalid, Invalid) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_225_600 + second, 0).expect("a moment")
    }

    /// The sequence of states after calls at these seconds.
    fn states(calls: &[(i64, CallObservation)]) -> Vec<HealthState> {
        let mut health = IntegrationHealth::default();
        let mut states = Vec::new();
        for (second, observation) in calls {
            health = health.after(*observation, at(*second));
            states.push(health.state);
        }
        states
    }

    #[test]
    fn calls_lead_from_state_to_state() {
        use CallObservation::{Answered, Failed, Forbidden, HeldBack, Unauthorized};
        use HealthState::{Degraded, Down, Invalid, Ok};
        for (calls, expected) in [
            (&[(0, Answered)][..], &[Ok][..]),
            (
                &[(0, Unauthorized), (59, Unauthorized)],
                &[Degraded, Degraded],
            ),
            (
                &[(0, Unauthorized), (60, Unauthorized)],
                &[Degraded, Invalid],
            ),
            (
                &[(0, Unauthorized), (30, Unauthorized), (60, Unauthorized)],
                &[Degraded, Degraded, Invalid],
            ),
            (
                &[(0, Unauthorized), (30, Answered), (60, Unauthorized)],
                &[Degraded, Ok, Degraded],
            ),
            (
                &[(0, Unauthorized), (30, Forbidden), (60, Unauthorized)],
                &[Degraded, Degraded, Degraded],
            ),
            (
                &[(0, Unauthorized), (30, HeldBack), (60, Unauthorized)],
                &[Degraded, Down, Invalid],
            ),
            (&[(0, Forbidden), (600, Forbidden)], &[Degraded, Degraded]),
            (
                &[(0, Failed), (1, HeldBack), (2, Failed), (3, Answered)],
                &[Degraded, Down, Down, Ok],
            ),
            (
                &[
                    (0, Unauthorized),
                    (60, Unauthorized),
                    (61, HeldBack),
                    (62, Answered),
                ],
                &[Degraded, Invalid, Invalid, Ok],
            ),
        ] {
            assert_eq!(states(calls), expected, "{calls:?}");
        }
    }

    #[test]
    fn a_state_has_a_beginning_and_a_next_check_until_it_is_over() {
        let health = IntegrationHealth::default();
        assert_eq!(health.next_check(at(0)), None);
        let degraded = health.after(CallObservation::Unauthorized, at(0));
        assert_eq!(
            (degraded.since, degraded.next_check(at(0))),
            (Some(at(0)), Some(at(60)))
        );
        let invalid = degraded.after(CallObservation::Unauthorized, at(60));
        let later = invalid.after(CallObservation::Unauthorized, at(90));
        assert_eq!(
            (later.since, later.next_check(at(90))),
            (Some(at(60)), Some(at(390)))
        );
        let healed = later.after(CallObservation::Answered, at(400));
        assert_eq!(
            (healed.since, healed.reason, healed.next_check(at(400))),
            (Some(at(400)), None, None)
        );
    }

    #[test]
    fn only_what_matters_to_others_is_announced() {
        use HealthState::{Degraded, Down, Invalid, Ok};
        for (before, after, event) in [
            (Ok, Degraded, None),
            (Degraded, Ok, None),
            (Degraded, Down, Some(EventType::IntegrationUnreachable)),
            (Down, Ok, Some(EventType::IntegrationRecovered)),
            (Degraded, Invalid, Some(EventType::IntegrationInvalid)),
            (Down, Invalid, Some(EventType::IntegrationInvalid)),
            (Invalid, Ok, Some(EventType::IntegrationRecovered)),
        ] {
            assert_eq!(announced(before, after), event, "{before:?} {after:?}");
        }
    }
}
