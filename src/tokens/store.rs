//! The rows of revocations.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::revocation::{Revocation, Revoked};
use crate::{
    auth::{RevokedSubject, RevokedTokens},
    ids::{self, RevocationId},
    store::{
        Conn, StoreError, Tx,
        schema::{revision_counter, token_revocations},
        timestamp,
    },
};

type RevocationRow = (
    Option<String>,
    Option<String>,
    Option<String>,
    Option<NaiveDateTime>,
);

/// Stores a revocation and increments the counter that replicas poll.
pub fn insert(
    tx: &mut Tx<'_>,
    revocation: &Revocation,
    now: DateTime<Utc>,
) -> Result<RevocationId, StoreError> {
    let id: RevocationId = ids::fresh(now);
    let (jti, subject, issuer, issued_before) = match &revocation.revoked {
        Revoked::Token { jti } => (Some(jti), None, None, None),
        Revoked::Subject {
            subject,
            issuer,
            issued_before,
        } => (None, Some(subject), issuer.as_ref(), Some(*issued_before)),
    };
    diesel::insert_into(token_revocations::table)
        .values((
            token_revocations::id.eq(id),
            token_revocations::jti.eq(jti),
            token_revocations::subject.eq(subject),
            token_revocations::issuer.eq(issuer),
            token_revocations::issued_before.eq(issued_before.map(timestamp::to_stored)),
            token_revocations::ends_at.eq(timestamp::to_stored(revocation.ends_at)),
            token_revocations::created_at.eq(timestamp::to_stored(now)),
        ))
        .execute(tx.conn())?;
    let counter = revision_counter::token_revocations;
    diesel::update(revision_counter::table)
        .set(counter.eq(counter + 1))
        .execute(tx.conn())?;
    Ok(id)
}

/// The number of revocations ever made; it grows with each.
pub fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(revision_counter::table
        .select(revision_counter::token_revocations)
        .first(conn)?)
}

/// The revocations that are still relevant.
pub fn load(conn: &mut Conn, now: DateTime<Utc>) -> Result<RevokedTokens, StoreError> {
    let rows: Vec<RevocationRow> = token_revocations::table
        .filter(token_revocations::ends_at.gt(timestamp::to_stored(now)))
        .select((
            token_revocations::jti,
            token_revocations::subject,
            token_revocations::issuer,
            token_revocations::issued_before,
        ))
        .load(conn)?;
    let mut tokens = RevokedTokens::default();
    for (jti, subject, issuer, issued_before) in rows {
        if let Some(jti) = jti {
            tokens.add_id(jti);
        }
        if let (Some(subject), Some(before)) = (subject, issued_before) {
            // A token's `iat` has whole seconds, so a token issued within the second of the moment counts as issued
            // before it.
            let before = before.and_utc();
            let seconds = before.timestamp() + i64::from(before.timestamp_subsec_nanos() > 0);
            tokens.add_subject(
                subject,
                RevokedSubject {
                    issuer,
                    issued_before_seconds: seconds,
                },
            );
        }
    }
    Ok(tokens)
}

/// Deletes the revocations that are no longer relevant, and returns their number.
pub fn forget_ended(tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let ended = token_revocations::ends_at.le(timestamp::to_stored(now));
    Ok(diesel::delete(token_revocations::table.filter(ended)).execute(tx.conn())?)
}
