//! Seals the values of a column again with the current master key, so that a retired key can be removed.
//!
//! A batch is read, sealed without an open transaction, and written only where the old value is still stored, so a
//! concurrent change is kept. A repeated run finds nothing left to do.

use std::{fmt, ops::Add};

use super::sealed_rows::{SealedColumn, SealedRow, UnopenedRow, open_row};
use crate::{
    seal::{CannotSeal, Sealer},
    store::{Store, StoreError},
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
    #[error(transparent)]
    CannotOpen(#[from] UnopenedRow),
    #[error(transparent)]
    CannotSeal(#[from] CannotSeal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reseals these columns once.
pub async fn reseal(
    store: &Store,
    sealer: &Sealer,
    columns: &[SealedColumn],
) -> Result<Resealed, CannotReseal> {
    let mut counts = Resealed::default();
    for column in columns {
        reseal_column(store, sealer, *column, &mut counts).await?;
    }
    Ok(counts)
}

async fn reseal_column(
    store: &Store,
    sealer: &Sealer,
    column: SealedColumn,
    counts: &mut Resealed,
) -> Result<(), CannotReseal> {
    let mut batches = column.batches(store);
    while let Some(rows) = batches.next().await? {
        reseal_batch(store, sealer, column, rows, counts).await?;
    }
    Ok(())
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
        let value = open_row(sealer, place, &old)?;
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
