//! Finds the rows of a sealed column that mention a person.

use serde_json::Value;
use zeroize::Zeroizing;

use super::reseal::SealedColumn;
use crate::{
    pii::Email,
    seal::{CannotOpen, SealedField, Sealer},
    store::{Store, StoreError},
};

/// The reason why a search for a person stopped.
#[derive(Debug, thiserror::Error)]
pub enum CannotSearch {
    #[error("The {field} in row {id} does not open: {cause}.")]
    CannotOpen {
        field: &'static str,
        id: String,
        cause: CannotOpen,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens the sealed value of a row; an error names the row.
fn open_row(
    sealer: &Sealer,
    place: SealedField<'_>,
    sealed: &str,
) -> Result<Zeroizing<Vec<u8>>, CannotSearch> {
    let opened = sealer.open_bytes(place, sealed);
    opened.map_err(|cause| CannotSearch::CannotOpen {
        field: place.field,
        id: place.id.to_owned(),
        cause,
    })
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
    for_each_mention(
        store,
        sealer,
        column,
        person,
        progress,
        &mut |id, _: &[u8]| {
            rows.push(id);
        },
    )
    .await?;
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
    let mut after = String::new();
    loop {
        let from = after.clone();
        let rows = store
            .read(move |conn| (column.list)(conn, &from, column.batch))
            .await?;
        let Some((last, _)) = rows.last() else {
            return Ok(());
        };
        after.clone_from(last);
        progress(rows.len() as u64);
        for (id, sealed) in rows {
            let opened = open_row(sealer, (column.place)(&id), &sealed)?;
            if person.is_in(&opened) {
                found(id, &opened);
            }
        }
    }
}
