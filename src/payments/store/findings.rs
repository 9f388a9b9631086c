//! What a person has to look at, with the payments whose orders it is about.

use diesel::prelude::*;

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
/// that Apruve still has an order for one matters for the payment of the order.
pub fn with_findings(conn: &mut Conn, ledgers: Vec<Ledger>) -> Result<Vec<Ledger>, StoreError> {
    let orders: Vec<&str> = ledgers
        .iter()
        .map(|it| it.payment.order_id.as_str())
        .collect();
    let found = findings::table
        .inner_join(payments::table)
        .filter(findings::open_key.is_not_null())
        .filter(payments::order_id.eq_any(orders))
        .order(findings::id.asc())
        .select((payments::order_id, payments::website, Finding::as_select()));
    let mut all: Vec<(String, Option<String>, Finding)> = Vec::new();
    for row in each(found.load_iter(conn))? {
        match row {
            Ok(found) => all.push(found),
            // A payment can be worked on without it.
            Err(error) => tracing::warn!(%error, "a finding was left out of its payment"),
        }
    }
    let of = |ledger: &Ledger| {
        let website = ledger.payment.website.as_deref().unwrap_or_default();
        all.iter()
            .filter(|it| it.0 == ledger.payment.order_id)
            .filter(|it| it.1.as_deref().unwrap_or_default() == website)
            .map(|it| it.2.clone())
            .collect()
    };
    let with = |ledger: Ledger| {
        let findings = of(&ledger);
        ledger.with_findings(findings)
    };
    Ok(ledgers.into_iter().map(with).collect())
}
