//! The projection as it is stored, for comparing it with what the transactions come to.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{
    live,
    rows::{COLUMNS, Head, PaymentRow},
};
use crate::{
    payments::ledger::Ledger,
    store::{Conn, StoreError, schema::payments, timestamp},
};

/// The columns that are computed from the transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub status: String,
    pub live: bool,
    /// For one that is not: whether another payment of its order is.
    pub other_is_live: bool,
    pub active: bool,
    pub unsettled: bool,
    pub authorized: i64,
    pub invoiced: i64,
    pub captured: i64,
    pub returned: i64,
    pub refunded: i64,
    pub canceled: i64,
    pub rests_since: Option<DateTime<Utc>>,
    pub unfunded_since: Option<DateTime<Utc>>,
    pub unfunded_shipped_since: Option<DateTime<Utc>>,
    pub next_look_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = payments)]
struct Row {
    status: String,
    live: bool,
    active: bool,
    unsettled: bool,
    authorized: i64,
    invoiced: i64,
    captured: i64,
    returned: i64,
    refunded: i64,
    canceled: i64,
    rests_since: Option<NaiveDateTime>,
    unfunded_since: Option<NaiveDateTime>,
    unfunded_shipped_since: Option<NaiveDateTime>,
    next_look_at: Option<NaiveDateTime>,
}

impl Stored {
    fn of(row: Row, other_is_live: bool) -> Self {
        Stored {
            status: row.status,
            live: row.live,
            other_is_live,
            active: row.active,
            unsettled: row.unsettled,
            authorized: row.authorized,
            invoiced: row.invoiced,
            captured: row.captured,
            returned: row.returned,
            refunded: row.refunded,
            canceled: row.canceled,
            rests_since: row.rests_since.map(timestamp::from_stored),
            unfunded_since: row.unfunded_since.map(timestamp::from_stored),
            unfunded_shipped_since: row.unfunded_shipped_since.map(timestamp::from_stored),
            next_look_at: row.next_look_at.map(timestamp::from_stored),
        }
    }
}

/// The next few payments after an id, each with what is stored of its projection. To be read in one snapshot.
pub fn list_with_stored(
    conn: &mut Conn,
    after: &str,
    most: i64,
) -> Result<Vec<(Ledger, Stored)>, StoreError> {
    let rows: Vec<(PaymentRow, Row)> = payments::table
        .filter(payments::id.gt(after))
        .order(payments::id.asc())
        .limit(most)
        .select((COLUMNS, Row::as_select()))
        .load(conn)?;
    rows.into_iter()
        .map(|(payment, stored)| {
            let ledger = super::with_transactions(conn, payment)?;
            let head = Head::of(&ledger.payment);
            let waits = !stored.live && live::is_taken(conn, &head, ledger.payment.id)?;
            Ok((ledger, Stored::of(stored, waits)))
        })
        .collect()
}

/// How many payments there are.
pub fn count_all(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(payments::table.count().get_result(conn)?)
}
