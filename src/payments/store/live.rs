//! Which payment of an order is the live one.
//!
//! Several may count as live by what they hold, because money that the provider pays is booked whenever it comes. The one
//! that has `live` keeps it until it is over; then the oldest of the others has it.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Text},
};

use super::rows::Head;
use crate::{
    ids::{IntegrationId, PaymentId},
    store::{Conn, Prepared, StoreError, Tx, on_each, schema::payments},
};

/// What saving a payment did to `live` of its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Live {
    /// Nothing that concerns others.
    Same,
    /// It counts as live, and another of its order has `live`.
    Waits,
    /// It was not live, and now either is live or does not count as live.
    Settled,
    /// It is over, and this other payment has `live` now.
    Passed(PaymentId),
}

/// Locks the order until the transaction ends. Taken before any of its payments is written, so that two
/// never wait for each other. SQLite has one writer anyway.
pub fn lock_order(tx: &mut Tx<'_>, head: &Head) -> Result<(), StoreError> {
    if let Conn::Pg(conn) = tx.conn() {
        let lock = sql::<Bool>("pg_advisory_xact_lock(hashtextextended(")
            .bind::<Text, _>(lock_name(head))
            .sql(", 0)) IS NULL");
        let _: bool = Prepared(diesel::select(lock)).get_result(conn)?;
    }
    Ok(())
}

/// What the lock of an order is called.
pub fn lock_name(head: &Head) -> String {
    let website = head.website.as_deref().unwrap_or_default();
    format!("onterms order {website}\n{}", head.order_id)
}

/// Whether another payment of the order has `live`.
pub fn is_taken(conn: &mut Conn, head: &Head, id: PaymentId) -> Result<bool, StoreError> {
    let others = payments::table
        .filter(payments::order_id.eq(&head.order_id))
        .filter(payments::live)
        .filter(payments::id.ne(id));
    let websites: Vec<Option<String>> = others.select(payments::website).load(conn)?;
    let website = head.website.as_deref();
    Ok(websites.iter().any(|it| is_same(it.as_deref(), website)))
}

/// A limit above any real number.
const MOST_WAITING: i64 = 1000;

/// The payments that count as live beside the live one of their order.
pub fn list_waiting(conn: &mut Conn) -> Result<Vec<(PaymentId, IntegrationId)>, StoreError> {
    Ok(payments::table
        // Not as parameters: an index holds only those.
        .filter(payments::active)
        .filter(diesel::dsl::not(payments::live))
        .order(payments::order_id.asc())
        .limit(MOST_WAITING)
        .select((payments::id, payments::integration_id))
        .load(conn)?)
}

/// Gives `live` to the oldest payment of the order that waits for it.
pub fn pass_on(tx: &mut Tx<'_>, head: &Head) -> Result<Live, StoreError> {
    let waiting: Vec<(PaymentId, Option<String>)> = payments::table
        .filter(payments::order_id.eq(&head.order_id))
        .filter(payments::active)
        .filter(diesel::dsl::not(payments::live))
        .order((payments::created_at.asc(), payments::id.asc()))
        .select((payments::id, payments::website))
        .load(tx.conn())?;
    let website = head.website.as_deref();
    let mut waiting = waiting.into_iter();
    let Some((id, _)) = waiting.find(|(_, of)| is_same(of.as_deref(), website)) else {
        return Ok(Live::Same);
    };
    // The version grows, so that a concurrent change of that payment is decided again.
    let passed = diesel::update(payments::table.find(id))
        .set((
            payments::live.eq(true),
            payments::version.eq(payments::version + 1),
        ))
        .returning(payments::version);
    on_each!(tx.conn(), conn => Prepared(passed).count(conn))?;
    Ok(Live::Passed(id))
}

/// Compares two websites; no website equals an empty one.
pub fn is_same(one: Option<&str>, other: Option<&str>) -> bool {
    one.unwrap_or_default() == other.unwrap_or_default()
}
