//! The sealed carts and orders of payments.

use chrono::NaiveDateTime;
use diesel::{dsl::Eq, prelude::*};

use crate::{
    ids::PaymentId,
    privacy::{SealedColumn, sealed_column},
    seal::SealedField,
    store::{
        Conn, StoreError, Tx, on_each,
        schema::{payment_checkouts, payment_secure_hashes, payments},
    },
};

/// The sealed field with the cart and the order of a payment.
pub fn checkout_place(id: &str) -> SealedField<'_> {
    SealedField {
        table: "payment_checkouts",
        id,
        field: "sealed",
    }
}

/// The sealed cart and order of a payment.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = payment_checkouts, treat_none_as_default_value = false)]
pub struct Checkout {
    /// Equal for two requests with the same cart, method, PO number and buyer.
    pub digest: String,
    /// The secure hash of the popup's order when it was handed out first; `None` for an order without the popup.
    pub secure_hash: Option<String>,
    /// The posted cart, and the order made of it.
    pub sealed: String,
}

/// Stores the sealed cart and order of a payment.
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
type CheckoutRow<'c> = (
    Eq<payment_checkouts::payment_id, PaymentId>,
    &'c Checkout,
    Eq<payment_checkouts::buyer_read, bool>,
);

impl Checkout {
    /// The row of the checkout.
    pub fn row(&self, payment: PaymentId) -> CheckoutRow<'_> {
        let id = payment_checkouts::payment_id.eq(payment);
        (id, self, payment_checkouts::buyer_read.eq(true))
    }
}

/// The sealed cart and order of a payment; `None` once they are erased.
pub fn find_checkout(conn: &mut Conn, id: PaymentId) -> Result<Option<Checkout>, StoreError> {
    Ok(payment_checkouts::table
        .find(id)
        .select(Checkout::as_select())
        .first(conn)
        .optional()?)
}

/// The next payments with a stored cart after an id, in the order of ids, each with the start of its rest.
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
    delete(tx, &resting)
}

fn delete(tx: &mut Tx<'_>, ids: &[String]) -> Result<usize, StoreError> {
    let hashes = payment_secure_hashes::payment_id.eq_any(ids);
    diesel::delete(payment_secure_hashes::table.filter(hashes)).execute(tx.conn())?;
    let checkouts = payment_checkouts::payment_id.eq_any(ids);
    Ok(diesel::delete(payment_checkouts::table.filter(checkouts)).execute(tx.conn())?)
}

/// Deletes the cart and order of one payment. Returns false if the payment has something open, unless `open_too`.
pub fn erase_checkout(tx: &mut Tx<'_>, id: PaymentId, open_too: bool) -> Result<bool, StoreError> {
    let open = payments::table
        .find(id)
        .filter(payments::rests_since.is_null());
    let is_open: bool = diesel::select(diesel::dsl::exists(open)).get_result(tx.conn())?;
    if is_open && !open_too {
        return Ok(false);
    }
    delete(tx, &[id.to_string()])?;
    Ok(true)
}

/// The sealed column of carts and orders.
pub const CHECKOUTS: SealedColumn =
    sealed_column!(payment_checkouts.sealed by payment_id, checkout_place, batch = 100);

/// Every sealed column of this feature.
pub const SEALED: &[SealedColumn] = &[CHECKOUTS];
