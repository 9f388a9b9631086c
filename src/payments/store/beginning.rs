//! Writes a new payment that is the first attempt to pay its order, with all its rows. Nothing is read before: the
//! write itself finds conflicts.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Nullable, Text},
};

use super::{Checkout, ProjectionRow, Written, insert, insert_checkout, live};
use crate::{
    idempotency::{self, Key},
    ids::{IntegrationId, PaymentId},
    payments::record::Record,
    store::{
        Conn, StoreError, Tx, on_each, row_part,
        schema::{
            audit_log, events, idempotency_keys, integrations, invoices, payment_checkouts,
            payment_events, payments, transactions,
        },
        together::RowPart,
    },
};

/// The rows of a payment that begins.
pub struct Beginning {
    pub written: Written,
    pub checkout: Checkout,
    pub record: Record,
    /// The request's key; it identifies the payment.
    pub key: Key,
    /// The integration's version when its account was read; `None` where the method has no account.
    pub account_version: Option<i64>,
    pub at: DateTime<Utc>,
}

/// Writes it, on PostgreSQL by one statement. False, with nothing written, when the key was used, when the order has an
/// attempt, or when the integration is not what it was. Another request that does the same at this moment makes it a conflict.
pub fn begin(tx: &mut Tx<'_>, it: &Beginning) -> Result<bool, StoreError> {
    let id = it.written.head.id;
    let operation = id.to_string();
    if let Conn::Pg(conn) = tx.conn() {
        let begun: i64 = BeginStatement::of(it, &operation).get_result(conn)?;
        return Ok(begun == 1);
    }
    let head = &it.written.head;
    let is_first = !has_attempt(tx, &head.order_id)?
        && is_current(tx, head.integration_id, it.account_version)?
        && idempotency::claim(tx, &it.key, Some(&operation), it.at)?;
    if is_first {
        insert(tx, &it.written)?;
        insert_checkout(tx, id, &it.checkout)?;
        it.record.write(tx)?;
    }
    Ok(is_first)
}

/// Whether the order has an attempt, on any website.
fn has_attempt(tx: &mut Tx<'_>, order_id: &str) -> Result<bool, StoreError> {
    let attempt = payments::table
        .filter(payments::order_id.eq(order_id))
        .select(payments::id);
    let found: Option<PaymentId> = on_each!(tx, conn => attempt.first(conn)).optional()?;
    Ok(found.is_some())
}

/// Whether an integration is switched on, and of this version.
fn is_current(
    tx: &mut Tx<'_>,
    id: IntegrationId,
    version: Option<i64>,
) -> Result<bool, StoreError> {
    let enabled = integrations::table
        .find(id)
        .filter(integrations::enabled)
        .select(integrations::version);
    let found: Option<i64> = on_each!(tx, conn => enabled.first(conn)).optional()?;
    Ok(found.is_some_and(|found| version.is_none_or(|version| version == found)))
}

/// The one statement for PostgreSQL. It takes the key first and then the order's lock, as all other writes do, so that
/// two writes cannot deadlock. The other rows depend on the payment's.
struct BeginStatement<'b> {
    order_id: &'b str,
    integration: IntegrationId,
    account_version: Option<i64>,
    order_lock: String,
    key: RowPart<'b>,
    payment: RowPart<'b>,
    others: Vec<RowPart<'b>>,
}

impl<'b> BeginStatement<'b> {
    fn of(it: &'b Beginning, operation: &'b str) -> Self {
        let (written, head) = (&it.written, &it.written.head);
        let projected = ProjectionRow::of(&written.projection, written.projection.active);
        let first = payments::reconcile_at.eq(written.first_comparison);
        let row = (head, projected, first);
        let checkout = it.checkout.row(head.id);
        let mut others = vec![row_part!(payment_checkouts, checkout)];
        let transactions = written.transactions.iter();
        others.extend(transactions.map(|it| row_part!(transactions, it)));
        others.extend(written.receivables.iter().map(|it| row_part!(invoices, it)));
        others.extend(written.happened.iter().map(|event| {
            let row = (payment_events::payment_id.eq(head.id), event.clone());
            row_part!(payment_events, row)
        }));
        others.extend(it.record.rows().map(|it| row_part!(audit_log, it)));
        let announced = written.announced.iter();
        others.extend(announced.map(|it| row_part!(events, it)));
        BeginStatement {
            order_id: &head.order_id,
            integration: head.integration_id,
            account_version: it.account_version,
            order_lock: live::lock_name(head),
            key: row_part!(idempotency_keys, it.key.row(Some(operation), it.at)),
            payment: row_part!(payments, row),
            others,
        }
    }
}

impl QueryFragment<Pg> for BeginStatement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH claimed AS (");
        self.key.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE NOT EXISTS (SELECT 1 FROM payments WHERE order_id = ");
        out.push_bind_param::<Text, _>(self.order_id)?;
        out.push_sql(") AND EXISTS (SELECT 1 FROM integrations WHERE enabled AND id = ");
        out.push_bind_param::<Text, _>(&self.integration)?;
        out.push_sql(" AND version = coalesce(");
        out.push_bind_param::<Nullable<BigInt>, _>(&self.account_version)?;
        out.push_sql(", version)) ON CONFLICT DO NOTHING RETURNING 1), begun AS (");
        self.payment.walk_ast(out.reborrow())?;
        out.push_sql(" FROM (SELECT pg_advisory_xact_lock(hashtextextended(");
        out.push_bind_param::<Text, _>(&self.order_lock)?;
        out.push_sql(", 0)) FROM claimed) AS locked RETURNING 1)");
        for (place, row) in self.others.iter().enumerate() {
            out.push_sql(&format!(", row_{place} AS ("));
            row.walk_ast(out.reborrow())?;
            out.push_sql(" FROM begun)");
        }
        out.push_sql(" SELECT count(*) FROM begun");
        Ok(())
    }
}

impl QueryId for BeginStatement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for BeginStatement<'_> {
    type SqlType = BigInt;
}

impl<C> RunQueryDsl<C> for BeginStatement<'_> {}
