//! The history of a payment, a page at a time. Entries' ids sort by when they were written, so that the id is all the order
//! there is.

use diesel::prelude::*;

use super::rows::HappeningRow;
use crate::{
    http::pagination::{Direction, Page, Position},
    ids::PaymentId,
    payments::event::PaymentEvent,
    store::{Conn, StoreError, schema::payment_events},
};

/// What entries are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByMoment;

/// The entries of a page, and one more when there is one.
pub fn list_happenings(
    conn: &mut Conn,
    id: PaymentId,
    page: &Page<ByMoment>,
) -> Result<Vec<PaymentEvent>, StoreError> {
    let mut query = payment_events::table
        .filter(payment_events::payment_id.eq(id.to_string()))
        .limit(page.limit + 1)
        .into_boxed();
    let after = page.after.as_ref().map(|after| after.id.clone());
    let newest_first = matches!(page.sort.first(), Some((_, Direction::Descending)));
    query = match (newest_first, after) {
        (false, Some(after)) => query.filter(payment_events::id.gt(after)),
        (true, Some(after)) => query.filter(payment_events::id.lt(after)),
        (_, None) => query,
    };
    query = match newest_first {
        false => query.order(payment_events::id.asc()),
        true => query.order(payment_events::id.desc()),
    };
    let rows: Vec<HappeningRow> = query.load(conn)?;
    rows.into_iter().map(PaymentEvent::try_from).collect()
}

/// How many entries there are.
pub fn count_happenings(conn: &mut Conn, id: PaymentId) -> Result<i64, StoreError> {
    let of_it = payment_events::payment_id.eq(id.to_string());
    let all = payment_events::table.filter(of_it);
    Ok(all.count().get_result(conn)?)
}

/// Where a page ends that ends with this entry.
pub fn happening_position(last: &PaymentEvent) -> Position {
    Position {
        values: vec![last.id.to_string()],
        id: last.id.to_string(),
    }
}
