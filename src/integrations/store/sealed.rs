//! Every sealed value, a batch at a time, for sealing them again under another master key.

use diesel::prelude::*;

use crate::store::{
    Conn, StoreError, Tx,
    schema::{integrations, webhook_tokens},
};

/// The columns that hold sealed values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedField {
    ApiKey,
    WebhookToken,
}

impl SealedField {
    /// All of them.
    pub const ALL: [SealedField; 2] = [SealedField::ApiKey, SealedField::WebhookToken];
}

/// Row id and sealed value of up to `limit` rows behind `after`, in the order of their ids.
pub fn list_sealed(
    conn: &mut Conn,
    field: SealedField,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(match field {
        SealedField::ApiKey => integrations::table
            .filter(integrations::id.gt(after))
            .filter(integrations::api_key_sealed.is_not_null())
            .order(integrations::id)
            .select((
                integrations::id,
                integrations::api_key_sealed.assume_not_null(),
            ))
            .limit(limit)
            .load(conn)?,
        SealedField::WebhookToken => webhook_tokens::table
            .filter(webhook_tokens::token_hash.gt(after))
            .order(webhook_tokens::token_hash)
            .select((webhook_tokens::token_hash, webhook_tokens::sealed))
            .limit(limit)
            .load(conn)?,
    })
}

/// Puts `new` where `old` still is. False when another change came first, which then sealed under a key of its own.
pub fn replace_sealed(
    tx: &mut Tx<'_>,
    field: SealedField,
    id: &str,
    old: &str,
    new: &str,
) -> Result<bool, StoreError> {
    let rows = match field {
        SealedField::ApiKey => diesel::update(integrations::table.find(id))
            .filter(integrations::api_key_sealed.eq(old))
            .set(integrations::api_key_sealed.eq(new))
            .execute(tx.conn())?,
        SealedField::WebhookToken => diesel::update(webhook_tokens::table.find(id))
            .filter(webhook_tokens::sealed.eq(old))
            .set(webhook_tokens::sealed.eq(new))
            .execute(tx.conn())?,
    };
    Ok(rows == 1)
}
