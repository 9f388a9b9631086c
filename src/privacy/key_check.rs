//! Checks whether the master key is the one that sealed this database.

use super::sealed_rows::SealedColumn;
use crate::{
    seal::Sealer,
    store::{Store, StoreError},
};

/// The maximum number of values per column that are tried.
const SAMPLE: i64 = 20;

/// Returns the field and the row of a value that does not open, if none of the tried values opens. Returns `None` if
/// one opens or nothing is sealed.
pub async fn first_unopened(
    store: &Store,
    sealer: &Sealer,
    columns: &[SealedColumn],
) -> Result<Option<(&'static str, String)>, StoreError> {
    let mut unopened = None;
    for &column in columns {
        let rows = store
            .read(move |conn| (column.list)(conn, "", column.batch.min(SAMPLE)))
            .await?;
        for (id, sealed) in rows {
            let place = (column.place)(&id);
            if sealer.open_bytes(place, &sealed).is_ok() {
                return Ok(None);
            }
            let field = place.field;
            unopened.get_or_insert((field, id));
        }
    }
    Ok(unopened)
}
