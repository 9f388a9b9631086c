//! The interface of a kind of background work.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::store::{Conn, StoreError, Tx};

/// A kind of work on the due rows of one table.
///
/// Claiming moves a row's due time to the end of a lease, so that no other worker claims it before; if a worker is
/// killed, another one finds the row after the lease. The work must be safe to run twice.
///
/// A job is a value. Work with several queues, each with its own concurrency, such as one per receiver, is one job
/// value with a runner for each queue.
pub trait Job: Send + Sync + 'static {
    /// The name of the kind in the log.
    const NAME: &'static str;

    /// A claimed row, or a few that belong together.
    type Item: Send + 'static;

    /// The result that is written when the work has ended.
    type Outcome: Send + 'static;

    /// Whether any row is due. It is called often, so it must be cheap; it uses no writer.
    fn has_due(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Claims up to `limit` items, the longest due first.
    fn claim(
        &self,
        tx: &mut Tx<'_>,
        lease: &Lease,
        limit: i64,
    ) -> Result<Vec<Self::Item>, StoreError>;

    /// Does the work in a separate task: a panic affects only this item, which is claimed again after its lease.
    /// Returns `None` if there is nothing to write.
    fn work(
        self: Arc<Self>,
        item: Self::Item,
    ) -> impl Future<Output = Option<Self::Outcome>> + Send;

    /// Writes an outcome, in the transaction that claims the next items. Returns false, without a change, if another
    /// worker has claimed the item.
    fn settle(&self, tx: &mut Tx<'_>, outcome: &Self::Outcome) -> Result<bool, StoreError>;

    /// Writes several outcomes, and returns the result of [`Job::settle`] for each. Override it to write many outcomes
    /// at once.
    fn settle_all(
        &self,
        tx: &mut Tx<'_>,
        outcomes: &[Self::Outcome],
    ) -> Result<Vec<bool>, StoreError> {
        outcomes.iter().map(|it| self.settle(tx, it)).collect()
    }

    /// Counts and logs an outcome after the commit, with the result of [`Job::settle`].
    fn settled(&self, _outcome: Self::Outcome, _was_ours: bool) {}
}

/// The right to work on the claimed items until a moment.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Marks the claimed rows, so that a late result can be distinguished from that of the next worker.
    pub mark: String,
    pub now: DateTime<Utc>,
    /// From this moment on others may claim the items.
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
