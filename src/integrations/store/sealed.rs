//! The columns of sealed values.

use diesel::prelude::*;

use super::api_key_place;
use crate::{
    integrations::webhook_token,
    privacy::{SealedColumn, sealed_column},
    store::schema::{integrations, webhook_tokens},
};

/// The API keys and the webhook tokens.
pub const SEALED: &[SealedColumn] = &[
    sealed_column!(integrations.api_key_sealed by id, api_key_place, batch = 200),
    sealed_column!(webhook_tokens.sealed by token_hash, webhook_token::place, batch = 200),
];
