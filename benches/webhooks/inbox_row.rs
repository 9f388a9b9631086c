//! The floor's own table of webhooks, written as the service writes its inbox: one prepared statement, on PostgreSQL for all that
//! wait.

use diesel::{
    QueryResult,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, Text},
    sqlite::Sqlite,
};
use onterms::store::{Conn, StoreError, Tx};

pub struct InboxRow {
    pub id: String,
    pub body: String,
}

/// Adds rows by one statement.
pub fn insert_rows(tx: &mut Tx<'_>, rows: &[InboxRow]) -> Result<Vec<()>, StoreError> {
    match tx.conn() {
        Conn::Pg(conn) => {
            let many = Many {
                ids: rows.iter().map(|row| &*row.id).collect(),
                bodies: rows.iter().map(|row| &*row.body).collect(),
            };
            many.execute(conn)?;
        }
        Conn::Sqlite(conn) => {
            for row in rows {
                One(row).execute(conn)?;
            }
        }
    }
    Ok(vec![(); rows.len()])
}

struct One<'l>(&'l InboxRow);

impl QueryFragment<Sqlite> for One<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("INSERT INTO inbox VALUES (");
        out.push_bind_param::<Text, _>(&self.0.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.0.body)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for One<'_> {
    type QueryId = One<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<C> RunQueryDsl<C> for One<'_> {}

struct Many<'l> {
    ids: Vec<&'l str>,
    bodies: Vec<&'l str>,
}

impl QueryFragment<Pg> for Many<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO inbox SELECT * FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.bodies)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for Many<'_> {
    type QueryId = Many<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<C> RunQueryDsl<C> for Many<'_> {}
