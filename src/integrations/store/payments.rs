//! The payments that restrict changes of an integration.

use diesel::{dsl::exists, prelude::*, select};

use crate::{
    ids::IntegrationId,
    store::{Conn, StoreError, schema::payments},
};

/// Whether any payment was ever begun with the integration.
pub fn has_payments(conn: &mut Conn, id: IntegrationId) -> Result<bool, StoreError> {
    let with_it = payments::table.filter(payments::integration_id.eq(id));
    Ok(select(exists(with_it)).get_result(conn)?)
}

/// Counts the integration's payments that are not at rest: they still need its secrets.
pub fn count_open_payments(conn: &mut Conn, id: IntegrationId) -> Result<i64, StoreError> {
    Ok(payments::table
        .filter(payments::integration_id.eq(id))
        .filter(payments::rests_since.is_null())
        .count()
        .get_result(conn)?)
}
