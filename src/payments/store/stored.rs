//! The projection as it is stored, for comparing it with the sums of the transactions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    live, receivables,
    rows::{Head, PaymentRow},
};
use crate::{
    payments::{ledger::Ledger, receivable::Receivable},
    store::{Conn, StoreError, columns::MaybeMoment, schema::payments},
};

/// The columns that are computed from the transactions.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = payments)]
pub struct StoredProjection {
    pub status: String,
    pub live: bool,
    pub active: bool,
    pub unsettled: bool,
    pub authorized: i64,
    pub invoiced: i64,
    pub captured: i64,
    pub returned: i64,
    pub refunded: i64,
    pub canceled: i64,
    #[diesel(deserialize_as = MaybeMoment)]
    pub rests_since: Option<DateTime<Utc>>,
    #[diesel(deserialize_as = MaybeMoment)]
    pub unfunded_since: Option<DateTime<Utc>>,
    #[diesel(deserialize_as = MaybeMoment)]
    pub unfunded_shipped_since: Option<DateTime<Utc>>,
    #[diesel(deserialize_as = MaybeMoment)]
    pub next_look_at: Option<DateTime<Utc>>,
    pub listed_version: i64,
}

/// A payment with everything that is stored beside its transactions.
pub struct WithStored {
    pub ledger: Ledger,
    pub stored: StoredProjection,
    /// For one that is not live: whether another payment of its order is.
    pub other_is_live: bool,
    /// The rows of its invoices; `None` where an older service has changed the payment since they were written.
    pub receivables: Option<Vec<Receivable>>,
}

/// The next few payments after an id. To be read in one snapshot.
pub fn list_with_stored(
    conn: &mut Conn,
    after: &str,
    most: i64,
) -> Result<Vec<WithStored>, StoreError> {
    let rows: Vec<(PaymentRow, StoredProjection)> = payments::table
        .filter(payments::id.gt(after))
        .order(payments::id.asc())
        .limit(most)
        .select((PaymentRow::as_select(), StoredProjection::as_select()))
        .load(conn)?;
    rows.into_iter()
        .map(|(payment, stored)| {
            let ledger = super::with_transactions(conn, payment)?;
            let head = Head::of(&ledger.payment);
            let other_is_live = !stored.live && live::is_taken(conn, &head, ledger.payment.id)?;
            let listed = receivables::of_payments(conn, &[ledger.payment.id])?;
            let is_listed = stored.listed_version == ledger.payment.version;
            Ok(WithStored {
                ledger,
                stored,
                other_is_live,
                receivables: is_listed.then_some(listed),
            })
        })
        .collect()
}

/// How many payments there are.
pub fn count_all(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(payments::table.count().get_result(conn)?)
}
