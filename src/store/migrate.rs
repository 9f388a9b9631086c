//! Applies and undoes migrations of the schema.
//!
//! The migrations are part of the binary. All pending ones run in one transaction, so a start either updates the whole
//! schema or leaves it unchanged, and under a lock, so that replicas that start together wait for one of them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{self, Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{Conn, Purpose, Shared};
use super::losses::{Census, Loss};
use super::replicas::{self, Replica};
use super::share::ConnectionClass;
use super::transaction::{self, Mode};
use super::{StoreError, StoreOptions, Tx, folded};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRESQL: EmbeddedMigrations = embed_migrations!("migrations/postgresql");

/// The migration that creates the table of replicas.
const REPLICAS: &str = "keep_buyers_and_replicas";

/// An arbitrary number that every version of the service must share.
const LOCK: i64 = 0x006f_6e74_6572_6d73;

/// A separate connection for changing the schema. It blocks, so it is for commands and for the start.
pub struct Migrator(Conn);

/// The outcome of undoing a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// There is no migration to undo.
    Nothing,
    /// This migration was undone.
    Migration(String),
    /// Nothing was changed, because these rows or values would be lost.
    WouldLose(Vec<Loss>),
}

impl Migrator {
    /// Connects. Creates a missing SQLite file if the options allow it.
    pub fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let shared = Shared::new(options.clone());
        let conn = shared.open(
            Purpose::Migrating,
            ConnectionClass::Background,
            Arc::default(),
        );
        conn.map(Self)
    }

    /// Runs `steps` in one transaction under the lock of migrations, so that what one step finds still holds for the next.
    /// Everything is kept when `steps` is `Ok`, nothing when it is not.
    pub fn exclusively<T, E: From<StoreError>>(
        &mut self,
        steps: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        begin_locked(&mut self.0)?;
        let result = steps(self);
        transaction::finish(&mut self.0, result)
    }

    /// The names of the migrations that have not run. Leaves nothing behind in an empty database.
    pub fn pending(&mut self) -> Result<Vec<String>, StoreError> {
        self.rolled_back(|conn| match conn {
            Conn::Sqlite(c) => names(&c.pending_migrations(SQLITE)?),
            Conn::Pg(c) => names(&c.pending_migrations(POSTGRESQL)?),
        })
    }

    /// The versions of applied migrations that this binary does not have, because a newer version applied them.
    pub fn unknown(&mut self) -> Result<Vec<String>, StoreError> {
        self.rolled_back(|conn| match conn {
            Conn::Sqlite(c) => unknown(c, SQLITE),
            Conn::Pg(c) => unknown(c, POSTGRESQL),
        })
    }

    /// The running services of another layout that use the database. Services from before the table of replicas cannot
    /// be seen.
    pub fn foreign_replicas(&mut self, now: DateTime<Utc>) -> Result<Vec<Replica>, StoreError> {
        let alive = self.replicas(now)?;
        let is_foreign = |replica: &Replica| replica.layout != replicas::LAYOUT;
        Ok(alive.into_iter().filter(is_foreign).collect())
    }

    /// The running services that use the database. Services from before the table of replicas cannot be seen.
    pub fn replicas(&mut self, now: DateTime<Utc>) -> Result<Vec<Replica>, StoreError> {
        let unseen = self.pending()?.iter().any(|name| name.contains(REPLICAS));
        if unseen {
            return Ok(Vec::new());
        }
        replicas::list_alive(&mut self.0, now)
    }

    /// Writes that a service is alive, before it has opened its store.
    pub fn announce(
        &mut self,
        id: &str,
        version: &str,
        started_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        replicas::beat(&mut Tx::new(&mut self.0), id, version, started_at, now)
    }

    /// Whether something can be written, tried and taken back.
    pub fn try_to_write(&mut self) -> Result<(), StoreError> {
        self.rolled_back(|conn| {
            let writes = "CREATE TABLE onterms_tries_to_write (id INTEGER)";
            diesel::sql_query(writes).execute(conn)?;
            Ok(())
        })
    }

    /// Runs the pending migrations, fills the columns that SQL cannot compute, and returns the names of the migrations.
    pub fn run(&mut self) -> Result<Vec<String>, StoreError> {
        self.exclusively(|Migrator(conn)| {
            let names = match conn {
                Conn::Sqlite(c) => run(c, SQLITE),
                Conn::Pg(c) => run(c, POSTGRESQL),
            };
            let names = names.map_err(StoreError::Broken)?;
            folded::fill(conn).map_err(StoreError::broken)?;
            Ok(names)
        })
    }

    /// Undoes the newest migration, whatever it loses, and returns its name; `None` if there is none.
    pub fn revert_last(&mut self) -> Result<Option<String>, StoreError> {
        match self.undo_last(true)? {
            Undone::Migration(name) => Ok(Some(name)),
            Undone::Nothing | Undone::WouldLose(_) => Ok(None),
        }
    }

    /// Undoes the newest migration, unless it would lose data and `may_lose` is false.
    pub fn undo_last(&mut self, may_lose: bool) -> Result<Undone, StoreError> {
        let conn = &mut self.0;
        let outside = begin_locked(conn)?;
        match undo_last(conn, may_lose) {
            Ok(undone @ Undone::WouldLose(_)) => {
                transaction::roll_back_to(conn, outside)?;
                Ok(undone)
            }
            result => transaction::finish(conn, result),
        }
    }

    /// Like [`Migrator::exclusively`], but rolls all changes back.
    fn rolled_back<T>(
        &mut self,
        read: impl FnOnce(&mut Conn) -> migration::Result<T>,
    ) -> Result<T, StoreError> {
        let conn = &mut self.0;
        let outside = begin_locked(conn)?;
        let seen = read(conn).map_err(broken);
        transaction::roll_back_to(conn, outside)?;
        seen
    }
}

