//! Seals every secret again under the present master key, so that a retired one can be thrown away.
//!
//! A batch is read, sealed with no transaction held, and put where the old value still is. Whoever changed a secret
//! meanwhile keeps their change. Run again, it finds nothing left to do.

use std::fmt;

use super::{
    store::{self, SealedField},
    webhook_token,
};
use crate::{
    seal::{CannotOpen, CannotSeal, Place, Sealer},
    store::{Store, StoreError},
};

const BATCH: i64 = 200;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Sealed again.
    pub resealed: u64,
    /// Under the present key already.
    pub current: u64,
    /// Changed by somebody else meanwhile; a running service may still have the old configuration, so run again.
    pub overtaken: u64,
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

/// Goes through all sealed fields once.
pub async fn reseal(store: &Store, sealer: &Sealer) -> Result<Resealed, CannotReseal> {
    let mut counts = Resealed::default();
    for field in SealedField::ALL {
        let mut after = String::new();
        loop {
            let from = after.clone();
            let rows = store
                .read(move |conn| store::list_sealed(conn, field, &from, BATCH))
                .await?;
            let Some((last, _)) = rows.last() else {
                break;
            };
            after.clone_from(last);
            reseal_batch(store, sealer, field, rows, &mut counts).await?;
        }
    }
    Ok(counts)
}

async fn reseal_batch(
    store: &Store,
    sealer: &Sealer,
    field: SealedField,
    rows: Vec<(String, String)>,
    counts: &mut Resealed,
) -> Result<(), CannotReseal> {
    let mut changes = Vec::new();
    for (id, old) in rows {
        if !sealer.needs_resealing(&old) {
            counts.current += 1;
            continue;
        }
        let place = place(field, &id);
        let text = sealer
            .open(place, &old)
            .map_err(|cause| CannotReseal::CannotOpen {
                field: place.field,
                id: id.clone(),
                cause,
            })?;
        let new = sealer.seal(place, &text)?;
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
                done += u64::from(store::replace_sealed(tx, field, id, old, new)?);
            }
            Ok::<_, StoreError>(done)
        })
        .await?;
    counts.resealed += done;
    counts.overtaken += asked - done;
    Ok(())
}

fn place(field: SealedField, id: &str) -> Place<'_> {
    match field {
        SealedField::ApiKey => store::api_key_place(id),
        SealedField::WebhookToken => webhook_token::place(id),
    }
}
