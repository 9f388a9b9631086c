//! Posts due deliveries.
//!
//! Each endpoint has its own queue and its own limit of attempts under way, so a slow endpoint does not delay others.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use metrics::Counter;

use super::{
    MOST_ENDPOINTS, TOPIC,
    attempt::{Message, Receivers},
    delivery::{DeliveryFailure, DeliveryState},
    endpoint::{DisabledReason, Endpoint},
    manage::entry,
    prepared::{PreparedDelivery, prepare},
    secret,
    settlement::{DeliveryAttempt, DeliverySettlement, disables, is_the_endpoints, settlement},
    signature,
    store::{self, ClaimedDelivery},
};
use crate::{
    audit::{self, Actor, changed_fields},
    clock::Clock,
    config, error_chain,
    events::{self, EventDraft, EventType, RenderedEvent},
    ids::EndpointId,
    jobs::{Job, Lease, Runner, Wakeup},
    seal::Sealer,
    secret::SecretText,
    store::{Conn, Store, StoreError, Tx},
};

/// How much longer a lease is than the time limit of an attempt, for a busy machine.
const LEASE_MARGIN: Duration = Duration::from_secs(45);
/// The pause before a delivery is released whose event has no place in the feed yet.
const UNNUMBERED: Duration = Duration::from_millis(250);
/// The actor in the audit log when the service switches an endpoint off.
const OURSELVES: &str = "onterms";

/// The job that attempts deliveries.
pub struct Deliverer {
    pub store: Store,
    pub clock: Clock,
    pub sealer: Arc<Sealer>,
    pub receivers: Receivers,
    pub settings: config::NotificationSettings,
}

/// Works until the store is closed or the future is dropped.
pub async fn deliver_due(deliverer: Deliverer, wakeup: Wakeup<Deliverer>) {
    let settings = &deliverer.settings;
    let lease = TimeDelta::from_std(settings.timeout + LEASE_MARGIN);
    let runner = Runner {
        store: deliverer.store.clone(),
        clock: deliverer.clock.clone(),
        wakeup,
        // High enough that only the limits of the endpoints apply.
        concurrency: MOST_ENDPOINTS * settings.per_endpoint,
        poll: settings.poll,
        lease: lease.unwrap_or(TimeDelta::minutes(2)),
        job: Arc::new(deliverer),
    };
    runner.run().await;
}

/// The result of a delivery that was claimed.
pub enum DeliveryOutcome {
    /// An attempt was made; the flag says whether the endpoint was failing before.
    Attempted(ClaimedDelivery, DeliverySettlement, bool),
    /// It was not attempted, and is due again.
    Released(ClaimedDelivery, DateTime<Utc>),
}

impl Job for Deliverer {
    const NAME: &'static str = TOPIC;
    type Item = PreparedDelivery;
    type Outcome = DeliveryOutcome;

    fn has_due(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(!store::find_due(conn, now, self.per_endpoint())?.is_empty())
    }

    fn claim(
        &self,
        tx: &mut Tx<'_>,
        lease: &Lease,
        limit: i64,
    ) -> Result<Vec<PreparedDelivery>, StoreError> {
        let claimed = store::claim(tx, lease, limit, self.per_endpoint())?;
        prepare(tx.conn(), claimed, lease.now)
    }

    async fn work(self: Arc<Self>, item: PreparedDelivery) -> Option<DeliveryOutcome> {
        let attempted = self.attempt(&item).await;
        let PreparedDelivery { claimed, to, .. } = item;
        match attempted {
            Ok(Some(attempt)) => {
                let (now, pauses) = (self.clock.now(), &self.settings.retry_schedule);
                let settled = settlement(&attempt, claimed.attempts, pauses, now, random());
                let was_failing = to.is_none_or(|it| it.is_failing);
                Some(DeliveryOutcome::Attempted(claimed, settled, was_failing))
            }
            Ok(None) => Some(DeliveryOutcome::Released(claimed, self.clock.now())),
            Err(error) => {
                let error = error_chain::chain(&error);
                tracing::warn!(delivery = %claimed.id, error, "a delivery is attempted after its lease");
                None
            }
        }
    }

    fn settle(&self, tx: &mut Tx<'_>, outcome: &DeliveryOutcome) -> Result<bool, StoreError> {
        let all = self.settle_all(tx, std::slice::from_ref(outcome))?;
        Ok(all == [true])
    }

