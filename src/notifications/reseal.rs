//! Seals every secret again under the present master key.

use super::store;
use crate::{
    privacy::{CannotReseal, Resealed, SealedColumn, reseal_column},
    seal::Sealer,
    store::Store,
};

/// The columns of sealed values.
pub const SEALED: &[SealedColumn] = &[store::SECRETS];

/// Goes through all secrets once.
pub async fn reseal(store: &Store, sealer: &Sealer) -> Result<Resealed, CannotReseal> {
    reseal_column(store, sealer, store::SECRETS).await
}
