//! A migrated database of one test's own, gone when the test is.

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, sync::LazyLock};

use onterms::store::{Migrator, StoreOptions};
use tempfile::TempDir;

use super::{new_folder, postgres};

/// The content of a migrated SQLite file. Each test gets a copy, because migrating takes longer than many a test.
static MIGRATED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = new_folder("onterms-").expect("a temporary folder");
    let path = folder.path().join("onterms.db");
    let url = format!("sqlite://{}", path.display());
    let options = StoreOptions::new(url.parse().expect("our own address parses"));
    let mut migrator = Migrator::open(&options).expect("a new file opens");
    migrator.run().expect("a new file migrates");
    // Closing the last connection moves everything from the log to the file.
    drop(migrator);
    std::fs::read(path).expect("the migrated file")
});

pub struct Database {
    url: String,
    /// What takes the database away when it is dropped.
    _home: Home,
}

enum Home {
    Folder {
        _folder: TempDir,
    },
    Server {
        _database: postgres::Lent,
    },
    /// Made by another part of the test, which also removes it.
    Elsewhere,
}

impl Database {
    /// A new file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = new_folder("onterms-").expect("a temporary folder");
        let path = folder.path().join("onterms.db");
        // As the service makes it: nobody else may read it.
        let mut file = OpenOptions::new();
        let file = file.write(true).create_new(true).mode(0o600).open(&path);
        let written = file.and_then(|mut file| file.write_all(&MIGRATED));
        written.expect("a new file");
        Self {
            url: format!("sqlite://{}", path.display()),
            _home: Home::Folder { _folder: folder },
        }
    }

    /// A new database on the tests' server; `None`, and a word on standard error, where no PostgreSQL is installed. With
    /// `ONTERMS_REQUIRE_POSTGRES=1` that is a failure.
    pub fn postgresql(test: &str) -> Option<Self> {
        if let Some(lent) = postgres::lend() {
            let url = lent.url().to_owned();
            return Some(Self {
                url,
                _home: Home::Server { _database: lent },
            });
        }
        let reason = "there is no initdb and pg_ctl here, and no TEST_DATABASE_URL";
        let required = std::env::var_os("ONTERMS_REQUIRE_POSTGRES").is_some_and(|v| v == "1");
        assert!(!required, "PostgreSQL is required: {reason}");
        postgres::say(&format!("skipped {test}::postgresql: {reason}"));
        None
    }

    /// One that a test made by itself.
    pub fn at(url: String) -> Self {
        Self {
            url,
            _home: Home::Elsewhere,
        }
    }

    /// Its address, as `database.url` takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How to open it.
    pub fn options(&self) -> StoreOptions {
        StoreOptions::new(self.url.parse().expect("our own address parses"))
    }
}
