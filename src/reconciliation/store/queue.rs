//! The queue of runs. Among all replicas, one worker at a time compares a batch of payments, so that no payment is
//! compared by two workers at once.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::{
    ids::{self, PaymentId, ReconciliationId},
    jobs::Lease,
    payments::{self, store as payments_store},
    reconciliation::run::{ComparedPayment, Run, RunState, Trigger},
    store::{
        Conn, StoreError, Tx, on_each,
        schema::{reconciliation_findings, reconciliation_runs},
        timestamp,
    },
};

/// The number of attempts without progress after which a run has failed.
const MOST_ATTEMPTS: i32 = 5;

/// The requester of a scheduled run.
const NOBODY: &str = "onterms:schedule";

/// The next step of a worker.
#[derive(Debug)]
pub enum ComparisonTurn {
    /// A run ended.
    Ended(ReconciliationId, RunState),
    /// These payments are to be compared.
    Compare(ClaimedPayments),
}

/// A few claimed payments of a run.
#[derive(Debug)]
pub struct ClaimedPayments {
    pub run: Run,
    pub payments: Vec<PaymentId>,
    /// The mark of the worker's lease on the run.
    lease: String,
}

/// Whether a scheduled run is due, or a run waits for a worker.
pub fn has_due(conn: &mut Conn, now: DateTime<Utc>, every: TimeDelta) -> Result<bool, StoreError> {
    Ok(is_due(conn, now, every)? || has_claimable(conn, now)?)
}

/// Whether to begin a scheduled run: payments are due, and the last scheduled run is over and began at least `every`
/// ago.
fn is_due(conn: &mut Conn, now: DateTime<Utc>, every: TimeDelta) -> Result<bool, StoreError> {
    let last: Option<(NaiveDateTime, RunState)> = reconciliation_runs::table
        .filter(reconciliation_runs::trigger.eq(Trigger::Scheduled))
        .order(reconciliation_runs::started_at.desc())
        .select((reconciliation_runs::started_at, reconciliation_runs::state))
        .first(conn)
        .optional()?;
    if let Some((began, state)) = last {
        let is_over = state != RunState::Running;
        if !is_over || now - timestamp::from_stored(began) < every {
            return Ok(false);
        }
    }
    payments_store::has_comparable(conn, now)
}

/// Begins a run. If one with the same trigger is running, that run is returned. A scheduled run without payments to
/// compare is not begun.
pub fn begin(
    tx: &mut Tx<'_>,
    trigger: Trigger,
    requested_by: &str,
    now: DateTime<Utc>,
) -> Result<Option<Run>, StoreError> {
    if trigger == Trigger::Scheduled {
        payments_store::enrol_forgotten(tx, now)?;
    }
    let run = Run {
        id: ids::fresh(now),
        trigger,
        state: RunState::Running,
        requested_by: requested_by.to_owned(),
        started_at: now,
        finished_at: None,
        total: 0,
        looked: 0,
        changed: 0,
        unexplained: 0,
        failed: 0,
        position: String::new(),
    };
    let total = payments_store::count_comparable(tx, &comparable(&run))?;
    let run = Run { total, ..run };
    if trigger == Trigger::Scheduled && total == 0 {
        return Ok(None);
    }
    if insert(tx, &run)? {
        return Ok(Some(run));
    }
    running(tx, trigger)
}

fn comparable(run: &Run) -> payments_store::Comparable {
    match run.trigger {
        Trigger::Scheduled => payments_store::Comparable::Due(run.started_at),
        Trigger::Caller => payments_store::Comparable::Open(payments_store::OpenPayments {
            created_by: run.started_at,
            ended_after: run.started_at - payments::ENDED_FOR,
            after: run.position.clone(),
        }),
    }
}

