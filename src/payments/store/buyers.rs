//! The columns that say who the buyer is.

use diesel::prelude::*;

use crate::{
    ids::PaymentId,
    payments::buyer::BuyerIdentity,
    privacy::EmailHash,
    store::{
        Conn, StoreError, Tx,
        schema::{invoices, payment_checkouts, payments},
    },
};

/// The payments of the person with this address.
pub fn list_by_email(conn: &mut Conn, hash: &EmailHash) -> Result<Vec<PaymentId>, StoreError> {
    Ok(payments::table
        .filter(payments::buyer_email_hash.eq(hash))
        .order(payments::id)
        .select(payments::id)
        .load(conn)?)
}

/// Forgets who the person behind a payment is; the company's id stays, for the shop's books. The payment gets a new version,
/// so that nothing that was read before can write the person again.
pub fn erase_person(tx: &mut Tx<'_>, id: PaymentId) -> Result<bool, StoreError> {
    let nothing: Option<String> = None;
    let rows = diesel::update(payments::table.find(id))
        .set((
            payments::buyer_customer_name.eq(&nothing),
            payments::buyer_user_id.eq(&nothing),
            payments::buyer_email_hash.eq(&nothing),
            payments::version.eq(payments::version + 1),
            payments::listed_version.eq(payments::listed_version + 1),
        ))
        .execute(tx.conn())?;
    diesel::update(invoices::table.filter(invoices::payment_id.eq(id)))
        .set(invoices::customer_name.eq(""))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Carts whose buyer was not read yet, with what is sealed of them: those from before buyers were kept.
pub fn list_unread(
    conn: &mut Conn,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(payment_checkouts::table
        // Not as a parameter: an index holds only those.
        .filter(diesel::dsl::not(payment_checkouts::buyer_read))
        .filter(payment_checkouts::payment_id.gt(after))
        .order(payment_checkouts::payment_id)
        .select((payment_checkouts::payment_id, payment_checkouts::sealed))
        .limit(limit)
        .load(conn)?)
}

/// Stores the buyer of a payment whose cart had not been read. If the cart was erased meanwhile, nothing is stored.
pub fn keep_buyer(tx: &mut Tx<'_>, id: &str, buyer: &BuyerIdentity) -> Result<(), StoreError> {
    let unread = payment_checkouts::table
        .find(id)
        .filter(payment_checkouts::buyer_read.eq(false));
    let marked = diesel::update(unread)
        .set(payment_checkouts::buyer_read.eq(true))
        .execute(tx.conn())?;
    if marked == 0 {
        return Ok(());
    }
    diesel::update(payments::table.find(id))
        .set(buyer)
        .execute(tx.conn())?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    diesel::update(invoices::table.filter(invoices::payment_id.eq(id)))
        .set((
            invoices::customer_id.eq(text(&buyer.customer_id)),
            invoices::customer_name.eq(text(&buyer.customer_name)),
        ))
        .execute(tx.conn())?;
    Ok(())
}
