//! Opens the database: for the service, which may create and migrate it, and for commands, which may not.

use actix_web::web;
use chrono::{DateTime, Utc};

use super::{
    CannotStart,
    heartbeat::{self, Heartbeat},
};
use crate::{
    config::Settings,
    credit, integrations, notifications, payments,
    privacy::{self, SealedColumn},
    recording,
    seal::Sealer,
    store::{DatabaseUrl, Migrator, Store, StoreError, StoreOptions, pooler},
    webhooks,
};

/// The store as the settings describe it, made and migrated unless they forbid it; for a service, which other processes see
/// from now on.
pub(super) async fn open_store(
    settings: &Settings,
    heartbeat: &Heartbeat,
    now: DateTime<Utc>,
) -> Result<Store, CannotStart> {
    let migrate = settings.database.migrate;
    open(settings, now, migrate, Some(heartbeat.clone())).await
}

/// Opens the store of an existing database that is up to date; for commands.
pub async fn open_existing(settings: &Settings, now: DateTime<Utc>) -> Result<Store, CannotStart> {
    open(settings, now, false, None).await
}

async fn open(
    settings: &Settings,
    now: DateTime<Utc>,
    migrate: bool,
    heartbeat: Option<Heartbeat>,
) -> Result<Store, CannotStart> {
    let mut options = StoreOptions::new(settings.database.url.expose().parse()?);
    options.readers = settings.database.connections;
    options.write_queue = settings.database.write_queue;
    options.create = migrate;
    let checked = options.clone();
    let done = web::block(move || {
        refuse_absent(&checked)?;
        refuse_pooler(&checked)?;
        let mut migrator = Migrator::open(&checked)?;
        // One transaction under the lock of migrations, so that the next process that migrates, undoes or starts sees this
        // service.
        let announced = migrator.exclusively(|migrator| {
            let done = check(migrator, now, migrate)?;
            if let Some(heartbeat) = heartbeat {
                heartbeat.announce(migrator, now)?;
            }
            Ok(done)
        });
        match announced {
            // A database whose disk is full is still good for checkout. The row follows when it takes writes again.
            Err(CannotStart::Database(StoreError::Unavailable)) => {
                let done = check(&mut migrator, now, false)?;
                tracing::warn!("the database takes no writes, so other processes do not see that this service is starting");
                Ok(done)
            }
            announced => announced,
        }
    })
    .await
    .map_err(|_| StoreError::unreadable("the migrations: applying them panicked"))??;
    for name in &done {
        tracing::info!(migration = name, "migrated the database");
    }
    heartbeat::warn_of_unseen(&done);
    Ok(Store::open(&options)?)
}

/// Refuses a database that this version must not use now, after migrating it where that is wanted. Returns what was migrated.
fn check(
    migrator: &mut Migrator,
    now: DateTime<Utc>,
    migrate: bool,
) -> Result<Vec<String>, CannotStart> {
    heartbeat::refuse_others(migrator, now)?;
    refuse_newer(migrator)?;
    let done = match migrate {
        true => migrator.run()?,
        false => Vec::new(),
    };
    match migrator.pending()?.len() {
        0 => Ok(done),
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
