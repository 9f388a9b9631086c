//! The secure hashes that the popup of a payment was given. The first is with the checkout; another one comes with each change
//! of the API key.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::{
    ids::PaymentId,
    store::{
        Conn, StoreError, Tx, on_each,
        schema::{payment_checkouts, payment_secure_hashes},
        timestamp,
    },
};

/// All of them; none for an order that is made without the popup.
pub fn list_secure_hashes(conn: &mut Conn, id: PaymentId) -> Result<Vec<String>, StoreError> {
    let first: Option<Option<String>> = payment_checkouts::table
        .find(id)
        .select(payment_checkouts::secure_hash)
        .first(conn)
        .optional()?;
    let mut hashes: Vec<String> = payment_secure_hashes::table
        .filter(payment_secure_hashes::payment_id.eq(id))
        .select(payment_secure_hashes::secure_hash)
        .load(conn)?;
    hashes.extend(first.flatten());
    Ok(hashes)
}

/// Stores a hash that is about to be handed out. It may be stored already.
pub fn insert_secure_hash(
    tx: &mut Tx<'_>,
    id: PaymentId,
    secure_hash: &str,
    handed_out_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = (
        payment_secure_hashes::payment_id.eq(id),
        payment_secure_hashes::secure_hash.eq(secure_hash),
        payment_secure_hashes::handed_out_at.eq(timestamp::to_stored(handed_out_at)),
    );
    on_each!(tx.conn(), conn => diesel::insert_into(payment_secure_hashes::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(())
}
