//! Case-insensitive search of names: a column beside each name holds its folded form, because the two databases fold
//! case differently.

use diesel::prelude::*;

use super::schema::{integrations, payment_rules};
use super::{Conn, StoreError};
use crate::caseless;

/// A LIKE pattern, escaped by `\`, for folded names that contain this text.
pub fn containing(text: &str) -> String {
    let plain = caseless::fold(text)
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{plain}%")
}

/// Fills the column for rows from before the column existed, or from an older version that runs at the same time.
pub(super) fn fill(conn: &mut Conn) -> Result<(), StoreError> {
    macro_rules! fill {
        ($table:ident) => {
            let rows: Vec<(String, String)> = $table::table
                .filter($table::name_folded.is_null())
                .select(($table::id, $table::name))
                .load(conn)?;
            for (id, name) in rows {
                diesel::update($table::table.find(id))
                    .set($table::name_folded.eq(caseless::fold(&name)))
                    .execute(conn)?;
            }
        };
    }
    fill!(integrations);
    fill!(payment_rules);
    Ok(())
}
