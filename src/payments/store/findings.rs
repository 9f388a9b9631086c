//! The open findings of payments and of the other attempts to pay their orders.

use diesel::prelude::*;

use super::live::is_same;
use crate::{
    findings::Finding,
    payments::ledger::Ledger,
    store::{
        Conn, StoreError,
        each::each,
        schema::{findings, payments},
    },
};

/// Adds the findings that are not resolved, in one query. Those of other attempts to pay the same order belong to it, too:
/// that the provider still has an order for one matters for the payment of the order.
pub fn with_findings(conn: &mut Conn, ledgers: Vec<Ledger>) -> Result<Vec<Ledger>, StoreError> {
    let orders = ledgers.iter().map(|it| it.payment.order_id.as_str());
    let all = read(conn, &orders.collect::<Vec<_>>())?;
    let with = |ledger: Ledger| {
        let (order, website) = (&ledger.payment.order_id, ledger.payment.website.as_deref());
        let of_order = all.iter().filter(|it| it.0 == *order);
        let own = of_order.filter(|it| is_same(it.1.as_deref(), website));
        let findings = own.map(|it| it.2.clone()).collect();
        ledger.with_findings(findings)
    };
    Ok(ledgers.into_iter().map(with).collect())
}

/// The findings of an order that are not resolved, oldest first. A statement of its own: one with a list is not
/// kept prepared, and this one is sent for every payment.
pub fn list_findings(
    conn: &mut Conn,
    order_id: &str,
    website: Option<&str>,
) -> Result<Vec<Finding>, StoreError> {
    let found = findings::table
        .inner_join(payments::table)
        .filter(findings::open_key.is_not_null())
        .filter(payments::order_id.eq(order_id))
        .order(findings::id.asc())
        .select((payments::order_id, payments::website, Finding::as_select()));
    let found = readable(each(found.load_iter(conn))?).into_iter();
    let of_website = found.filter(|it| is_same(it.1.as_deref(), website));
    Ok(of_website.map(|(_, _, finding)| finding).collect())
}

/// With the order's number and website.
type OfOrder = (String, Option<String>, Finding);

fn read(conn: &mut Conn, orders: &[&str]) -> Result<Vec<OfOrder>, StoreError> {
    let found = findings::table
        .inner_join(payments::table)
        .filter(findings::open_key.is_not_null())
        .filter(payments::order_id.eq_any(orders))
        .order(findings::id.asc())
        .select((payments::order_id, payments::website, Finding::as_select()));
    Ok(readable(each(found.load_iter(conn))?))
}

/// A payment can be worked on without a finding that cannot be read.
fn readable(rows: Vec<Result<OfOrder, StoreError>>) -> Vec<OfOrder> {
    let read = |row: Result<OfOrder, StoreError>| {
        row.inspect_err(|error| tracing::warn!(%error, "a finding was left out of its payment"))
            .ok()
    };
    rows.into_iter().filter_map(read).collect()
}
