//! Columns of sealed values, and reading them row by row.

use zeroize::Zeroizing;

use crate::{
    seal::{CannotOpen, SealedField, Sealer},
    store::{Conn, Store, StoreError, Tx},
};

/// A row's id and its sealed value.
pub type SealedRow = (String, String);

/// A column of sealed values, with the functions to read and change it.
#[derive(Clone, Copy)]
pub struct SealedColumn {
    /// The place of the value in the row with this id.
    pub place: for<'a> fn(&'a str) -> SealedField<'a>,
    /// The next `limit` rows after an id, in the order of ids.
    pub list: fn(&mut Conn, after: &str, limit: i64) -> Result<Vec<SealedRow>, StoreError>,
    /// Replaces the value if the old one is still stored. Returns false if another change came first, which used its
    /// own key.
    pub replace: fn(&mut Tx<'_>, id: &str, old: &str, new: &str) -> Result<bool, StoreError>,
    /// The number of values per batch.
    pub batch: i64,
}

/// The sealed column of a table whose rows are ordered by the text column `key`. The column may be null.
#[macro_export]
macro_rules! sealed_column {
    ($table:ident.$sealed:ident by $key:ident, $place:expr, batch = $batch:literal) => {
        $crate::privacy::SealedColumn {
            place: $place,
            list: |conn, after, limit| {
                let rows: Vec<(String, Option<String>)> = $table::table
                    .filter($table::$key.gt(after))
                    .filter($table::$sealed.is_not_null())
                    .order($table::$key)
                    .select(($table::$key, $table::$sealed.nullable()))
                    .limit(limit)
                    .load(conn)?;
                let sealed = rows.into_iter().map(|(key, sealed)| Some((key, sealed?)));
                Ok(sealed.flatten().collect())
            },
            replace: |tx, key, old, new| {
                let row = $table::table
                    .filter($table::$key.eq(key))
                    .filter($table::$sealed.eq(old));
                let changed = diesel::update(row)
                    .set($table::$sealed.eq(new))
                    .execute(tx.conn())?;
                Ok(changed == 1)
            },
            batch: $batch,
        }
    };
}

/// The rows of a column, batch by batch.
pub struct SealedBatches<'s> {
    store: &'s Store,
    column: SealedColumn,
    after: String,
}

impl SealedColumn {
    /// All rows in the order of their ids.
    pub(super) fn batches(self, store: &Store) -> SealedBatches<'_> {
        SealedBatches {
            store,
            column: self,
            after: String::new(),
        }
    }
}

impl SealedBatches<'_> {
    /// The next batch; `None` after the last row.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<SealedRow>>, StoreError> {
        let (column, after) = (self.column, self.after.clone());
        let rows = self
            .store
            .read(move |conn| (column.list)(conn, &after, column.batch))
            .await?;
        let Some((last, _)) = rows.last() else {
            return Ok(None);
        };
        self.after.clone_from(last);
        Ok(Some(rows))
    }
}

/// A sealed value that does not open.
#[derive(Debug, thiserror::Error)]
#[error("The {field} in row {id} does not open: {cause}.")]
pub struct UnopenedRow {
    field: &'static str,
    id: String,
    cause: CannotOpen,
}

/// Opens the sealed value of a row; an error names the row.
pub(super) fn open_row(
    sealer: &Sealer,
    place: SealedField<'_>,
    sealed: &str,
) -> Result<Zeroizing<Vec<u8>>, UnopenedRow> {
    let opened = sealer.open_bytes(place, sealed);
    opened.map_err(|cause| UnopenedRow {
        field: place.field,
        id: place.id.to_owned(),
        cause,
    })
}
