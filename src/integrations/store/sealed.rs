//! The columns of sealed values, for sealing them again under another master key.

use diesel::prelude::*;

use super::api_key_place;
use crate::{
    integrations::webhook_token,
    privacy::SealedColumn,
    store::{
        Conn, StoreError, Tx,
        schema::{integrations, webhook_tokens},
    },
};

const BATCH: i64 = 200;

/// The API keys.
pub const API_KEYS: SealedColumn = SealedColumn {
    place: api_key_place,
    list: list_api_keys,
    replace: replace_api_key,
    batch: BATCH,
};

/// The webhook tokens.
pub const WEBHOOK_TOKENS: SealedColumn = SealedColumn {
    place: webhook_token::place,
    list: list_tokens,
    replace: replace_token,
    batch: BATCH,
};

fn list_api_keys(
    conn: &mut Conn,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(integrations::table
        .filter(integrations::id.gt(after))
        .filter(integrations::api_key_sealed.is_not_null())
        .order(integrations::id)
        .select((
            integrations::id,
            integrations::api_key_sealed.assume_not_null(),
        ))
        .limit(limit)
        .load(conn)?)
}

fn replace_api_key(tx: &mut Tx<'_>, id: &str, old: &str, new: &str) -> Result<bool, StoreError> {
    let rows = diesel::update(integrations::table.find(id))
        .filter(integrations::api_key_sealed.eq(old))
        .set(integrations::api_key_sealed.eq(new))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

fn list_tokens(
    conn: &mut Conn,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(webhook_tokens::table
        .filter(webhook_tokens::token_hash.gt(after))
        .order(webhook_tokens::token_hash)
        .select((webhook_tokens::token_hash, webhook_tokens::sealed))
        .limit(limit)
        .load(conn)?)
}

fn replace_token(tx: &mut Tx<'_>, id: &str, old: &str, new: &str) -> Result<bool, StoreError> {
    let rows = diesel::update(webhook_tokens::table.find(id))
        .filter(webhook_tokens::sealed.eq(old))
        .set(webhook_tokens::sealed.eq(new))
        .execute(tx.conn())?;
    Ok(rows == 1)
}
