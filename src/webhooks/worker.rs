//! Applies what has arrived, what is due again, and what a new payment makes clear.
//!
//! Every replica runs one. It is woken when its own process takes a webhook in, and looks by itself now and then, because
//! another replica may have taken one or been killed over it.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use metrics::Counter;
use tokio::{sync::Notify, task::JoinSet, time::MissedTickBehavior};
use uuid::Uuid;

use super::{
    apply::{Applier, Found, Verdict},
    state::{State, Step},
    store::{self, Claimed, Settlement},
};
use crate::{
    config, error_chain,
    findings::Finding,
    ids::EventId,
    store::{Store, StoreError},
    trace,
};

/// How long to wait after each attempt that came to nothing; the last holds for all that follow.
const PAUSES: [TimeDelta; 5] = [
    TimeDelta::seconds(5),
    TimeDelta::seconds(30),
    TimeDelta::minutes(2),
    TimeDelta::minutes(10),
    TimeDelta::hours(1),
];
/// Three days: longer than Apruve was ever away, and it can be replayed then.
const MOST_ATTEMPTS: i32 = 76;
/// A parked event is looked at again when a payment appears. These looks are for what that misses.
const PARKED_PAUSES: [TimeDelta; 3] = [
    TimeDelta::minutes(1),
    TimeDelta::hours(1),
    TimeDelta::hours(24),
];
/// A replay makes so many events due in one write, so that others need not wait for long.
const REPLAYED_AT_ONCE: i64 = 500;
/// A payment is dated before it is committed; so far we look back.
const OVERLAP: TimeDelta = TimeDelta::seconds(30);

/// The worker; [`Worker::run`] it.
pub struct Worker {
    applier: Arc<Applier>,
    store: Store,
    arrived: Arc<Notify>,
    appliers: usize,
    poll: Duration,
    lease: TimeDelta,
}

impl Worker {
    /// `arrived` wakes it.
    pub fn new(applier: Applier, arrived: Arc<Notify>, settings: &config::Webhooks) -> Self {
        Worker {
            store: applier.payments.store().clone(),
            applier: Arc::new(applier),
            arrived,
            appliers: settings.appliers,
            poll: settings.poll,
            lease: TimeDelta::from_std(settings.lease).unwrap_or(TimeDelta::minutes(2)),
        }
    }

    /// Works until the store is closed or the task is dropped.
    pub async fn run(self) {
        let mut at_work: JoinSet<Processed> = JoinSet::new();
        let mut looked_at = self.applier.payments.clock().now() - TimeDelta::hours(1);
        let mut poll = tokio::time::interval(self.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut done = Vec::new();
            tokio::select! {
                () = self.arrived.notified() => {}
                Some(joined) = at_work.join_next() => done.extend(joined),
                _ = poll.tick() => {
                    let now = self.applier.payments.clock().now();
                    match self.requeue_matched(looked_at, now).await {
                        Ok(()) => looked_at = now,
                        Err(error) => complain(&error),
                    }
                }
            }
            match self.continue_replay().await {
                // There is more; what was made due is worked off in between.
                Ok(true) => self.arrived.notify_one(),
                Ok(false) => {}
                Err(error) => complain(&error),
            }
            // One that panicked is found again when its lease ends.
            while let Some(joined) = at_work.try_join_next() {
                done.extend(joined);
            }
            let free = self.appliers.saturating_sub(at_work.len());
            match self.turn_over(done, free).await {
                Ok(claimed) => {
                    for event in claimed {
                        let work = work_off(Arc::clone(&self.applier), event);
                        at_work.spawn(trace::unit(None, work));
                    }
                }
                Err(StoreError::Closed) => return,
                // What was done is done again when its lease ends.
                Err(error) => complain(&error),
            }
        }
    }

    /// Writes down what came of events and takes on up to `free` more, in one write: under load most of a worker's cost is
    /// the number of its writes.
    async fn turn_over(
        &self,
        done: Vec<Processed>,
        free: usize,
    ) -> Result<Vec<Claimed>, StoreError> {
        let now = self.applier.payments.clock().now();
        let is_idle = done.is_empty();
        // A look costs the writer nothing.
        if is_idle
            && (free == 0
                || !self
                    .store
                    .read(move |conn| store::has_due(conn, now))
                    .await?)
        {
            return Ok(Vec::new());
        }
        let (lease, until) = (Uuid::now_v7().to_string(), now + self.lease);
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let (told, claimed) = self
            .store
            .write(move |tx| {
                let mut told = Vec::with_capacity(done.len());
                for Processed { event, settlement } in done {
                    let settled = store::settle(tx, &event, &settlement)?;
                    told.push((event.id, settlement, settled));
                }
                let claimed = store::claim(tx, &lease, now, until, limit)?;
                Ok::<_, StoreError>((told, claimed))
            })
            .await?;
        for (id, settlement, settled) in told {
            tell(id, &settlement, settled);
        }
        Ok(claimed)
    }

    /// Takes up the next few events of a replay. False when there is none to take up.
    async fn continue_replay(&self) -> Result<bool, StoreError> {
        let Some(id) = self.store.read(store::find_unfinished).await? else {
            return Ok(false);
        };
        self.store
            .write(move |tx| store::continue_replay(tx, id, REPLAYED_AT_ONCE))
            .await
    }

    /// Makes parked events due whose payment has appeared.
    async fn requeue_matched(
        &self,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let since = since - OVERLAP;
        let events = self
            .store
            .read(move |conn| store::list_matched(conn, since))
            .await?;
        if events.is_empty() {
            return Ok(());
        }
        self.store
            .write(move |tx| store::requeue_matched(tx, &events, now))
            .await
    }
}