/// Inserts a run; false if one with this trigger is running.
fn insert(tx: &mut Tx<'_>, run: &Run) -> Result<bool, StoreError> {
    let values = (
        run.clone(),
        reconciliation_runs::progressed_at.eq(timestamp::to_stored(run.started_at)),
        reconciliation_runs::attempts.eq(0_i32),
    );
    let inserted = on_each!(tx, conn => diesel::insert_into(reconciliation_runs::table)
        .values(values)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

fn running(conn: &mut Conn, trigger: Trigger) -> Result<Option<Run>, StoreError> {
    Ok(reconciliation_runs::table
        .filter(reconciliation_runs::trigger.eq(trigger))
        .filter(reconciliation_runs::state.eq(RunState::Running))
        .select(Run::as_select())
        .first(conn)
        .optional()?)
}

/// Whether a run waits for a worker. Takes no lock.
fn has_claimable(conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let free = reconciliation_runs::leased_until
        .is_null()
        .or(reconciliation_runs::leased_until
            .le(timestamp::to_stored(now))
            .assume_not_null());
    let waiting = reconciliation_runs::table
        .filter(reconciliation_runs::state.eq(RunState::Running))
        .filter(free);
    Ok(diesel::select(diesel::dsl::exists(waiting)).get_result(conn)?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = reconciliation_runs)]
struct WaitingRun {
    #[diesel(embed)]
    run: Run,
    leased_until: Option<NaiveDateTime>,
    attempts: i32,
}

/// Begins a scheduled run if it is due, and claims the next payments of the run that has waited longest. `None` if
/// there is nothing to do, or another worker is at work.
pub fn claim(
    tx: &mut Tx<'_>,
    lease: &Lease,
    every: TimeDelta,
    most: i64,
) -> Result<Option<ComparisonTurn>, StoreError> {
    let now = lease.now;
    lock_running(tx)?;
    if is_due(tx.conn(), now, every)? {
        begin(tx, Trigger::Scheduled, NOBODY, now)?;
    }
    let at = timestamp::to_stored(now);
    let waiting: Vec<WaitingRun> = reconciliation_runs::table
        .filter(reconciliation_runs::state.eq(RunState::Running))
        .order((
            reconciliation_runs::progressed_at.asc(),
            reconciliation_runs::id.asc(),
        ))
        .select(WaitingRun::as_select())
        .load(tx.conn())?;
    if waiting
        .iter()
        .any(|it| it.leased_until.is_some_and(|until| until > at))
    {
        return Ok(None);
    }
    let Some(next) = waiting.into_iter().next() else {
        return Ok(None);
    };
    let attempts = next.attempts;
    let run = next.run;
    if attempts >= MOST_ATTEMPTS {
        return end(tx, run.id, RunState::Failed, now);
    }
    let payments = payments_store::list_comparable(tx, &comparable(&run), most)?;
    if payments.is_empty() {
        return end(tx, run.id, RunState::Finished, now);
    }
    // A run that was inserted after the lock was taken is not locked and may have been claimed by another worker.
    let untaken = reconciliation_runs::table
        .find(run.id)
        .filter(reconciliation_runs::attempts.eq(attempts));
    let taken = diesel::update(untaken)
        .set((
            reconciliation_runs::lease.eq(&lease.mark),
            reconciliation_runs::leased_until.eq(timestamp::to_stored(lease.until)),
            reconciliation_runs::attempts.eq(attempts + 1),
        ))
        .execute(tx.conn())?;
    if taken == 0 {
        return Ok(None);
    }
    Ok(Some(ComparisonTurn::Compare(ClaimedPayments {
        run,
        payments,
        lease: lease.mark.clone(),
    })))
}

/// Locks all running runs, so that two workers cannot claim different runs at once. SQLite has a single writer anyway.
fn lock_running(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    if let Conn::Pg(conn) = tx.conn() {
        reconciliation_runs::table
            .filter(reconciliation_runs::state.eq(RunState::Running))
            .order(reconciliation_runs::id.asc())
            .select(reconciliation_runs::id)
            .for_update()
            .load::<String>(conn)?;
    }
    Ok(())
}

fn end(
    tx: &mut Tx<'_>,
    id: ReconciliationId,
    state: RunState,
    now: DateTime<Utc>,
) -> Result<Option<ComparisonTurn>, StoreError> {
    diesel::update(reconciliation_runs::table.find(id))
        .set((
            reconciliation_runs::state.eq(state),
            reconciliation_runs::finished_at.eq(timestamp::to_stored(now)),
        ))
        .execute(tx.conn())?;
    Ok(Some(ComparisonTurn::Ended(id, state)))
}

/// Stores the results of the claimed payments, all of them or the first ones; the next claim begins after these. Returns
/// false and stores nothing if another worker has claimed the run.
pub fn keep(
    tx: &mut Tx<'_>,
    claimed: &ClaimedPayments,
    all: &[ComparedPayment],
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    // Locks in the same order as `claim`, which the same transaction calls next.
    lock_running(tx)?;
    let mut run = claimed.run.clone();
    all.iter().for_each(|seen| run.add(seen));
    let compared = all.iter().map(|seen| seen.payment.to_string()).max();
    let position = compared.unwrap_or(run.position);
    let nobody: Option<String> = None;
    let never: Option<NaiveDateTime> = None;
    let ours = reconciliation_runs::table
        .find(claimed.run.id)
        .filter(reconciliation_runs::state.eq(RunState::Running))
        .filter(reconciliation_runs::lease.eq(&claimed.lease));
    let kept = diesel::update(ours)
        .set((
            reconciliation_runs::looked.eq(run.looked),
            reconciliation_runs::changed.eq(run.changed),
            reconciliation_runs::unexplained.eq(run.unexplained),
            reconciliation_runs::failed.eq(run.failed),
            reconciliation_runs::position.eq(position),
            reconciliation_runs::lease.eq(nobody),
            reconciliation_runs::leased_until.eq(never),
            reconciliation_runs::progressed_at.eq(timestamp::to_stored(now)),
            reconciliation_runs::attempts.eq(0_i32),
        ))
        .execute(tx.conn())?;
    if kept == 0 {
        return Ok(false);
    }
    for seen in all {
        payments_store::compare_at(tx, seen.payment, seen.next)?;
        insert_found(tx, claimed.run.id, seen)?;
    }
    Ok(true)
}

fn insert_found(
    tx: &mut Tx<'_>,
    run: ReconciliationId,
    seen: &ComparedPayment,
) -> Result<(), StoreError> {
    for (ordinal, found) in (0_i32..).zip(&seen.found) {
        diesel::insert_into(reconciliation_findings::table)
            .values((
                reconciliation_findings::run_id.eq(run),
                reconciliation_findings::ordinal.eq(ordinal),
                found,
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Deletes up to `most` runs that began before a moment, with their entries.
pub fn forget_before(
    tx: &mut Tx<'_>,
    moment: DateTime<Utc>,
    most: i64,
) -> Result<usize, StoreError> {
    let old: Vec<String> = reconciliation_runs::table
        .filter(reconciliation_runs::started_at.lt(timestamp::to_stored(moment)))
        .filter(reconciliation_runs::state.ne(RunState::Running))
        .order(reconciliation_runs::started_at.asc())
        .limit(most)
        .select(reconciliation_runs::id)
        .load(tx.conn())?;
    let findings =
        reconciliation_findings::table.filter(reconciliation_findings::run_id.eq_any(&old));
    diesel::delete(findings).execute(tx.conn())?;
    let runs = reconciliation_runs::table.filter(reconciliation_runs::id.eq_any(&old));
    Ok(diesel::delete(runs).execute(tx.conn())?)
}
