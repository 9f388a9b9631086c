//! Seals the values of a column again under the present master key, so that a retired one can be thrown away.
//!
//! A batch is read, sealed with no transaction held, and put where the old value still is. Whoever changed a secret
//! meanwhile keeps their change. Run again, it finds nothing left to do.

use std::{fmt, ops::Add};

use crate::{
    seal::{CannotOpen, CannotSeal, SealedField, Sealer},
    store::{Conn, Store, StoreError, Tx},
};

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Sealed again.
    pub resealed: u64,
    /// Under the present key already.
    pub current: u64,
    /// Changed by another writer meanwhile; a running service may still have the old configuration, so run again.
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

/// Why a run stopped. What was sealed again before stays so.
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

/// A column of sealed values: how it is walked and changed.
#[derive(Clone, Copy)]
pub struct SealedColumn {
    /// Where the value of the row with this id lies.
    pub place: for<'a> fn(&'a str) -> SealedField<'a>,
    /// So many rows behind an id, in the order of their ids.
    pub list: fn(&mut Conn, after: &str, limit: i64) -> Result<Vec<SealedRow>, StoreError>,
    /// Puts a new value where the old one still is. False when another change came first, which then sealed under a key of
    /// its own.
    pub replace: fn(&mut Tx<'_>, id: &str, old: &str, new: &str) -> Result<bool, StoreError>,
    /// How many values are held at a time.
    pub batch: i64,
}

/// The column `sealed` of a table, whose rows are ordered by the text column `key`. It may be null.
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

/// Goes through these columns once.
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
