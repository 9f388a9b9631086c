//! Seals the values of a column again with the current master key, so that a retired key can be removed.
//!
//! A batch is read, sealed without an open transaction, and written only where the old value is still stored, so a
//! concurrent change is kept. A repeated run finds nothing left to do.

use std::{fmt, ops::Add};

use crate::{
    seal::{CannotOpen, CannotSeal, SealedField, Sealer},
    store::{Conn, Store, StoreError, Tx},
};

/// The counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that were sealed again.
    pub resealed: u64,
    /// Values that the current key had already sealed.
    pub current: u64,
    /// Values that another writer changed during the run. A running service may still use the old configuration, so run
    /// again.
    pub overtaken: u64,
}

impl Add for Resealed {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Resealed {
            resealed: self.resealed + other.resealed,
            current: self.current + other.current,
            overtaken: self.overtaken + other.overtaken,
        }
    }
}

impl fmt::Display for Resealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Sealed {} secrets again; {} were under the present key already.",
            self.resealed, self.current
        )?;
        if self.overtaken > 0 {
            write!(f, " {} changed meanwhile: run it again.", self.overtaken)?;
        }
        Ok(())
    }
}

/// The reason why a run stopped. Values that were already sealed again stay so.
#[derive(Debug, thiserror::Error)]
pub enum CannotReseal {
    #[error("The {field} in row {id} does not open: {cause}.")]
    CannotOpen {
        field: &'static str,
        id: String,
        cause: CannotOpen,
    },
    #[error(transparent)]
    CannotSeal(#[from] CannotSeal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

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

/// Reseals these columns once.
pub async fn reseal(
    store: &Store,
    sealer: &Sealer,
    columns: &[SealedColumn],
) -> Result<Resealed, CannotReseal> {
    let mut counts = Resealed::default();
    for column in columns {
        counts = counts + reseal_column(store, sealer, *column).await?;
    }
    Ok(counts)
}

async fn reseal_column(
    store: &Store,
    sealer: &Sealer,
    column: SealedColumn,
) -> Result<Resealed, CannotReseal> {
    let mut counts = Resealed::default();
    let mut after = String::new();
    loop {
        let from = after.clone();
        let rows = store
            .read(move |conn| (column.list)(conn, &from, column.batch))
            .await?;
        let Some((last, _)) = rows.last() else {
            return Ok(counts);
        };
        after.clone_from(last);
        reseal_batch(store, sealer, column, rows, &mut counts).await?;
    }
}

async fn reseal_batch(
    store: &Store,
    sealer: &Sealer,
    column: SealedColumn,
    rows: Vec<SealedRow>,
    counts: &mut Resealed,
) -> Result<(), CannotReseal> {
    let mut changes = Vec::new();
    for (id, old) in rows {
        if !sealer.needs_resealing(&old) {
            counts.current += 1;
            continue;
        }
        let place = (column.place)(&id);
        let value = sealer
            .open_bytes(place, &old)
            .map_err(|cause| CannotReseal::CannotOpen {
                field: place.field,
                id: id.clone(),
                cause,
            })?;
        let new = sealer.seal_bytes(place, &value)?;
        changes.push((id, old, new));
    }
    if changes.is_empty() {
        return Ok(());
    }
    let asked = changes.len() as u64;
    let done = store
        .write(move |tx| {
            let mut done = 0;
            for (id, old, new) in &changes {
                done += u64::from((column.replace)(tx, id, old, new)?);
            }
            Ok::<_, StoreError>(done)
        })
        .await?;
    counts.resealed += done;
    counts.overtaken += asked - done;
    Ok(())
}
