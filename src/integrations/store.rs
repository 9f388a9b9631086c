//! The rows of integrations, their sealed secrets, and their webhook tokens.

mod debtors;
mod listing;
mod tokens;

use chrono::{DateTime, Utc};
use diesel::{dsl::exists, prelude::*, select};

use super::{
    integration::Integration,
    settings::{ApruveSettings, IntegrationSettings},
};
use crate::{
    caseless,
    ids::IntegrationId,
    locale::Labels,
    payment_methods::MethodType,
    seal::SealedField,
    store::{
        Conn, StoreError, Tx,
        each::each,
        first_locked,
        schema::{integration_health, integrations, payments},
        timestamp,
    },
};

pub use debtors::{FundingTerms, IntegrationDebtor, list_debtors};
pub use listing::{IntegrationFilter, IntegrationSort, count, list};
pub use tokens::{
    SEALED, TokenOwner, all_token_hashes, current_token, find_by_webhook_token, find_token_owners,
    insert_token, retire_tokens,
};

/// The unique index on names.
pub const NAME_KEY: &str = "integrations_name_key";

/// The sealed column of an integration's API key.
pub fn api_key_place(id: &str) -> SealedField<'_> {
    SealedField::of("integrations", id, "api_key_sealed")
}

/// An integration with its JSON columns serialized, so that no JSON is serialized inside the write.
pub struct WrittenIntegration {
    pub integration: Integration,
    label: String,
    short_label: String,
    settings: String,
}

impl WrittenIntegration {
    /// Serializes the columns that are stored as JSON.
    pub fn new(integration: Integration) -> Self {
        let text = |labels: &Labels| serde_json::json!(labels).to_string();
        WrittenIntegration {
            label: text(&integration.label),
            short_label: text(&integration.short_label),
            settings: serde_json::json!(integration.settings).to_string(),
            integration,
        }
    }
}

/// Adds an integration. [`StoreError::Conflict`] on [`NAME_KEY`] when the name is taken.
pub fn insert(
    tx: &mut Tx<'_>,
    new: &WrittenIntegration,
    api_key_sealed: Option<&str>,
) -> Result<(), StoreError> {
    let it = &new.integration;
    diesel::insert_into(integrations::table)
        .values((
            integrations::id.eq(it.id),
            integrations::type_.eq(it.kind()),
            integrations::name.eq(&it.name),
            integrations::name_folded.eq(caseless::fold(&it.name)),
            integrations::enabled.eq(it.enabled),
            integrations::label.eq(&new.label),
            integrations::short_label.eq(&new.short_label),
            integrations::settings.eq(&new.settings),
            integrations::api_key_sealed.eq(api_key_sealed),
            integrations::version.eq(it.version),
            integrations::created_at.eq(timestamp::to_stored(it.created_at)),
            integrations::updated_at.eq(timestamp::to_stored(it.updated_at)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Writes a new version over its predecessor. False if that is not the current version any more. `None` keeps the API
/// key.
pub fn save(
    tx: &mut Tx<'_>,
    new: &WrittenIntegration,
    api_key_sealed: Option<&str>,
) -> Result<bool, StoreError> {
    let it = &new.integration;
    let before = integrations::table
        .find(it.id)
        .filter(integrations::version.eq(it.version - 1))
        .filter(integrations::archived_at.is_null());
    let rows = diesel::update(before)
        .set((
            integrations::name.eq(&it.name),
            integrations::name_folded.eq(caseless::fold(&it.name)),
            integrations::enabled.eq(it.enabled),
            integrations::label.eq(&new.label),
            integrations::short_label.eq(&new.short_label),
            integrations::settings.eq(&new.settings),
            // Diesel leaves an assignment of `None` out of the statement.
            api_key_sealed.map(|sealed| integrations::api_key_sealed.eq(sealed)),
            integrations::version.eq(it.version),
            integrations::updated_at.eq(timestamp::to_stored(it.updated_at)),
        ))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Archives an integration. Its row keeps the name for the history, but the name is free for another one; its secrets
/// are deleted.
pub fn archive(tx: &mut Tx<'_>, id: IntegrationId, at: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(integrations::table.find(id))
        .set((
            integrations::archived_at.eq(timestamp::to_stored(at)),
            integrations::enabled.eq(false),
            integrations::api_key_sealed.eq(None::<String>),
            integrations::version.eq(integrations::version + 1),
            integrations::updated_at.eq(timestamp::to_stored(at)),
        ))
        .execute(tx.conn())?;
    diesel::delete(integration_health::table.find(id)).execute(tx.conn())?;
    tokens::delete_tokens(tx, id)
}

/// The integration, unless it is archived.
pub fn find(conn: &mut Conn, id: IntegrationId) -> Result<Option<Integration>, StoreError> {
    let found = alive(id).select(Integration::as_select());
    Ok(found.first(conn).optional()?)
}

/// Every Apruve account that is not archived, with its settings.
pub fn list_provider_accounts(
    conn: &mut Conn,
) -> Result<Vec<(IntegrationId, ApruveSettings)>, StoreError> {
    let accounts = integrations::table
        .filter(integrations::archived_at.is_null())
        .filter(integrations::type_.eq(MethodType::Apruve))
        .select(Integration::as_select());
    let rows = each(accounts.load_iter(conn))?;
    let mut accounts = Vec::with_capacity(rows.len());
    for row in rows {
        match row {
            Ok(integration) => {
                if let IntegrationSettings::Apruve(settings) = integration.settings {
                    accounts.push((integration.id, settings));
                }
            }
            // One unreadable integration must not affect the others.
            Err(error) => tracing::warn!(%error, "an integration was left out"),
        }
    }
    Ok(accounts)
}

/// As [`find`], locked until the transaction ends.
pub fn find_locked(tx: &mut Tx<'_>, id: IntegrationId) -> Result<Option<Integration>, StoreError> {
    let row: QueryResult<Integration> =
        first_locked!(tx, alive(id).select(Integration::as_select()));
    Ok(row.optional()?)
}

/// The version and the name of an integration that is not archived, even if its other columns cannot be read.
pub fn find_version(
    conn: &mut Conn,
    id: IntegrationId,
) -> Result<Option<(i64, String)>, StoreError> {
    let columns = (integrations::version, integrations::name);
    Ok(alive(id).select(columns).first(conn).optional()?)
}

/// The sealed API key, if there is one.
pub fn find_api_key(conn: &mut Conn, id: IntegrationId) -> Result<Option<String>, StoreError> {
    let key = integrations::table
        .find(id)
        .select(integrations::api_key_sealed);
    let key: Option<Option<String>> = key.first(conn).optional()?;
    Ok(key.flatten())
}

/// Whether any payment was ever begun with the integration.
pub fn has_payments(conn: &mut Conn, id: IntegrationId) -> Result<bool, StoreError> {
    let with_it = payments::table.filter(payments::integration_id.eq(id));
    Ok(select(exists(with_it)).get_result(conn)?)
}

/// Counts the integration's payments that are not at rest: they still need its secrets.
pub fn count_open_payments(conn: &mut Conn, id: IntegrationId) -> Result<i64, StoreError> {
    Ok(payments::table
        .filter(payments::integration_id.eq(id))
        .filter(payments::rests_since.is_null())
        .count()
        .get_result(conn)?)
}

#[diesel::dsl::auto_type]
fn alive(id: IntegrationId) -> _ {
    integrations::table
        .find(id)
        .filter(integrations::archived_at.is_null())
}