/// Keeps the meaning of errors of a query; every other error is about the migrations.
fn broken(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    match error.downcast::<diesel::result::Error>() {
        Ok(error) => StoreError::from(*error),
        Err(other) => StoreError::Broken(other),
    }
}

/// Begins a transaction under the lock, or a savepoint in one that has it, and returns how many there were before.
fn begin_locked(conn: &mut Conn) -> Result<u32, StoreError> {
    let outside = conn.depth().ok_or(StoreError::Unavailable)?;
    if outside > 0 {
        transaction::begin_savepoint(conn)?;
        return Ok(outside);
    }
    transaction::begin(conn, Mode::Write)?;
    let locked = match conn {
        Conn::Pg(c) => c.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK})")),
        // The transaction already holds the only write lock.
        Conn::Sqlite(_) => Ok(()),
    };
    match locked {
        Ok(()) => Ok(outside),
        Err(error) => transaction::finish(conn, Err(error.into())),
    }
}

fn undo_last(conn: &mut Conn, may_lose: bool) -> Result<Undone, StoreError> {
    let before = match may_lose {
        true => None,
        false => Some(Census::take(conn)?),
    };
    let undone = match conn {
        Conn::Sqlite(c) => revert_last(c, SQLITE),
        Conn::Pg(c) => revert_last(c, POSTGRESQL),
    };
    let Some(name) = undone.map_err(broken)? else {
        return Ok(Undone::Nothing);
    };
    if let Some(before) = before {
        let losses = before.losses(&Census::take(conn)?);
        if !losses.is_empty() {
            return Ok(Undone::WouldLose(losses));
        }
    }
    Ok(Undone::Migration(name))
}

fn unknown<C, DB>(conn: &mut C, source: EmbeddedMigrations) -> migration::Result<Vec<String>>
where
    C: MigrationHarness<DB>,
    DB: Backend,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let known = MigrationSource::<DB>::migrations(&source)?;
    let is_known = |version: &migration::MigrationVersion<'static>| {
        let mut known = known.iter();
        known.any(|migration| migration.name().version() == *version)
    };
    let applied = conn.applied_migrations()?.into_iter();
    Ok(applied
        .filter(|version| !is_known(version))
        .map(|version| version.to_string())
        .collect())
}

fn names<DB: Backend>(migrations: &[Box<dyn Migration<DB>>]) -> migration::Result<Vec<String>> {
    Ok(migrations
        .iter()
        .map(|migration| migration.name().to_string())
        .collect())
}

fn run<C, DB>(conn: &mut C, source: EmbeddedMigrations) -> migration::Result<Vec<String>>
where
    C: MigrationHarness<DB>,
    DB: Backend,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let pending = conn.pending_migrations(source)?;
    for migration in &pending {
        conn.run_migration(migration)?;
    }
    names(&pending)
}

fn revert_last<C, DB>(conn: &mut C, source: EmbeddedMigrations) -> migration::Result<Option<String>>
where
    C: MigrationHarness<DB>,
    DB: Backend,
    EmbeddedMigrations: MigrationSource<DB>,
{
    if conn.applied_migrations()?.is_empty() {
        return Ok(None);
    }
    let known = MigrationSource::<DB>::migrations(&source)?;
    let undone = conn.revert_last_migration(source)?;
    let newest = known
        .iter()
        .map(|migration| migration.name())
        .find(|name| name.version() == undone);
    Ok(newest.map(ToString::to_string))
}
