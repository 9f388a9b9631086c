//! Seals what payments were made of again under the present master key.

use super::store;
use crate::{
    privacy::{CannotReseal, Resealed, SealedColumn, reseal_column},
    seal::Sealer,
    store::Store,
};

/// The columns of sealed values.
pub const SEALED: &[SealedColumn] = &[store::CHECKOUTS];

/// Goes through all carts that are kept once.
pub async fn reseal(store: &Store, sealer: &Sealer) -> Result<Resealed, CannotReseal> {
    reseal_column(store, sealer, store::CHECKOUTS).await
}
