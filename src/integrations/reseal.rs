//! Seals the secrets of integrations again under the present master key.

use super::store;
use crate::{
    privacy::{CannotReseal, Resealed, SealedColumn, reseal_column},
    seal::Sealer,
    store::Store,
};

/// The columns of sealed values.
pub const SEALED: &[SealedColumn] = &[store::API_KEYS, store::WEBHOOK_TOKENS];

/// Goes through the secrets of all integrations once.
pub async fn reseal(store: &Store, sealer: &Sealer) -> Result<Resealed, CannotReseal> {
    let keys = reseal_column(store, sealer, store::API_KEYS).await?;
    let tokens = reseal_column(store, sealer, store::WEBHOOK_TOKENS).await?;
    Ok(keys + tokens)
}
