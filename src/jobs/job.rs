//! What a kind of later work has to say about itself.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::store::{Conn, StoreError, Tx};

/// A kind of work over the due rows of one owner.
///
/// Claiming moves a row's due time to the end of a lease, so that no other worker claims it before; when a worker is
/// killed, another one finds the row after the lease. Work must be safe to run twice.
///
/// A job is a value. Work that has several queues with a concurrency each, such as one for each receiver, is one job value
/// with a runner for each of them.
pub trait Job: Send + Sync + 'static {
    /// Names the kind in the log.
    const NAME: &'static str;

    /// A claimed row, or a few that belong together.
    type Item: Send + 'static;

    /// What is to be written when the work is over.
    type Outcome: Send + 'static;

    /// Whether anything is due. Asked often: it has to be cheap, and costs the writer nothing.
    fn has_due(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Takes on up to `limit` items, the longest due first.
    fn claim(
        &self,
        tx: &mut Tx<'_>,
        lease: &Lease,
        limit: i64,
    ) -> Result<Vec<Self::Item>, StoreError>;

    /// Does the work in a task of its own: a panic affects this item only, which is claimed again after its lease. `None` where
    /// nothing is to be written.
    fn work(
        self: Arc<Self>,
        item: Self::Item,
    ) -> impl Future<Output = Option<Self::Outcome>> + Send;

    /// Writes an outcome down, in the transaction that claims the next items. False when the item is somebody else's by now;
    /// then nothing is changed.
    fn settle(&self, tx: &mut Tx<'_>, outcome: &Self::Outcome) -> Result<bool, StoreError>;

    /// Writes several outcomes down, and returns for each what [`Job::settle`] returns. For work whose outcomes are many at once.
    fn settle_all(
        &self,
        tx: &mut Tx<'_>,
        outcomes: &[Self::Outcome],
    ) -> Result<Vec<bool>, StoreError> {
        outcomes.iter().map(|it| self.settle(tx, it)).collect()
    }

    /// Counts and logs an outcome after the commit, with what [`Job::settle`] said of it.
    fn settled(&self, _outcome: Self::Outcome, _was_ours: bool) {}
}

/// The right to work on what is claimed now, until a moment.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Marks rows as claimed by this lease, where a late result must be distinguishable from that of the next worker.
    pub mark: String,
    pub now: DateTime<Utc>,
    /// From then on others may take the items on.
    pub until: DateTime<Utc>,
}

impl Lease {
    /// A lease from `now` on.
    pub fn new(now: DateTime<Utc>, lasts: TimeDelta) -> Self {
        Lease {
            mark: Uuid::now_v7().to_string(),
            now,
            until: now + lasts,
        }
    }
}
