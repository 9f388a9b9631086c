//! The queue of running trials.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::{
    ids::WhatIfId,
    jobs::Lease,
    store::{Conn, StoreError, Tx, load_unlocked, schema::what_ifs, timestamp},
    what_if::trial::{WhatIf, WhatIfStatus},
};

/// A trial fails after this number of attempts without progress.
const MOST_ATTEMPTS: i32 = 5;

/// A trial that this worker has claimed.
#[derive(Debug)]
pub struct ClaimedTrial {
    pub trial: WhatIf,
    /// The mark of the lease, which identifies this worker's claim.
    lease: String,
}

#[diesel::dsl::auto_type]
fn waiting(now: NaiveDateTime) -> _ {
    let running: WhatIfStatus = WhatIfStatus::Running;
    let expired = what_ifs::leased_until.le(now).assume_not_null();
    what_ifs::table
        .filter(what_ifs::status.eq(running))
        .filter(what_ifs::leased_until.is_null().or(expired))
}

/// Whether a trial waits for a worker.
pub fn has_due(conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let waiting = waiting(timestamp::to_stored(now)).select(what_ifs::id);
    let first: Option<String> = waiting.first(conn).optional()?;
    Ok(first.is_some())
}

/// Claims the oldest waiting trial.
pub fn claim(tx: &mut Tx<'_>, lease: &Lease) -> Result<Option<ClaimedTrial>, StoreError> {
    let now = timestamp::to_stored(lease.now);
    let oldest = waiting(now)
        .order((what_ifs::created_at, what_ifs::id))
        .limit(1)
        .select((what_ifs::id, what_ifs::attempts));
    let found: Vec<(WhatIfId, i32)> = load_unlocked!(tx.conn(), oldest)?;
    let Some((id, attempts)) = found.into_iter().next() else {
        return Ok(None);
    };
    if attempts >= MOST_ATTEMPTS {
        let over = (
            what_ifs::status.eq(WhatIfStatus::Failed),
            what_ifs::finished_at.eq(now),
        );
        diesel::update(what_ifs::table.find(id))
            .set(over)
            .execute(tx.conn())?;
        tracing::warn!(trial = %id, "a trial of rules on recorded carts failed");
        return Ok(None);
    }
    let taken = (
        what_ifs::lease.eq(&lease.mark),
        what_ifs::leased_until.eq(timestamp::to_stored(lease.until)),
        what_ifs::attempts.eq(attempts + 1),
    );
    diesel::update(what_ifs::table.find(id))
        .set(taken)
        .execute(tx.conn())?;
    let trial = super::find(tx, id)?;
    Ok(trial.map(|trial| ClaimedTrial {
        trial,
        lease: lease.mark.clone(),
    }))
}

/// Saves the progress of a trial. Returns false and saves nothing if another worker has taken the trial over.
pub fn keep(
    tx: &mut Tx<'_>,
    ClaimedTrial { trial, lease }: &ClaimedTrial,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let is_over = trial.status != WhatIfStatus::Running;
    let finished_at = is_over.then(|| timestamp::to_stored(now));
    let nobody: Option<String> = None;
    let never: Option<NaiveDateTime> = None;
    let ours = what_ifs::table
        .find(trial.id)
        .filter(what_ifs::status.eq(WhatIfStatus::Running))
        .filter(what_ifs::lease.eq(lease));
    let kept = diesel::update(ours)
        .set((
            what_ifs::status.eq(trial.status),
            what_ifs::finished_at.eq(finished_at),
            what_ifs::evaluated.eq(trial.evaluated),
            what_ifs::tally.eq(&trial.tally),
            what_ifs::position.eq(&trial.position),
            what_ifs::lease.eq(nobody),
            what_ifs::leased_until.eq(never),
            what_ifs::attempts.eq(0_i32),
        ))
        .execute(tx.conn())?;
    Ok(kept == 1)
}