    fn settle_all(
        &self,
        tx: &mut Tx<'_>,
        outcomes: &[DeliveryOutcome],
    ) -> Result<Vec<bool>, StoreError> {
        let attempted = outcomes.iter().filter_map(|outcome| match outcome {
            DeliveryOutcome::Attempted(claimed, to, _) => Some((claimed, to)),
            DeliveryOutcome::Released(..) => None,
        });
        let ours = store::settle(tx, &attempted.collect::<Vec<_>>())?;
        let mut were_ours = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            were_ours.push(match outcome {
                DeliveryOutcome::Released(claimed, due_at) => store::release(tx, claimed, *due_at)?,
                DeliveryOutcome::Attempted(claimed, to, was_failing) => {
                    let is_ours = ours.contains(&claimed.id);
                    // A success at a working endpoint changes nothing.
                    if is_ours && (*was_failing || to.failure.is_some()) {
                        note(tx, claimed.endpoint_id, to.failure, to.at)?;
                    }
                    is_ours
                }
            });
        }
        Ok(were_ours)
    }

    fn settled(&self, outcome: DeliveryOutcome, was_ours: bool) {
        if let DeliveryOutcome::Attempted(claimed, to, _) = outcome
            && was_ours
        {
            attempts(to.state).increment(1);
            let failure = to.failure.map(DeliveryFailure::as_str);
            tracing::debug!(delivery = %claimed.id, state = to.state.as_str(), failure, "attempted a delivery");
        }
    }
}

impl Deliverer {
    fn per_endpoint(&self) -> i64 {
        i64::try_from(self.settings.per_endpoint).unwrap_or(i64::MAX)
    }

    /// Makes the attempt; `None` if the endpoint is disabled or the event has no place in the feed yet.
    async fn attempt(
        &self,
        item: &PreparedDelivery,
    ) -> Result<Option<DeliveryAttempt>, StoreError> {
        let Some(to) = &item.to else {
            return Ok(None);
        };
        let (now, id) = (self.clock.now(), &item.claimed.event_id);
        let body = match item.events.render(&self.store, &self.clock, id).await? {
            RenderedEvent::Ready(body) => body,
            RenderedEvent::Unnumbered => {
                tokio::time::sleep(UNNUMBERED).await;
                return Ok(None);
            }
            RenderedEvent::Forgotten => {
                return Ok(Some(DeliveryAttempt::unsent(
                    DeliveryFailure::EventForgotten,
                )));
            }
        };
        let timestamp = now.timestamp();
        let signature = self
            .open(&to.endpoint, &to.secrets)
            .and_then(|secrets| signature::sign(&secrets, id, timestamp, &body));
        let Some(signature) = signature else {
            return Ok(Some(DeliveryAttempt::unsent(DeliveryFailure::NotSigned)));
        };
        let message = Message {
            id,
            timestamp,
            signature,
            body,
        };
        Ok(Some(self.receivers.post(&to.endpoint.url, message).await))
    }

    fn open(
        &self,
        endpoint: &Endpoint,
        sealed: &[secret::SealedSecret],
    ) -> Option<Vec<SecretText>> {
        let open = |it: &secret::SealedSecret| {
            let place = it.id.to_string();
            self.sealer.open(secret::place(&place), &it.sealed)
        };
        match sealed.iter().map(open).collect() {
            Ok(secrets) => Some(secrets),
            Err(error) => {
                tracing::error!(endpoint = %endpoint.id, %error, "the secret of a notification endpoint does not open");
                None
            }
        }
    }
}

/// Records the result of an attempt with its endpoint, and switches the endpoint off after a 410 or five days of
/// failures.
fn note(
    tx: &mut Tx<'_>,
    id: EndpointId,
    failure: Option<DeliveryFailure>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let failure = match failure {
        None => return store::note_success(tx, id),
        Some(failure) if is_the_endpoints(failure) => failure,
        Some(_) => return Ok(()),
    };
    let Some(since) = store::note_failure(tx, id, at)? else {
        return Ok(());
    };
    match disables(failure, since, at) {
        Some(reason) => disable(tx, id, reason, at),
        None => Ok(()),
    }
}

fn disable(
    tx: &mut Tx<'_>,
    id: EndpointId,
    reason: DisabledReason,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some((before, after)) = store::disable(tx, id, reason, at)? else {
        return Ok(());
    };
    let actor = Actor {
        subject: OURSELVES.to_owned(),
        request_id: None,
        at,
    };
    let fields = changed_fields(Some(&before.audit_fields()), Some(&after.audit_fields()));
    audit::record(tx, &actor, &entry("disable", id, fields))?;
    let kind = EventType::EndpointDisabled;
    let event = EventDraft::of_endpoint(kind, after.only_website(), at, &after.event_data());
    events::append(tx, &[event])?;
    tracing::warn!(endpoint = %id, reason = reason.as_str(), "a notification endpoint is switched off");
    Ok(())
}

/// A random number from 0 to 1; 0.5 if the generator fails, so that pauses are exactly as in the schedule.
fn random() -> f64 {
    let mut bytes = [0; 4];
    match aws_lc_rs::rand::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}

fn attempts(state: DeliveryState) -> Counter {
    let outcome = match state {
        DeliveryState::Delivered => "delivered",
        DeliveryState::Pending => "retried",
        DeliveryState::Failed => "failed",
    };
    metrics::counter!("onterms_deliveries_total", "outcome" => outcome)
}

/// Registers every series at zero, so that it exists before its first event.
pub fn register_metrics() {
    let states = DeliveryState::ALL.iter().copied();
    states.for_each(|it| attempts(it).increment(0));
}
