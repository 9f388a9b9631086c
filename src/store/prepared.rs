//! Statements that are prepared once per connection although Diesel would prepare them at each use.

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    query_dsl::methods::LoadQuery,
};

/// A statement whose text has few forms. Diesel assumes that any `UPDATE`, upsert and list of values has many forms and
/// does not cache it; this wrapper caches it by its text.
///
/// Run it on the connection to one database, which [`on_each!`](crate::on_each) provides, with a returning clause to
/// load: `Conn` and `execute` ignore the wrapper. [`Prepared::count`] returns the number of returned rows.
#[derive(Clone, Copy, Debug)]
pub struct Prepared<Q>(pub Q);

impl<Q> Prepared<Q> {
    /// Runs a statement that returns a number for each changed row, and returns how many rows changed.
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
