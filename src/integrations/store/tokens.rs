//! Webhook tokens. An integration's present token has no expiry; the ones before it have one.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::api_key_place;
use crate::{
    ids::IntegrationId,
    integrations::webhook_token::{self, SealedToken},
    privacy::{SealedColumn, sealed_column},
    store::{
        Conn, StoreError, Tx,
        columns::MaybeMoment,
        schema::{integrations, webhook_tokens},
        timestamp,
    },
};

/// The API keys and the webhook tokens.
pub const SEALED: &[SealedColumn] = &[
    sealed_column!(integrations.api_key_sealed by id, api_key_place, batch = 200),
    sealed_column!(webhook_tokens.sealed by token_hash, webhook_token::place, batch = 200),
];

/// Adds a token without expiry. Call [`retire_tokens`] before, so that it is the only present one.
pub fn insert_token(
    tx: &mut Tx<'_>,
    id: IntegrationId,
    token: &SealedToken,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::insert_into(webhook_tokens::table)
        .values((
            webhook_tokens::token_hash.eq(&token.hash),
            webhook_tokens::integration_id.eq(id),
            webhook_tokens::sealed.eq(&token.sealed),
            webhook_tokens::created_at.eq(timestamp::to_stored(at)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Sets the expiry of all tokens of an integration to `until`, except those that expire earlier, and deletes those that
/// have expired at `now`.
pub fn retire_tokens(
    tx: &mut Tx<'_>,
    id: IntegrationId,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let until = timestamp::to_stored(until);
    let of_integration = webhook_tokens::integration_id.eq(id);
    let lives_longer = webhook_tokens::expires_at
        .is_null()
        .or(webhook_tokens::expires_at.gt(until).assume_not_null());
    diesel::update(webhook_tokens::table)
        .filter(of_integration)
        .filter(lives_longer)
        .set(webhook_tokens::expires_at.eq(until))
        .execute(tx.conn())?;
    let of_integration = webhook_tokens::integration_id.eq(id);
    diesel::delete(webhook_tokens::table)
        .filter(of_integration)
        .filter(webhook_tokens::expires_at.le(timestamp::to_stored(now)))
        .execute(tx.conn())?;
    Ok(())
}

/// The token that is valid until it is rotated.
pub fn current_token(
    conn: &mut Conn,
    id: IntegrationId,
) -> Result<Option<SealedToken>, StoreError> {
    let tokens = webhook_tokens::table
        .filter(webhook_tokens::integration_id.eq(id))
        .filter(webhook_tokens::expires_at.is_null());
    let current = tokens.select(SealedToken::as_select()).first(conn);
    Ok(current.optional()?)
}

/// The integration that a token belongs to, and the token's expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = webhook_tokens)]
pub struct TokenOwner {
    #[diesel(column_name = integration_id)]
    pub integration: IntegrationId,
    /// Set for a token that was rotated out.
    #[diesel(deserialize_as = MaybeMoment)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// The owner of the token with this hash, if the token is valid at `now`.
pub fn find_by_webhook_token(
    conn: &mut Conn,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<TokenOwner>, StoreError> {
    let mut owners = find_token_owners(conn, &[hash.to_owned()], now)?;
    Ok(owners.remove(hash))
}

/// The hashes of all tokens, including expired ones.
pub fn all_token_hashes(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    Ok(webhook_tokens::table
        .select(webhook_tokens::token_hash)
        .load(conn)?)
}

/// The owners of many tokens by hash; hashes without a valid token are left out.
pub fn find_token_owners(
    conn: &mut Conn,
    hashes: &[String],
    now: DateTime<Utc>,
) -> Result<HashMap<String, TokenOwner>, StoreError> {
    let valid = webhook_tokens::expires_at
        .is_null()
        .or(webhook_tokens::expires_at
            .gt(timestamp::to_stored(now))
            .assume_not_null());
    let owners: Vec<(String, TokenOwner)> = webhook_tokens::table
        .inner_join(integrations::table)
        .filter(webhook_tokens::token_hash.eq_any(hashes))
        .filter(valid)
        .filter(integrations::archived_at.is_null())
        .select((webhook_tokens::token_hash, TokenOwner::as_select()))
        .load(conn)?;
    Ok(owners.into_iter().collect())
}

pub(super) fn delete_tokens(tx: &mut Tx<'_>, id: IntegrationId) -> Result<(), StoreError> {
    diesel::delete(webhook_tokens::table)
        .filter(webhook_tokens::integration_id.eq(id))
        .execute(tx.conn())?;
    Ok(())
}
