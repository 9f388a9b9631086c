//! The projection as it is stored, for comparing it with the sums of the transactions.

use diesel::prelude::*;

use super::{
    live, receivables,
    rows::{Head, PaymentRow, ProjectionRow},
};
use crate::{
    payments::{ledger::Ledger, receivable::Receivable},
    store::{Conn, StoreError, schema::payments},
};

/// A payment with everything that is stored beside its transactions.
pub struct WithStored {
    pub ledger: Ledger,
    pub stored: ProjectionRow,
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
    let rows: Vec<(PaymentRow, ProjectionRow, i64)> = payments::table
        .filter(payments::id.gt(after))
        .order(payments::id.asc())
        .limit(most)
        .select((
            PaymentRow::as_select(),
            ProjectionRow::as_select(),
            payments::listed_version,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(payment, stored, listed_version)| {
            let ledger = super::with_transactions(conn, payment)?;
            let head = Head::of(&ledger.payment);
            let other_is_live = !stored.live && live::is_taken(conn, &head, ledger.payment.id)?;
            let listed = receivables::of_payments(conn, &[ledger.payment.id])?;
            let is_listed = listed_version == ledger.payment.version;
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
