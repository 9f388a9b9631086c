//! The attempts to pay one order.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::live::is_same;
use crate::{
    auth::Websites,
    ids::PaymentId,
    payments::{payment::Payment, status::Status},
    store::{Conn, StoreError, columns::Moment, schema::payments, timestamp},
};

/// A limit above any real number.
const MOST: i64 = 200;

/// One attempt to pay an order.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = payments)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentAttempt)]
pub struct Attempt {
    /// The payment's id.
    #[schema(value_type = String, example = "payment_01h455vb4pex5vsknk084sn02q")]
    pub id: PaymentId,
    #[serde(skip)]
    pub website: Option<String>,
    /// The payment's status.
    pub status: Status,
    /// Whether it is the live payment of the order.
    pub live: bool,
    /// When the payment was created.
    #[diesel(deserialize_as = Moment)]
    pub created_at: DateTime<Utc>,
}

/// The other attempts to pay the order of a payment that ended after `since` without any money, newest first.
pub fn list_ended_attempts(
    conn: &mut Conn,
    payment: &Payment,
    since: DateTime<Utc>,
) -> Result<Vec<PaymentId>, StoreError> {
    let ended: Vec<(PaymentId, Option<String>)> = payments::table
        .filter(payments::order_id.eq(&payment.order_id))
        .filter(payments::id.ne(payment.id))
        .filter(payments::provider_account.is_not_null())
        .filter(payments::captured.eq(0))
        .filter(payments::rests_since.gt(timestamp::to_stored(since)))
        .order((payments::created_at.desc(), payments::id.desc()))
        .limit(MOST)
        .select((payments::id, payments::website))
        .load(conn)?;
    let website = payment.website.as_deref();
    let of_website = ended
        .into_iter()
        .filter(|(_, of)| is_same(of.as_deref(), website));
    Ok(of_website.map(|(id, _)| id).collect())
}

/// The attempts to pay an order, the live one first and then the newest. An empty `website` means orders without one.
pub fn list_attempts(
    conn: &mut Conn,
    order_id: &str,
    website: Option<&str>,
    websites: &Websites,
) -> Result<Vec<Attempt>, StoreError> {
    let mut query = payments::table
        .filter(payments::order_id.eq(order_id))
        .order((
            payments::live.desc(),
            payments::created_at.desc(),
            payments::id.desc(),
        ))
        .limit(MOST)
        .select(Attempt::as_select())
        .into_boxed();
    query = match website {
        Some("") => query.filter(payments::website.is_null()),
        Some(website) => query.filter(payments::website.eq(website.to_owned())),
        None => query,
    };
    if let Some(names) = websites.names() {
        query = query.filter(payments::website.eq_any(names.to_vec()));
    }
    Ok(query.load(conn)?)
}

/// The website of a payment, if there is such a payment.
pub fn website_of(conn: &mut Conn, id: PaymentId) -> Result<Option<Option<String>>, StoreError> {
    let row = payments::table.find(id).select(payments::website);
    Ok(row.first(conn).optional()?)
}