/// An event that was looked at, and what came of it.
struct Processed {
    event: Claimed,
    settlement: Settlement,
}

async fn work_off(applier: Arc<Applier>, event: Claimed) -> Processed {
    let found = applier.apply(&event).await;
    let settlement = settlement(&event, found, applier.payments.clock().now());
    Processed { event, settlement }
}

fn tell(id: EventId, settlement: &Settlement, settled: bool) {
    if !settled {
        tracing::debug!(event = %id, "another worker has the webhook event by now");
        return;
    }
    let state = settlement.state;
    attempts(state).increment(1);
    if state == State::Failed {
        tracing::error!(event = %id, outcome = settlement.outcome, "gave a webhook event up");
    }
}

fn complain(error: &StoreError) {
    let error = error_chain::chain(error);
    tracing::warn!(error, "webhook events cannot be worked off right now");
}

fn settlement(event: &Claimed, found: Found, now: DateTime<Utc>) -> Settlement {
    let Found { verdict, subject } = found;
    let nth = usize::try_from(event.attempts.max(1) - 1).unwrap_or(0);
    let (payment, findings) = match &verdict {
        Verdict::Applied {
            payment, findings, ..
        } => (Some(*payment), findings.iter().map(|it| it.id).collect()),
        Verdict::Ignored(_) | Verdict::Parked(_) | Verdict::Again(_) => (None, Vec::new()),
    };
    let (step, outcome, due_at) = match verdict {
        Verdict::Applied {
            changed, findings, ..
        } => (Step::Apply, told(changed, &findings), None),
        Verdict::Ignored(why) => (Step::Ignore, why, None),
        Verdict::Parked(why) => {
            let pause = PARKED_PAUSES.get(nth);
            (Step::Park, why, pause.map(|pause| now + *pause))
        }
        Verdict::Again(why) if event.attempts < MOST_ATTEMPTS => {
            let pause = PAUSES[nth.min(PAUSES.len() - 1)];
            (Step::PutOff, why, Some(now + pause))
        }
        Verdict::Again(why) => (Step::GiveUp, why, None),
    };
    Settlement {
        // Only what is received or parked is ever due, and from there every step leads on.
        state: event.state.after(step).unwrap_or(event.state),
        outcome,
        subject,
        payment,
        findings,
        settled: step != Step::PutOff,
        due_at,
        now,
    }
}

/// What came of it, as a sentence.
fn told(changed: bool, findings: &[Finding]) -> String {
    let came = match (changed, findings.is_empty()) {
        (true, _) => "The payment was changed.",
        (false, true) => "The payment already was as Apruve says.",
        (false, false) => "The payment was not changed.",
    };
    let messages = findings.iter().map(|it| it.message.as_str());
    std::iter::once(came)
        .chain(messages)
        .collect::<Vec<_>>()
        .join(" ")
}

fn attempts(state: State) -> Counter {
    metrics::counter!("onterms_webhook_attempts_total", "state" => state.as_str())
}

/// Makes every state appear before it is counted.
pub fn register_metrics() {
    State::ALL.iter().for_each(|it| attempts(*it).increment(0));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids;

    fn now() -> DateTime<Utc> {
        "2026-03-01T12:00:00Z".parse().expect("a moment")
    }

    fn event(state: State, attempts: i32) -> Claimed {
        Claimed {
            id: ids::fresh(now()),
            integration: ids::fresh(now()),
            state,
            attempts,
            body_sealed: None,
            received_at: now(),
            occurred_at: None,
            lease: "mine".to_owned(),
        }
    }

    fn after(state: State, attempts: i32, verdict: Verdict) -> (State, Option<i64>) {
        let settled = settlement(&event(state, attempts), verdict.into(), now());
        let pause = settled.due_at.map(|due| (due - now()).num_seconds());
        (settled.state, pause)
    }

    #[test]
    fn what_came_to_nothing_is_tried_for_three_days_and_then_given_up() {
        let again = || Verdict::Again("no answer".to_owned());
        let pauses: Vec<_> = (1..=6)
            .map(|nth| after(State::Received, nth, again()))
            .collect();
        let expected = [5, 30, 120, 600, 3600, 3600].map(|pause| (State::Received, Some(pause)));
        assert_eq!(pauses, expected);
        assert_eq!(
            after(State::Received, 75, again()),
            (State::Received, Some(3600))
        );
        assert_eq!(after(State::Received, 76, again()), (State::Failed, None));
        assert_eq!(after(State::Parked, 1, again()), (State::Parked, Some(5)));
    }

    #[test]
    fn a_parked_event_is_looked_at_thrice_more_and_then_waits_for_its_payment() {
        let park = || Verdict::Parked("no payment".to_owned());
        let pauses: Vec<_> = (1..=5)
            .map(|nth| after(State::Parked, nth, park()).1)
            .collect();
        assert_eq!(pauses, [Some(60), Some(3600), Some(86_400), None, None]);
    }

    #[test]
    fn what_came_to_something_rests() {
        let payment = ids::fresh(now());
        for (verdict, state) in [
            (
                Verdict::Applied {
                    payment,
                    changed: true,
                    findings: Vec::new(),
                },
                State::Applied,
            ),
            (
                Verdict::Applied {
                    payment,
                    changed: false,
                    findings: Vec::new(),
                },
                State::Applied,
            ),
            (Verdict::Ignored("nothing".to_owned()), State::Ignored),
        ] {
            for before in [State::Received, State::Parked] {
                assert_eq!(after(before, 1, verdict.clone()), (state, None));
            }
        }
    }
}
