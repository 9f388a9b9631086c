//! Brings the schema up to date, and takes it back.
//!
//! The migrations are part of the binary. All that are pending run in one transaction, so a start either brings the whole
//! schema up or leaves it as it was, and under a lock, so replicas that start together wait for one of them.

use chrono::{DateTime, Utc};
use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{self, Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{self, Conn, Purpose};
use super::replicas::{self, Replica};
use super::transaction::{self, Mode};
use super::{StoreError, StoreOptions, folded};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRESQL: EmbeddedMigrations = embed_migrations!("migrations/postgresql");

/// The migration that makes the table of replicas.
const REPLICAS: &str = "keep_buyers_and_replicas";

/// Any number will do, as long as every version of the service uses the same.
const LOCK: i64 = 0x006f_6e74_6572_6d73;

/// A connection of its own for changing the schema. It blocks, so it is for commands and for the start.
pub struct Migrator(Conn);

impl Migrator {
    /// Connects.
    pub fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        conn::open(options, Purpose::Migrating).map(Self)
    }

    /// The names of the migrations that have not run.
    pub fn pending(&mut self) -> Result<Vec<String>, StoreError> {
        self.locked(|conn| match conn {
            Conn::Sqlite(c) => names(&c.pending_migrations(SQLITE)?),
            Conn::Pg(c) => names(&c.pending_migrations(POSTGRESQL)?),
        })
    }

    /// The services of another layout that use the database now. Before services left a trace there, none can be seen.
    pub fn foreign_replicas(&mut self, now: DateTime<Utc>) -> Result<Vec<Replica>, StoreError> {
        let unseen = self.pending()?.iter().any(|name| name.contains(REPLICAS));
        if unseen {
            return Ok(Vec::new());
        }
        replicas::list_foreign(&mut self.0, now)
    }

    /// Runs what is pending, fills what SQL cannot, and gives the names.
    pub fn run(&mut self) -> Result<Vec<String>, StoreError> {
        self.locked(|conn| {
            let names = match conn {
                Conn::Sqlite(c) => run(c, SQLITE),
                Conn::Pg(c) => run(c, POSTGRESQL),
            }?;
            folded::fill(conn)?;
            Ok(names)
        })
    }

    /// Undoes the newest migration and gives its version; `None` when there is none to undo.
    pub fn revert_last(&mut self) -> Result<Option<String>, StoreError> {
        self.locked(|conn| match conn {
            Conn::Sqlite(c) => revert_last(c, SQLITE),
            Conn::Pg(c) => revert_last(c, POSTGRESQL),
        })
    }

    fn locked<T>(
        &mut self,
        change: impl FnOnce(&mut Conn) -> migration::Result<T>,
    ) -> Result<T, StoreError> {
        let conn = &mut self.0;
        transaction::begin(conn, Mode::Write)?;
        let locked = match conn {
            Conn::Pg(c) => c.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK})")),
            // The transaction holds the only write lock already.
            Conn::Sqlite(_) => Ok(()),
        };
        let result = locked
            .map_err(StoreError::from)
            .and_then(|()| change(conn).map_err(StoreError::Broken));
        transaction::finish(conn, result)
    }
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
