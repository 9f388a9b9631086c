//! The floor of payments: a cart is parsed, a body sealed, and the rows of a payment inserted into the service's own tables,
//! with all their indexes, by statements that are prepared once. On PostgreSQL it is one statement.

use diesel::{
    QueryResult, QueryableByName,
    backend::Backend,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};
use onterms::store::{Conn, StoreError, Tx};

/// Where a payment that begins has rows, the payment's first.
const TABLES: [&str; 7] = [
    "payments",
    "payment_checkouts",
    "transactions",
    "payment_events",
    "audit_log",
    "idempotency_keys",
    "events",
];

/// What differs from one payment to the next.
const OWN: [&str; 10] = [
    "id",
    "payment_id",
    "transaction_id",
    "order_id",
    "merchant_order_id",
    "natural_key",
    "idempotency_key",
    "resource_id",
    "subject",
    "operation",
];

/// The place of an event in the feed, which the database gives.
const GIVEN: &str = "sequence";

/// A payment that the service has made, as statements that insert it again under another name.
pub struct Template {
    rows: Vec<Row>,
}

/// `INSERT INTO … SELECT …`, up to where the new name comes from.
struct Row(String);

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    text: String,
}

impl Template {
    /// Of the one payment in this database.
    pub fn read(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        let rows = TABLES.iter().map(|table| Row::read(tx, table));
        Ok(Template {
            rows: rows.collect::<Result<_, _>>()?,
        })
    }

    /// Inserts it as `name`.
    pub fn insert(&self, tx: &mut Tx<'_>, name: &str) -> Result<(), StoreError> {
        match tx.conn() {
            Conn::Pg(conn) => {
                let _: i64 = Together(&self.rows, name).get_result(conn)?;
            }
            Conn::Sqlite(conn) => {
                for row in &self.rows {
                    Single(row, name).execute(conn)?;
                }
            }
        }
        Ok(())
    }
}

impl Row {
    fn read(tx: &mut Tx<'_>, table: &str) -> Result<Self, StoreError> {
        let (columns, quoted) = match tx.conn() {
            Conn::Pg(_) => (
                format!(
                    "SELECT column_name::text AS text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '{table}'"
                ),
                ("quote_nullable(", "::text)"),
            ),
            Conn::Sqlite(_) => (
                format!("SELECT name AS text FROM pragma_table_info('{table}')"),
                ("quote(", ")"),
            ),
        };
        let columns: Vec<String> = texts(tx, &columns)?
            .into_iter()
            .filter(|column| table != "events" || column != GIVEN)
            .collect();
        // Whatever else was written before is not of the payment.
        let its_own = match table {
            "audit_log" => "WHERE resource_type = 'payment'",
            "events" => "WHERE type = 'payment.created'",
            "idempotency_keys" => "WHERE operation IS NOT NULL",
            _ => "",
        };
        let values: Vec<String> = columns
            .iter()
            .map(|column| {
                let read = format!("{}{column}{}", quoted.0, quoted.1);
                let found = texts(
                    tx,
                    &format!("SELECT {read} AS text FROM {table} {its_own} LIMIT 1"),
                )?;
                let value = found.into_iter().next();
                let value = value.ok_or_else(|| StoreError::unreadable("a payment"))?;
                Ok(match OWN.contains(&&**column) && value != "NULL" {
                    true => "name".to_owned(),
                    false => value,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Row(format!(
            "INSERT INTO {table} ({}) SELECT {} FROM (SELECT ",
            columns.join(", "),
            values.join(", ")
        )))
    }

    fn walk<'b, DB>(&'b self, name: &'b str, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + diesel::sql_types::HasSqlType<Text>,
        str: diesel::serialize::ToSql<Text, DB>,
    {
        out.push_sql(&self.0);
        out.push_bind_param::<Text, _>(name)?;
        out.push_sql(" AS name) AS named");
        Ok(())
    }
}

fn texts(tx: &mut Tx<'_>, question: &str) -> Result<Vec<String>, StoreError> {
    let found: Vec<Found> = diesel::sql_query(question).load(tx.conn())?;
    Ok(found.into_iter().map(|found| found.text).collect())
}

struct Single<'r>(&'r Row, &'r str);

impl QueryFragment<Sqlite> for Single<'_> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk(self.1, out)
    }
}

impl QueryId for Single<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for Single<'_> {}

struct Together<'r>(&'r [Row], &'r str);

impl QueryFragment<Pg> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (place, row) in self.0.iter().enumerate() {
            out.push_sql(if place == 0 { "WITH " } else { ", " });
            out.push_sql(TABLES[place]);
            out.push_sql("_row AS (");
            row.walk(self.1, out.reborrow())?;
            out.push_sql(")");
        }
        out.push_sql(" SELECT 1::bigint");
        Ok(())
    }
}

impl QueryId for Together<'_> {
    type QueryId = Together<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Together<'_> {
    type SqlType = BigInt;
}

impl<C> RunQueryDsl<C> for Together<'_> {}
