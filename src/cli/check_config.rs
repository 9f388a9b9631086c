//! `onterms check-config`: checks everything that `serve` checks, without generating keys or creating a database.

use std::{
    fs,
    net::{IpAddr, TcpListener},
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::CommandResult;
use crate::{
    app::{self, CannotStart, Configured},
    auth::startup,
    clock::Clock,
    config::Settings,
    error_chain,
    rate_limit::Ticks,
    seal::Sealer,
    store::{DatabaseUrl, Migrator, Store, StoreError, StoreOptions},
};

/// Why the configured database cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("database.url: no database can be made in `{}`: {cause}.", folder.display())]
struct NoRoom {
    folder: PathBuf,
    cause: std::io::Error,
}

/// The database exists but is not writable.
#[derive(Debug, thiserror::Error)]
#[error("The database is not writable: it is read-only, full or busy ({}).", error_chain::chain(.0))]
struct TakesNoWrites(StoreError);

/// Prints the effective configuration, or its first error.
pub fn run(config: Option<&Path>) -> CommandResult {
    let mut settings = super::settings(config, Vec::new())?;
    let folder = tempfile::tempdir()?;
    // Keys that `serve` has generated are used; where it would generate keys, a temporary folder shows that it can.
    let kept = Path::new(startup::DIRECTORY);
    let missing = startup::missing_keys(&settings);
    for file in missing.iter().map(|key| key.file()) {
        if kept.join(file).exists() {
            fs::copy(kept.join(file), folder.path().join(file))?;
        }
    }
    startup::provide_keys(&mut settings, folder.path())?;
    let configured = Configured::new(&settings, Clock::system(), Ticks::system())?;
    let database = try_database(&settings, &configured.sealer)?;
    app::listen(&settings.server)?;
    if settings.metrics.enabled {
        try_to_listen(settings.metrics.host, settings.metrics.port)?;
    }
    let (server, keys) = (&settings.server, startup::DIRECTORY);
    println!("The configuration is good.");
    println!("listens on  http://{}:{}", server.host, server.port);
    println!("stores in   {database}");
    if !missing.is_empty() {
        println!("keys        from ./{keys}, made at the first start where they are missing");
    }
    Ok(ExitCode::SUCCESS)
}

fn try_to_listen(host: IpAddr, port: u16) -> Result<(), CannotStart> {
    TcpListener::bind((host, port))
        .map(drop)
        .map_err(|error| CannotStart::Listen(format!("{host}:{port}"), error))
}

/// Checks the database as `serve` does, and returns its state.
fn try_database(
    settings: &Settings,
    sealer: &Sealer,
) -> Result<String, Box<dyn std::error::Error>> {
    let url: DatabaseUrl = settings.database.url.expose().parse()?;
    let kind = format!("{:?}", url.backend());
    if let DatabaseUrl::Sqlite(path) = &url
        && !path.exists()
    {
        if !settings.database.migrate {
            return Err(CannotStart::NoDatabase(path.display().to_string()).into());
        }
        try_to_make(path)?;
        return Ok(format!("{kind}, made at the first start"));
    }
    let mut options = StoreOptions::new(url);
    options.create = false;
    app::refuse_pooler(&options)?;
    let mut migrator = Migrator::open(&options)?;
    migrator.try_to_write().map_err(TakesNoWrites)?;
    app::refuse_newer(&mut migrator)?;
    app::refuse_others(&mut migrator, Clock::system().now())?;
    let pending = migrator.pending()?.len();
    if pending > 0 && !settings.database.migrate {
        return Err(CannotStart::NotMigrated(pending).into());
    }
    if pending > 0 {
        // Sealed values can only be found in the tables of this version.
        return Ok(format!("{kind}, after {pending} pending migrations"));
    }
    // A newly generated key would not open them either.
    actix_web::rt::System::new().block_on(async {
        let store = Store::open(&options)?;
        let checked = app::refuse_wrong_key(&store, sealer).await;
        store.close().await;
        checked
    })?;
    Ok(kind)
}

/// Whether a file can be created there, tested in the innermost existing folder.
fn try_to_make(path: &Path) -> Result<(), NoRoom> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut folders = absolute.ancestors().skip(1);
    let folder = folders.find(|folder| folder.exists());
    let folder = folder.unwrap_or(Path::new(".")).to_owned();
    match tempfile::tempfile_in(&folder) {
        Ok(_) => Ok(()),
        Err(cause) => Err(NoRoom { folder, cause }),
    }
}
