//! Finds the rows of a sealed column that mention a person.

use serde_json::Value;

use super::sealed_rows::{SealedColumn, UnopenedRow, open_row};
use crate::{
    pii::Email,
    seal::{SealedField, Sealer},
    store::{Store, StoreError},
};

/// The reason why a search for a person stopped.
#[derive(Debug, thiserror::Error)]
pub enum CannotSearch {
    #[error(transparent)]
    CannotOpen(#[from] UnopenedRow),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens a sealed JSON value of a row; an error names the row.
pub fn open_json(
    sealer: &Sealer,
    place: SealedField<'_>,
    sealed: &str,
) -> Result<Value, CannotSearch> {
    let opened = open_row(sealer, place, sealed)?;
    Ok(serde_json::from_slice(&opened).unwrap_or_default())
}

/// The ids of the rows that mention the person. After each batch, `progress` is called with its number of rows.
pub async fn rows_that_mention(
    store: &Store,
    sealer: &Sealer,
    column: SealedColumn,
    person: &Email,
    progress: &mut impl FnMut(u64),
) -> Result<Vec<String>, CannotSearch> {
    let mut rows = Vec::new();
    let mut keep = |id, _: &[u8]| rows.push(id);
    for_each_mention(store, sealer, column, person, progress, &mut keep).await?;
    Ok(rows)
}

/// Calls `found` for every row that mentions the person, with its id and the opened value. After each batch, `progress`
/// is called with its number of rows.
pub async fn for_each_mention(
    store: &Store,
    sealer: &Sealer,
    column: SealedColumn,
    person: &Email,
    progress: &mut impl FnMut(u64),
    found: &mut impl FnMut(String, &[u8]),
) -> Result<(), CannotSearch> {
    let mut batches = column.batches(store);
    while let Some(rows) = batches.next().await? {
        progress(rows.len() as u64);
        for (id, sealed) in rows {
            let opened = open_row(sealer, (column.place)(&id), &sealed)?;
            if person.is_in(&opened) {
                found(id, &opened);
            }
        }
    }
    Ok(())
}
