//! The rows of findings.

mod listing;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    code::FindingCode,
    finding::{Finding, FindingState, FindingSubject, Observation},
};
use crate::{
    events::{self, EventDraft},
    ids::{self, FindingId, PaymentId},
    store::{Conn, Prepared, StoreError, Tx, first_locked, on_each, schema::findings, timestamp},
};

pub use listing::{FindingFilter, FindingSort, count, is_of_websites, list};

/// Opens a finding. If it is unresolved already, its `lastSeenAt`, message and values are updated instead.
pub fn open(
    tx: &mut Tx<'_>,
    subject: FindingSubject,
    noticed: &Observation,
    now: DateTime<Utc>,
) -> Result<Finding, StoreError> {
    let id: FindingId = ids::fresh(now);
    let at = timestamp::to_stored(now);
    let seen = (
        findings::message.eq(&noticed.message),
        findings::expected.eq(&noticed.expected),
        findings::observed.eq(&noticed.observed),
        findings::last_seen_at.eq(at),
    );
    let upsert = diesel::insert_into(findings::table)
        .values((
            findings::id.eq(id),
            findings::code.eq(noticed.code),
            findings::state.eq(FindingState::Open),
            findings::payment_id.eq(subject.payment()),
            findings::integration_id.eq(subject.integration()),
            findings::provider_reference.eq(&noticed.reference),
            findings::opened_at.eq(at),
            findings::version.eq(1_i64),
            findings::open_key.eq(subject.open_key(noticed.code, noticed.reference.as_deref())),
            seen,
        ))
        .on_conflict(findings::open_key)
        .do_update()
        .set((seen, findings::version.eq(findings::version + 1)));
    let finding: Finding = on_each!(tx.conn(), conn => {
        Prepared(upsert.returning(Finding::as_returning())).get_result(conn)
    })?;
    if finding.id == id {
        announce(tx, &finding)?;
    }
    Ok(finding)
}

/// Appends the event of a newly opened finding.
fn announce(tx: &mut Tx<'_>, finding: &Finding) -> Result<(), StoreError> {
    let website = listing::website_of(tx, finding)?;
    let draft = EventDraft::of_finding(website, finding.opened_at, &finding.event_data());
    events::append(tx, &[draft])
}

/// Writes the observations of a read of a payment, and returns their findings in their present state. If the read was
/// complete, the payment's other findings are resolved.
pub fn record(
    tx: &mut Tx<'_>,
    subject: FindingSubject,
    noticed: &[Observation],
    complete: bool,
    now: DateTime<Utc>,
) -> Result<Vec<Finding>, StoreError> {
    let mut noticed: Vec<&Observation> = noticed.iter().collect();
    // A fixed order, so that two concurrent readers cannot deadlock.
    noticed.sort_by_key(|it| (it.code.as_str(), it.reference.as_deref()));
    noticed.dedup_by_key(|it| (it.code, it.reference.as_deref()));
    let mut found = Vec::with_capacity(noticed.len());
    for it in noticed {
        found.push(open(tx, subject, it, now)?);
    }
    if let Some(payment) = subject.payment().filter(|_| complete) {
        let judged: Vec<FindingCode> = FindingCode::ALL
            .iter()
            .filter(|code| code.is_judged_by_reading())
            .copied()
            .collect();
        let seen: Vec<FindingId> = found.iter().map(|it| it.id).collect();
        close(tx, payment, &judged, &seen, now)?;
    }
    Ok(found)
}

/// Resolves a payment's findings with this code.
pub fn resolve(
    tx: &mut Tx<'_>,
    code: FindingCode,
    payment: PaymentId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    close(tx, payment, &[code], &[], now)
}

fn close(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    codes: &[FindingCode],
    except: &[FindingId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let gone = findings::table
        .filter(findings::payment_id.eq(payment))
        .filter(findings::open_key.is_not_null())
        .filter(findings::code.eq_any(codes))
        .filter(findings::id.ne_all(except));
    let update = diesel::update(gone)
        .set((
            findings::state.eq(FindingState::Resolved),
            findings::resolved_at.eq(timestamp::to_stored(now)),
            findings::open_key.eq(None::<String>),
            findings::version.eq(findings::version + 1),
        ))
        .returning(findings::version);
    on_each!(tx.conn(), conn => Prepared(update).count(conn))?;
    Ok(())
}

/// Stores an acknowledgement.
pub fn save_acknowledgement(tx: &mut Tx<'_>, finding: &Finding) -> Result<(), StoreError> {
    diesel::update(findings::table.find(finding.id))
        .set((
            findings::state.eq(finding.state),
            findings::acknowledged_by.eq(&finding.acknowledged_by),
            findings::note.eq(&finding.note),
            findings::version.eq(finding.version),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The finding with this id.
pub fn find(conn: &mut Conn, id: FindingId) -> Result<Option<Finding>, StoreError> {
    let found = findings::table.find(id).select(Finding::as_select());
    Ok(found.first(conn).optional()?)
}

/// As [`find`], locked until the transaction ends.
pub fn find_locked(tx: &mut Tx<'_>, id: FindingId) -> Result<Option<Finding>, StoreError> {
    let row: QueryResult<Finding> =
        first_locked!(tx, findings::table.find(id).select(Finding::as_select()));
    Ok(row.optional()?)
}

/// Counts the unresolved findings by code.
pub fn count_unresolved(conn: &mut Conn) -> Result<HashMap<String, i64>, StoreError> {
    let rows: Vec<(String, i64)> = findings::table
        .filter(findings::open_key.is_not_null())
        .group_by(findings::code)
        .select((findings::code, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}
