//! Decides what to write after an attempt to apply an event, and when to try again.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    apply::{AppliedEvent, ApplyVerdict},
    state::EventStep,
    store::{ClaimedEvent, EventSettlement},
};
use crate::{findings::Finding, jobs::Backoff, providers::WEBHOOK_SENDER};

/// The retries after a failed attempt. They span three days; after that, the event can be replayed.
const FAILED: Backoff = Backoff {
    pauses: &[
        TimeDelta::seconds(5),
        TimeDelta::seconds(30),
        TimeDelta::minutes(2),
        TimeDelta::minutes(10),
        TimeDelta::hours(1),
    ],
    most_attempts: 76,
};
/// The retries of a parked event, in case the matching with new payments misses one.
const PARKED: Backoff = Backoff {
    pauses: &[
        TimeDelta::minutes(1),
        TimeDelta::hours(1),
        TimeDelta::hours(24),
    ],
    most_attempts: 4,
};

/// The outcome text of an event about a company.
const ANNOUNCED: &str = "What was known of the company's credit is read again when it is needed.";

/// Builds the settlement of an attempt.
pub fn settlement(
    event: &ClaimedEvent,
    found: AppliedEvent,
    now: DateTime<Utc>,
) -> EventSettlement {
    let (mut payment, mut findings, mut announced, mut due_at) = (None, Vec::new(), None, None);
    let (step, outcome) = match found.verdict {
        ApplyVerdict::Applied {
            payment: id,
            changed,
            findings: found,
        } => {
            payment = Some(id);
            findings.extend(found.iter().map(|it| it.id));
            (EventStep::Apply, summary(changed, &found))
        }
        ApplyVerdict::Announced(draft) => {
            announced = Some(draft);
            (EventStep::Apply, ANNOUNCED.to_owned())
        }
        ApplyVerdict::Ignored(why) => (EventStep::Ignore, why),
        ApplyVerdict::Parked(why) => {
            due_at = PARKED.pause_after(event.attempts).map(|pause| now + pause);
            (EventStep::Park, why)
        }
        ApplyVerdict::Again(why) => {
            due_at = FAILED.pause_after(event.attempts).map(|pause| now + pause);
            let step = due_at.map_or(EventStep::GiveUp, |_| EventStep::PutOff);
            (step, why)
        }
    };
    EventSettlement {
        // Only received and parked events are ever due, and every step has a next state for both.
        state: event.state.after(step).unwrap_or(event.state),
        outcome,
        subject: found.subject,
        payment,
        findings,
        announced,
        settled: step != EventStep::PutOff,
        due_at,
        now,
    }
}

/// The outcome text of an applied event.
fn summary(changed: bool, findings: &[Finding]) -> String {
    let mut sentences = match (changed, findings.is_empty()) {
        (true, _) => "The payment was changed.".to_owned(),
        (false, true) => format!("The payment already was as {WEBHOOK_SENDER} says."),
        (false, false) => "The payment was not changed.".to_owned(),
    };
    for finding in findings {
        sentences.push(' ');
        sentences.push_str(&finding.message);
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids, webhooks::state::WebhookState};

    fn now() -> DateTime<Utc> {
        "2026-03-01T12:00:00Z".parse().expect("a moment")
    }

    fn event(state: WebhookState, attempts: i32) -> ClaimedEvent {
        ClaimedEvent {
            id: ids::fresh(now()),
            integration: ids::fresh(now()),
            state,
            attempts,
            body_sealed: None,
            verified: true,
            received_at: now(),
            occurred_at: None,
            lease: "mine".to_owned(),
        }
    }

    fn after(
        state: WebhookState,
        attempts: i32,
        verdict: ApplyVerdict,
    ) -> (WebhookState, Option<i64>) {
        let settled = settlement(&event(state, attempts), verdict.into(), now());
        let pause = settled.due_at.map(|due| (due - now()).num_seconds());
        (settled.state, pause)
    }

    #[test]
    fn what_came_to_nothing_is_tried_for_three_days_and_then_given_up() {
        let again = || ApplyVerdict::Again("no answer".to_owned());
        let pauses: Vec<_> = (1..=6)
            .map(|nth| after(WebhookState::Received, nth, again()))
            .collect();
        let expected =
            [5, 30, 120, 600, 3600, 3600].map(|pause| (WebhookState::Received, Some(pause)));
        assert_eq!(pauses, expected);
        assert_eq!(
            after(WebhookState::Received, 75, again()),
            (WebhookState::Received, Some(3600))
        );
        assert_eq!(
            after(WebhookState::Received, 76, again()),
            (WebhookState::Failed, None)
        );
        assert_eq!(
            after(WebhookState::Parked, 1, again()),
            (WebhookState::Parked, Some(5))
        );
    }

    #[test]
    fn a_parked_event_is_looked_at_thrice_more_and_then_waits_for_its_payment() {
        let park = || ApplyVerdict::Parked("no payment".to_owned());
        let pauses: Vec<_> = (1..=5)
            .map(|nth| after(WebhookState::Parked, nth, park()).1)
            .collect();
        assert_eq!(pauses, [Some(60), Some(3600), Some(86_400), None, None]);
    }

    #[test]
    fn what_came_to_something_rests() {
        let payment = ids::fresh(now());
        for (verdict, state) in [
            (
                ApplyVerdict::Applied {
                    payment,
                    changed: true,
                    findings: Vec::new(),
                },
                WebhookState::Applied,
            ),
            (
                ApplyVerdict::Applied {
                    payment,
                    changed: false,
                    findings: Vec::new(),
                },
                WebhookState::Applied,
            ),
            (
                ApplyVerdict::Ignored("nothing".to_owned()),
                WebhookState::Ignored,
            ),
        ] {
            for before in [WebhookState::Received, WebhookState::Parked] {
                assert_eq!(after(before, 1, verdict.clone()), (state, None));
            }
        }
    }
}
