//! Types that a column stores as text. They derive `AsExpression` and `FromSqlRow` with the SQL type `Text`.

/// Reads a type from a column with `$read`, a function of a `&str`.
macro_rules! from_text_column {
    ($type:ty, $read:expr) => {
        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB>
            for $type
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let read: fn(&str) -> Option<Self> = $read;
                let text = <String as diesel::deserialize::FromSql<_, DB>>::from_sql(bytes)?;
                read(&text).ok_or_else(|| concat!("not a ", stringify!($type)).into())
            }
        }
    };
}
pub(crate) use from_text_column;

/// Reads a type from a column with `$read`, and writes the result of its method `$write`.
macro_rules! text_column {
    ($type:ty, $read:expr, $write:ident) => {
        $crate::text_column::from_text_column!($type, $read);

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB>
            for $type
        where
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, DB>,
            ) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<_, DB>>::to_sql(self.$write(), out)
            }
        }
    };
}
pub(crate) use text_column;
