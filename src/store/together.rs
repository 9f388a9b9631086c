//! Inserts rows of several tables in one PostgreSQL statement: one round trip, and a transaction by itself.

use diesel::{
    QueryResult, QuerySource, Table,
    insertable::InsertValues,
    pg::Pg,
    query_builder::{AstPass, QueryFragment},
};

/// A row as a part of a larger statement: `INSERT INTO … SELECT …`, to which the caller appends its conditions.
pub type RowPart<'r> = Box<dyn QueryFragment<Pg> + Send + 'r>;

/// The row that `diesel::insert_into(table).values(row)` would add. A value `None` is written as null, so the row must
/// not leave it to the column's default (`treat_none_as_default_value = false`).
#[macro_export]
macro_rules! row_part {
    ($table:ident, $row:expr) => {
        $crate::store::together::row_part(
            $table::table,
            diesel::Insertable::<$table::table>::values($row).values,
        )
    };
}

/// What [`row_part!`](crate::row_part) expands to.
pub fn row_part<'r, T, V>(table: T, values: V) -> RowPart<'r>
where
    T: Table + Send + 'r,
    T::FromClause: QueryFragment<Pg> + Send + 'r,
    V: InsertValues<Pg, T> + Send + 'r,
{
    Box::new(TablePart {
        into: table.from_clause(),
        table,
        values,
    })
}

struct TablePart<T: QuerySource, V> {
    into: T::FromClause,
    #[expect(dead_code, reason = "says which table the values are for")]
    table: T,
    values: V,
}

impl<T, V> QueryFragment<Pg> for TablePart<T, V>
where
    T: Table,
    T::FromClause: QueryFragment<Pg>,
    V: InsertValues<Pg, T>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO ");
        self.into.walk_ast(out.reborrow())?;
        out.push_sql(" (");
        self.values.column_names(out.reborrow())?;
        out.push_sql(") SELECT ");
        self.values.walk_ast(out.reborrow())
    }
}
