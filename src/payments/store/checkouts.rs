//! What payments were made of, sealed.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::{
    ids::PaymentId,
    privacy::{SealedColumn, sealed_column},
    seal::SealedField,
    store::{
        Conn, StoreError, Tx, on_each,
        schema::{payment_checkouts, payment_secure_hashes, payments},
    },
};

/// Where the cart and the order of a payment lie.
pub fn checkout_place(id: &str) -> SealedField<'_> {
    SealedField {
        table: "payment_checkouts",
        id,
        field: "sealed",
    }
}

/// What a payment was made of.
#[derive(Clone, Debug, Queryable)]
pub struct Checkout {
    /// Tells the same cart from another.
    pub digest: String,
    /// Of the order for the popup, the first time it was given.
    pub secure_hash: Option<String>,
    /// The posted cart, and the order made of it.
    pub sealed: String,
}

/// Keeps what a payment was made of.
pub fn insert_checkout(
    tx: &mut Tx<'_>,
    id: PaymentId,
    checkout: &Checkout,
) -> Result<(), StoreError> {
    let insert = diesel::insert_into(payment_checkouts::table).values(checkout.row(id));
    on_each!(tx.conn(), conn => insert.execute(conn))?;
    Ok(())
}

/// A checkout as its row.
#[derive(Insertable)]
#[diesel(table_name = payment_checkouts, treat_none_as_default_value = false)]
pub struct CheckoutRow<'c> {
    payment_id: PaymentId,
    digest: &'c str,
    secure_hash: Option<&'c str>,
    sealed: &'c str,
    buyer_read: bool,
}

impl Checkout {
    /// Its row.
    pub fn row(&self, payment: PaymentId) -> CheckoutRow<'_> {
        CheckoutRow {
            payment_id: payment,
            digest: &self.digest,
            secure_hash: self.secure_hash.as_deref(),
            sealed: &self.sealed,
            buyer_read: true,
        }
    }
}

/// What a payment was made of, as long as it is kept.
pub fn find_checkout(conn: &mut Conn, id: PaymentId) -> Result<Option<Checkout>, StoreError> {
    Ok(payment_checkouts::table
        .find(id)
        .select((
            payment_checkouts::digest,
            payment_checkouts::secure_hash,
            payment_checkouts::sealed,
        ))
        .first(conn)
        .optional()?)
}

/// The next few payments of which something is kept, in the order of their ids, after one; each with the moment since which
/// it rests.
pub fn list_kept(
    conn: &mut Conn,
    after: &str,
    most: i64,
) -> Result<Vec<(String, Option<NaiveDateTime>)>, StoreError> {
    let kept: Vec<String> = payment_checkouts::table
        .filter(payment_checkouts::payment_id.gt(after))
        .order(payment_checkouts::payment_id.asc())
        .limit(most)
        .select(payment_checkouts::payment_id)
        .load(conn)?;
    // Not joined: PostgreSQL would walk along all payments from the first.
    Ok(payments::table
        .filter(payments::id.eq_any(kept))
        .order(payments::id.asc())
        .select((payments::id, payments::rests_since))
        .load(conn)?)
}

/// Deletes the carts of these payments, unless one of them changed since it was found to have rested
/// since before `moment`.
pub fn forget_checkouts(
    tx: &mut Tx<'_>,
    ids: &[String],
    moment: NaiveDateTime,
) -> Result<usize, StoreError> {
    let resting: Vec<String> = payments::table
        .filter(payments::id.eq_any(ids))
        .filter(payments::rests_since.lt(moment))
        .select(payments::id)
        .load(tx.conn())?;
    let hashes =
        payment_secure_hashes::table.filter(payment_secure_hashes::payment_id.eq_any(&resting));
    diesel::delete(hashes).execute(tx.conn())?;
    let forgotten = payment_checkouts::table.filter(payment_checkouts::payment_id.eq_any(&resting));
    Ok(diesel::delete(forgotten).execute(tx.conn())?)
}

/// Forgets what one payment was made of. False when it has something open and those are to be kept.
pub fn erase_checkout(tx: &mut Tx<'_>, id: PaymentId, open_too: bool) -> Result<bool, StoreError> {
    let open = payments::table
        .find(id)
        .filter(payments::rests_since.is_null());
    let is_open: bool = diesel::select(diesel::dsl::exists(open)).get_result(tx.conn())?;
    if is_open && !open_too {
        return Ok(false);
    }
    let hashes = payment_secure_hashes::table.filter(payment_secure_hashes::payment_id.eq(id));
    diesel::delete(hashes).execute(tx.conn())?;
    diesel::delete(payment_checkouts::table.find(id)).execute(tx.conn())?;
    Ok(true)
}

/// All of them.
pub const CHECKOUTS: SealedColumn =
    sealed_column!(payment_checkouts.sealed by payment_id, checkout_place, batch = 100);

/// Every sealed column of this feature.
pub const SEALED: &[SealedColumn] = &[CHECKOUTS];
