//! Whether the master key is the one that this database was sealed with.

use super::reseal::SealedColumn;
use crate::{
    seal::Sealer,
    store::{Store, StoreError},
};

/// So many values of a column are tried.
const SAMPLE: i64 = 20;

/// The field and row of a value that does not open, when none of those that are tried does; `None` when one opens, or nothing
/// is sealed.
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
