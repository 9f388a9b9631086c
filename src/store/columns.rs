//! The representation of ids and moments in columns. Other types that are stored as text use `text_column`.

use std::io::Write;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    dsl::AsExprOf,
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{Nullable, Text, Timestamp},
    sqlite::Sqlite,
};
use type_safe_id::StaticType;

use super::{MultiBackend, timestamp};
use crate::{ids::Id, text_column::from_text_column};

impl<T: StaticType, DB: Backend> FromSql<Text, DB> for Id<T>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(String::from_sql(bytes)?.parse()?)
    }
}

impl<T: StaticType> ToSql<Text, Pg> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        write!(out, "{self}")?;
        Ok(IsNull::No)
    }
}

impl<T: StaticType> ToSql<Text, Sqlite> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}

impl<T: StaticType + Send + Sync + 'static> ToSql<Text, MultiBackend> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Text, self));
        Ok(IsNull::No)
    }
}

/// A `DateTime<Utc>` of a row: `#[diesel(deserialize_as = Moment)]`, and `serialize_as` to insert it.
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = Timestamp)]
pub struct Moment(NaiveDateTime);

impl<DB: Backend> FromSql<Timestamp, DB> for Moment
where
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        NaiveDateTime::from_sql(bytes).map(Moment)
    }
}

impl<DB: Backend> ToSql<Timestamp, DB> for Moment
where
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl From<Moment> for DateTime<Utc> {
    fn from(moment: Moment) -> Self {
        timestamp::from_stored(moment.0)
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Moment(timestamp::to_stored(at))
    }
}

/// An `Option<DateTime<Utc>>` of a row.
#[derive(Clone, Copy, Debug, FromSqlRow)]
pub struct MaybeMoment(Option<NaiveDateTime>);

impl<DB: Backend> FromSql<Nullable<Timestamp>, DB> for MaybeMoment
where
    Option<NaiveDateTime>: FromSql<Nullable<Timestamp>, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        FromSql::<Nullable<Timestamp>, DB>::from_sql(bytes).map(MaybeMoment)
    }

    fn from_nullable_sql(bytes: Option<DB::RawValue<'_>>) -> deserialize::Result<Self> {
        FromSql::<Nullable<Timestamp>, DB>::from_nullable_sql(bytes).map(MaybeMoment)
    }
}

impl AsExpression<Nullable<Timestamp>> for MaybeMoment {
    type Expression = AsExprOf<Option<NaiveDateTime>, Nullable<Timestamp>>;

    fn as_expression(self) -> Self::Expression {
        AsExpression::<Nullable<Timestamp>>::as_expression(self.0)
    }
}

impl From<MaybeMoment> for Option<DateTime<Utc>> {
    fn from(moment: MaybeMoment) -> Self {
        moment.0.map(timestamp::from_stored)
    }
}

impl From<Option<DateTime<Utc>>> for MaybeMoment {
    fn from(at: Option<DateTime<Utc>>) -> Self {
        MaybeMoment(at.map(timestamp::to_stored))
    }
}

/// An `Option<DateTime<Utc>>` in a column that is never null, so that rows can be compared and sorted by it. The end of
/// the calendar represents `None`.
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = Timestamp)]
pub struct MomentOrNever(NaiveDateTime);

impl<DB: Backend> FromSql<Timestamp, DB> for MomentOrNever
where
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        NaiveDateTime::from_sql(bytes).map(MomentOrNever)
    }
}

impl<DB: Backend> ToSql<Timestamp, DB> for MomentOrNever
where
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl From<MomentOrNever> for Option<DateTime<Utc>> {
    fn from(moment: MomentOrNever) -> Self {
        (moment.0 < timestamp::never()).then(|| timestamp::from_stored(moment.0))
    }
}

impl From<Option<DateTime<Utc>>> for MomentOrNever {
    fn from(at: Option<DateTime<Utc>>) -> Self {
        MomentOrNever(at.map_or_else(timestamp::never, timestamp::to_stored))
    }
}

/// JSON that is kept as text: `#[diesel(deserialize_as = Json)]`.
#[derive(Clone, Debug, FromSqlRow)]
pub struct Json(serde_json::Value);

from_text_column!(Json, |text| serde_json::from_str(text).ok().map(Json));

impl From<Json> for serde_json::Value {
    fn from(json: Json) -> Self {
        json.0
    }
}
