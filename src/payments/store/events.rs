//! The history of a payment, a page at a time. Ids sort by the time of writing, so the id is the only sort key.

use diesel::prelude::*;

use crate::{
    http::pagination::{Page, Position, list_filter},
    ids::PaymentId,
    payments::event::PaymentEvent,
    store::{
        Conn, StoreError,
        keyset::{self, sorted},
        schema::payment_events,
    },
};

sorted! {
    /// What entries are sorted by.
    HistorySort of payment_events by id as String {
        At = "at": id as String,
    }
}

list_filter! {
    /// The list has no filters.
    HistoryFilter of HistorySort by At Ascending {}
}

/// The entries of a page, and one more when there is one.
pub fn list_happenings(
    conn: &mut Conn,
    payment: &PaymentId,
    page: &Page<HistorySort>,
) -> Result<Vec<(Position, PaymentEvent)>, StoreError> {
    keyset::page_of!(
        conn,
        page,
        payment_events::table
            .filter(payment_events::payment_id.eq(payment))
            .into_boxed(),
        PaymentEvent
    )
}

/// How many entries there are.
pub fn count_happenings(conn: &mut Conn, id: &PaymentId) -> Result<i64, StoreError> {
    let of_it = payment_events::payment_id.eq(id);
    let all = payment_events::table.filter(of_it);
    Ok(all.count().get_result(conn)?)
}
