//! The task that assigns sequence numbers to committed events.
//!
//! Every replica on PostgreSQL runs one; only the holder of the lease works. It renews the lease every second. If it is
//! killed or loses the database, another replica takes over within seconds, and no event waits much longer than that.

use std::time::{Duration, Instant};

use metrics::Counter;
use uuid::Uuid;

use super::store::{self, SequencerTurn};
use crate::{
    jobs,
    store::{Backend, Store, StoreError},
};

/// The lease in seconds; after it expires, another replica takes over.
const LEASE_SECONDS: i32 = 5;
const RENEW_EVERY: Duration = Duration::from_secs(1);
/// How often the holder looks for new events.
const POLL: Duration = Duration::from_millis(50);
/// How often the other replicas check whether the lease is free.
const WATCH: Duration = Duration::from_secs(1);

/// The task that assigns sequence numbers; start it with [`Sequencer::run`].
pub struct Sequencer {
    store: Store,
    me: String,
}

impl Sequencer {
    /// A sequencer with a new identity for the lease.
    pub fn new(store: Store) -> Self {
        Sequencer {
            store,
            me: Uuid::now_v7().to_string(),
        }
    }

    /// Works until the store is closed or the task is dropped.
    pub async fn run(self) {
        if self.store.backend() == Backend::Sqlite {
            return;
        }
        let mut renewed = None;
        let complaint = "events cannot be put in order right now";
        jobs::repeat(&self.store, complaint, async || {
            self.turn(&mut renewed).await
        })
        .await;
    }

    /// Does one turn of work, and returns the pause before the next.
    async fn turn(&self, renewed: &mut Option<Instant>) -> Result<Duration, StoreError> {
        let me = self.me.clone();
        let lease = self
            .store
            .read(move |conn| store::read_lease(conn, &me))
            .await?;
        if !lease.is_mine && !lease.is_free {
            *renewed = None;
            return Ok(WATCH);
        }
        let is_due = renewed.is_none_or(|at| at.elapsed() >= RENEW_EVERY);
        if lease.is_mine && !lease.has_work && !is_due {
            return Ok(POLL);
        }
        let me = self.me.clone();
        let turn = self
            .store
            .write(move |tx| store::number(tx, &me, LEASE_SECONDS))
            .await?;
        let Some(turn) = turn else { return Ok(WATCH) };
        *renewed = Some(Instant::now());
        note(turn);
        Ok(if turn.has_more { Duration::ZERO } else { POLL })
    }
}

fn note(turn: SequencerTurn) {
    numbered().increment(turn.numbered as u64);
    if turn.took_over {
        takeovers().increment(1);
        tracing::info!("took over putting events in order from another replica");
    }
}

fn numbered() -> Counter {
    metrics::counter!("onterms_events_numbered_total")
}

fn takeovers() -> Counter {
    metrics::counter!("onterms_event_sequencer_takeovers_total")
}

/// Registers every series at zero, so that it exists before its first event.
pub fn register_metrics() {
    numbered().increment(0);
    takeovers().increment(0);
}
