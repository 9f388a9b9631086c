//! The rows of the settings: a key and a value each. A setting without a value has no row.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::{Accounts, ShopSettings};
use crate::store::{
    Conn, StoreError, Tx,
    schema::{settings, settings_versions},
};

const MERCHANT_COUNTRY: &str = "merchantCountry";
const DEFAULT_LOCALE: &str = "defaultLocale";
const EVENT_SOURCE: &str = "eventSource";
const ACCOUNTS: &str = "accounts";

/// The current settings.
pub fn load(conn: &mut Conn) -> Result<ShopSettings, StoreError> {
    let rows: Vec<(String, String)> = settings::table
        .select((settings::key, settings::value))
        .load(conn)?;
    let mut values: HashMap<String, String> = rows.into_iter().collect();
    Ok(ShopSettings {
        merchant_country: values.remove(MERCHANT_COUNTRY),
        default_locale: values.remove(DEFAULT_LOCALE),
        event_source: values.remove(EVENT_SOURCE),
        accounts: match values.remove(ACCOUNTS) {
            Some(text) => serde_json::from_str(&text)
                .map_err(|_| StoreError::unreadable("the codes of accounts"))?,
            None => Accounts::default(),
        },
    })
}

/// Replaces all settings.
pub fn save(tx: &mut Tx<'_>, shop: &ShopSettings) -> Result<(), StoreError> {
    set(tx, MERCHANT_COUNTRY, shop.merchant_country.as_deref())?;
    set(tx, DEFAULT_LOCALE, shop.default_locale.as_deref())?;
    set(tx, EVENT_SOURCE, shop.event_source.as_deref())?;
    let codes = (shop.accounts != Accounts::default()).then(|| json!(shop.accounts).to_string());
    set(tx, ACCOUNTS, codes.as_deref())
}

/// Stores the settings of a revision.
pub fn insert_version(
    tx: &mut Tx<'_>,
    revision: i64,
    shop: &ShopSettings,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(shop)
        .map_err(|_| StoreError::unreadable("the settings that are to be kept"))?;
    diesel::insert_into(settings_versions::table)
        .values((
            settings_versions::revision.eq(revision),
            settings_versions::body.eq(body),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The settings at a revision.
pub fn as_of(conn: &mut Conn, revision: i64) -> Result<ShopSettings, StoreError> {
    let body: Option<String> = settings_versions::table
        .filter(settings_versions::revision.le(revision))
        .order(settings_versions::revision.desc())
        .select(settings_versions::body)
        .first(conn)
        .optional()?;
    let read = |body: String| {
        serde_json::from_str(&body).map_err(|_| StoreError::unreadable("a version of the settings"))
    };
    body.map_or_else(|| Ok(ShopSettings::default()), read)
}

/// Deletes a marker that an upgrade left for the first start after it. Returns whether it existed.
pub fn take(tx: &mut Tx<'_>, key: &str) -> Result<bool, StoreError> {
    let taken = diesel::delete(settings::table.find(key)).execute(tx.conn())?;
    Ok(taken > 0)
}

fn set(tx: &mut Tx<'_>, key: &str, value: Option<&str>) -> Result<(), StoreError> {
    diesel::delete(settings::table.find(key)).execute(tx.conn())?;
    if let Some(value) = value {
        diesel::insert_into(settings::table)
            .values((settings::key.eq(key), settings::value.eq(value)))
            .execute(tx.conn())?;
    }
    Ok(())
}
