//! The columns that say what the buyer was shown and who the buyer is.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::{
    cart::PaymentTerm,
    ids::PaymentId,
    payments::{buyer::BuyerIdentity, payment::Payment},
    privacy::EmailHash,
    store::{
        Conn, StoreError, Tx,
        schema::{payment_checkouts, payments},
        timestamp,
    },
};

pub type Columns = (
    payments::method_short_label,
    payments::payment_term,
    payments::buyer_customer_id,
    payments::buyer_customer_name,
    payments::buyer_user_id,
    payments::buyer_email_hash,
    payments::due_at,
);
/// In the order of [`KeptRow`]'s fields.
pub const COLUMNS: Columns = (
    payments::method_short_label,
    payments::payment_term,
    payments::buyer_customer_id,
    payments::buyer_customer_name,
    payments::buyer_user_id,
    payments::buyer_email_hash,
    payments::due_at,
);

/// What is kept when a payment begins and does not change with it.
#[derive(Clone, Debug, Insertable, Queryable)]
#[diesel(table_name = payments)]
pub struct KeptRow {
    pub method_short_label: Option<String>,
    pub payment_term: Option<String>,
    pub buyer_customer_id: Option<String>,
    pub buyer_customer_name: Option<String>,
    pub buyer_user_id: Option<String>,
    pub buyer_email_hash: Option<String>,
    pub due_at: Option<NaiveDateTime>,
}

impl KeptRow {
    pub fn of(payment: &Payment) -> Self {
        let buyer = &payment.buyer;
        let hash = buyer.email_hash.as_ref();
        KeptRow {
            method_short_label: payment.method_short_label.clone(),
            payment_term: payment
                .payment_term
                .as_ref()
                .map(|term| serde_json::json!(term).to_string()),
            buyer_customer_id: buyer.customer_id.clone(),
            buyer_customer_name: buyer.customer_name.clone(),
            buyer_user_id: buyer.user_id.clone(),
            buyer_email_hash: hash.map(|hash| hash.as_str().to_owned()),
            due_at: payment.due_at.map(timestamp::to_stored),
        }
    }

    /// The buyer in the row.
    pub fn buyer(&self) -> BuyerIdentity {
        BuyerIdentity {
            customer_id: self.buyer_customer_id.clone(),
            customer_name: self.buyer_customer_name.clone(),
            user_id: self.buyer_user_id.clone(),
            email_hash: self.buyer_email_hash.clone().map(EmailHash::from_stored),
        }
    }

    /// The buyer's payment term in the row.
    pub fn payment_term(&self) -> Option<PaymentTerm> {
        serde_json::from_str(self.payment_term.as_deref()?).ok()
    }
}

/// The payments of the person with this address.
pub fn list_by_email(conn: &mut Conn, hash: &EmailHash) -> Result<Vec<PaymentId>, StoreError> {
    let ids: Vec<String> = payments::table
        .filter(payments::buyer_email_hash.eq(hash.as_str()))
        .order(payments::id)
        .select(payments::id)
        .load(conn)?;
    ids.iter().map(|id| super::parse_id(id)).collect()
}

/// Forgets who the person behind a payment is; the company's id stays, for the shop's books.
pub fn erase_person(tx: &mut Tx<'_>, id: PaymentId) -> Result<bool, StoreError> {
    let nothing: Option<String> = None;
    let rows = diesel::update(payments::table.find(id.to_string()))
        .set((
            payments::buyer_customer_name.eq(&nothing),
            payments::buyer_user_id.eq(&nothing),
            payments::buyer_email_hash.eq(&nothing),
        ))
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

/// Keeps the buyer of a payment whose cart had not been read. A cart that was erased meanwhile leaves nothing behind.
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
        .set((
            payments::buyer_customer_id.eq(&buyer.customer_id),
            payments::buyer_customer_name.eq(&buyer.customer_name),
            payments::buyer_user_id.eq(&buyer.user_id),
            payments::buyer_email_hash.eq(buyer.email_hash.as_ref().map(EmailHash::as_str)),
        ))
        .execute(tx.conn())?;
    Ok(())
}
