//! Opens the database: for the service, which may create and migrate it, and for commands, which may not.

use actix_web::web;
use chrono::{DateTime, Utc};

use super::{CannotStart, heartbeat};
use crate::{
    config::Settings,
    credit, integrations, notifications, payments,
    privacy::{self, SealedColumn},
    recording,
    seal::Sealer,
    store::{DatabaseUrl, Migrator, Store, StoreError, StoreOptions, pooler},
    webhooks,
};

/// Opens the store, and creates and migrates its database unless the settings forbid it.
pub async fn open_store(settings: &Settings, now: DateTime<Utc>) -> Result<Store, CannotStart> {
    open(settings, now, settings.database.migrate).await
}

/// Opens the store of an existing database that is up to date; for commands.
pub async fn open_existing(settings: &Settings, now: DateTime<Utc>) -> Result<Store, CannotStart> {
    open(settings, now, false).await
}

async fn open(
    settings: &Settings,
    now: DateTime<Utc>,
    migrate: bool,
) -> Result<Store, CannotStart> {
    let mut options = StoreOptions::new(settings.database.url.expose().parse()?);
    options.readers = settings.database.connections;
    options.write_queue = settings.database.write_queue;
    options.create = migrate;
    let checked = options.clone();
    web::block(move || check(&checked, now, migrate))
        .await
        .map_err(|_| StoreError::unreadable("the migrations: applying them panicked"))??;
    Ok(Store::open(&options)?)
}

/// Refuses a database that this version must not use, and migrates it if requested.
fn check(options: &StoreOptions, now: DateTime<Utc>, migrate: bool) -> Result<(), CannotStart> {
    refuse_absent(options)?;
    refuse_pooler(options)?;
    let mut migrator = Migrator::open(options)?;
    heartbeat::refuse_others(&mut migrator, now)?;
    refuse_newer(&mut migrator)?;
    if migrate {
        let done = migrator.run()?;
        for name in &done {
            tracing::info!(migration = name, "migrated the database");
        }
        heartbeat::warn_of_unseen(&done);
    }
    match migrator.pending()?.len() {
        0 => Ok(()),
        pending => Err(CannotStart::NotMigrated(pending)),
    }
}

/// Refuses a missing database file if it must not be created.
pub fn refuse_absent(options: &StoreOptions) -> Result<(), CannotStart> {
    match &options.url {
        DatabaseUrl::Sqlite(path) if !options.create && !path.exists() => {
            Err(CannotStart::NoDatabase(path.display().to_string()))
        }
        _ => Ok(()),
    }
}

/// Refuses a pooler that lends a connection for a transaction only.
pub fn refuse_pooler(options: &StoreOptions) -> Result<(), CannotStart> {
    match pooler::lends_for_a_transaction(options)? {
        true => Err(CannotStart::TransactionPooler),
        false => Ok(()),
    }
}

/// Refuses a database that a newer version has migrated.
pub fn refuse_newer(migrator: &mut Migrator) -> Result<(), CannotStart> {
    match migrator.unknown()?.as_slice() {
        [] => Ok(()),
        unknown => Err(CannotStart::NewerDatabase(unknown.join(", "))),
    }
}

/// Every column of sealed values.
pub fn sealed_columns() -> Vec<SealedColumn> {
    [
        &[privacy::KEYS],
        integrations::SEALED,
        credit::SEALED,
        payments::SEALED,
        webhooks::SEALED,
        notifications::SEALED,
        recording::SEALED,
    ]
    .concat()
}

/// Refuses a master key that opens none of the sealed values, if there are any.
pub async fn refuse_wrong_key(store: &Store, sealer: &Sealer) -> Result<(), CannotStart> {
    match privacy::first_unopened(store, sealer, &sealed_columns()).await? {
        Some((field, id)) => Err(CannotStart::WrongMasterKey { field, id }),
        None => Ok(()),
    }
}
