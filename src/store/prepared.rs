//! Statements that are prepared once a connection although Diesel would prepare them at each use.

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    query_dsl::methods::LoadQuery,
};

/// A statement whose text takes few forms. Diesel takes any `UPDATE`, upsert and list of values for one of many forms, and
/// does not keep those; this one is kept by its text.
///
/// It must be run on the connection to one database, which [`on_each!`](crate::on_each) hands out, and must return something
/// to be loaded: `Conn` and `execute` ask the statement inside. [`Prepared::count`] says how many rows it returned.
#[derive(Clone, Copy, Debug)]
pub struct Prepared<Q>(pub Q);

impl<Q> Prepared<Q> {
    /// Runs a statement that returns a number for each row it changes, and says how many these are.
    pub fn count<'query, C>(self, conn: &mut C) -> QueryResult<usize>
    where
        Self: LoadQuery<'query, C, i64>,
    {
        Ok(self.load::<i64>(conn)?.len())
    }
}

impl<Q, DB> QueryFragment<DB> for Prepared<Q>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Prepared<Q> {}
