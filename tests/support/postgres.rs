//! A PostgreSQL server for the tests of one process: `TEST_DATABASE_URL` where it is set, otherwise a throw-away cluster
//! made on first use from whatever PostgreSQL is installed.
//!
//! The cluster listens on a Unix socket in its own folder only. A small shell waits beside it for our end of a pipe to
//! close, which happens however this process ends; then it stops the server and removes the folder.

use std::io::Write;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use onterms::store::{Migrator, StoreOptions};

const TEMPLATE: &str = "onterms_template";

/// A database on the server, dropped with this value.
pub struct Lent {
    name: String,
    url: String,
}

impl Lent {
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Ok(Some(server)) = server() {
            let dropped = server.execute(&format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name));
            if let Err(error) = dropped {
                say(&format!(
                    "the database {} was left behind: {error}",
                    self.name
                ));
            }
        }
    }
}

/// A new migrated database; `None` where there is no PostgreSQL. One that is there but does not work is a failure.
pub fn lend() -> Option<Lent> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = server().expect("a PostgreSQL server for the tests")?;
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("onterms_test_{}_{number}", std::process::id());
    let template = match server {
        Server::Own(_) => format!(" TEMPLATE {TEMPLATE}"),
        // None there: it could not be taken away again when this process ends.
        Server::Given(_) => String::new(),
    };
    let created = server.execute(&format!("CREATE DATABASE \"{name}\"{template}"));
    created.expect("a new database on the server for the tests");
    let lent = Lent {
        url: server.url(&name),
        name,
    };
    if template.is_empty() {
        migrate(&lent.url).expect("a new database migrates");
    }
    Some(lent)
}

/// How many rows a table has; `None` while it cannot be asked.
pub fn count(cluster: &Cluster, database: &str, table: &str) -> Option<i64> {
    use diesel::{RunQueryDsl, dsl::sql, sql_types::BigInt};
    let mut conn = PgConnection::establish(&cluster.url(database)).ok()?;
    diesel::select(sql::<BigInt>(&format!("(SELECT count(*) FROM {table})")))
        .get_result(&mut conn)
        .ok()
}

/// A test that needs PostgreSQL and has none: it says so, or fails where PostgreSQL is required.
pub fn skipped(test: &str) {
    let required = std::env::var_os("ONTERMS_REQUIRE_POSTGRES").is_some_and(|v| v == "1");
    assert!(!required, "PostgreSQL is required, and there is no initdb");
    say(&format!(
        "skipped {test}: there is no initdb and pg_ctl here"
    ));
}

/// Speaks past the test harness, which hides what a passing test prints.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A cluster of a test's own, for what must not happen to that of the others. `None` where there is no PostgreSQL.
pub fn own_cluster() -> Option<Cluster> {
    let programs = programs()?;
    Some(Cluster::start(&programs).expect("a cluster starts"))
}

enum Server {
    Given(String),
    Own(Cluster),
}

/// A running server; it is stopped, and its folder removed, when this process ends.
pub struct Cluster {
    folder: PathBuf,
    /// Holds the pipe whose end the watchdog waits for.
    _watchdog: Child,
}

/// The server, sought and started once; `None` where there is none.
fn server() -> Result<Option<&'static Server>, String> {
    static SERVER: OnceLock<Result<Option<Server>, String>> = OnceLock::new();
    SERVER
        .get_or_init(Server::find)
        .as_ref()
        .map(Option::as_ref)
        .map_err(Clone::clone)
}

impl Server {
    fn find() -> Result<Option<Self>, String> {
        if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
            return Ok(Some(Self::Given(url)));
        }
        let Some(programs) = programs() else {
            return Ok(None);
        };
        let server = Self::Own(Cluster::start(&programs)?);
        server.execute(&format!("CREATE DATABASE {TEMPLATE}"))?;
        migrate(&server.url(TEMPLATE))?;
        Ok(Some(server))
    }

    fn url(&self, database: &str) -> String {
        match self {
            Self::Own(cluster) => cluster.url(database),
            Self::Given(url) => {
                let (address, options) = url.split_once('?').unwrap_or((url, ""));
                let (scheme, rest) = address.split_once("://").unwrap_or(("postgresql", address));
                let host = rest.split('/').next().unwrap_or_default();
                format!("{scheme}://{host}/{database}?{options}")
            }
        }
    }

    fn execute(&self, statement: &str) -> Result<(), String> {
        let url = match self {
            Self::Own(_) => self.url("postgres"),
            Self::Given(url) => url.clone(),
        };
        let mut conn = PgConnection::establish(&url).map_err(|error| error.to_string())?;
        conn.batch_execute(statement)
            .map_err(|error| error.to_string())
    }
}

fn migrate(url: &str) -> Result<(), String> {
    let url = url.parse().map_err(|error| format!("{error}"))?;
    let mut migrator =
        Migrator::open(&StoreOptions::new(url)).map_err(|error| error.to_string())?;
    migrator
        .run()
        .map(drop)
        .map_err(|error| format!("{error:?}"))
}

impl Cluster {
    /// Where it listens.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    /// What it logs.
    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgresql:///{database}?host={}&user=onterms",
            self.folder.display()
        )
    }

    /// Runs a statement in one of its databases.
    pub fn execute(&self, database: &str, statement: &str) {
        let conn = PgConnection::establish(&self.url(database));
        let done = conn.expect("a connection").batch_execute(statement);
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    /// Makes an empty database and brings it up to date.
    pub fn create(&self, database: &str) {
        self.execute("postgres", &format!("CREATE DATABASE {database}"));
        migrate(&self.url(database)).expect("a new database migrates");
    }

    /// A standby that follows this server by streaming.
    pub fn standby(&self) -> Cluster {
        let programs = programs().expect("the programs that made this one");
        Self::start_from(&programs, Some(self)).expect("a standby starts")
    }

    /// Makes a standby a server of its own.
    pub fn promote(&self) {
        self.control(&["promote", "--wait"]);
    }

    /// Stops at once, as a machine does that fails.
    pub fn stop(&self) {
        self.control(&["stop", "-m", "immediate"]);
    }

    /// Lets a command run as the user whom the folder belongs to, where root must not.
    pub fn run_as_its_user(&self, command: &mut Command) {
        let owner = std::fs::metadata(&self.folder).expect("the folder");
        command.current_dir(&self.folder);
        command.uid(owner.uid()).gid(owner.gid());
    }

    fn control(&self, arguments: &[&str]) {
        let programs = programs().expect("the programs that made this one");
        let mut command = Command::new(programs.join("pg_ctl"));
        command.args(arguments).arg("--pgdata");
        command.arg(self.folder.join("data")).stdout(Stdio::null());
        self.run_as_its_user(&mut command);
        succeed(&mut command).expect("pg_ctl");
    }

    fn start(programs: &Path) -> Result<Self, String> {
        Self::start_from(programs, None)
    }

    fn start_from(programs: &Path, primary: Option<&Cluster>) -> Result<Self, String> {
        let folder = super::new_folder("onterms-pg-");
        let folder = folder.map_err(|error| error.to_string())?.keep();
        let user = user_other_than_root(&folder)?;
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid)).map_err(|error| error.to_string())?;
        }
        let command = |program: &Path| {
            let mut command = Command::new(program);
            command
                .current_dir(&folder)
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            command.stderr(Stdio::null());
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
            command
        };
        // First of all, so that nothing stays behind wherever this stops. In a process group of its own, so that an
        // interrupted test run does not interrupt it too.
        let watchdog = command(Path::new("sh"))
            .args([
                "-c",
                "cat; \"$1/pg_ctl\" -D \"$2/data\" -m immediate stop; rm -rf \"$2\"",
                "sh",
            ])
            .args([programs, &folder])
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("the watchdog does not start: {error}"))?;
        match primary {
            None => succeed(
                command(&programs.join("initdb"))
                    .args([
                        "--username=onterms",
                        "--auth=trust",
                        "--encoding=UTF8",
                        "--locale=C",
                    ])
                    .args(["--no-sync", "--pgdata"])
                    .arg(folder.join("data")),
            )?,
            Some(primary) => succeed(
                command(&beside(programs, "pg_basebackup"))
                    .args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync"])
                    .args(["--username=onterms", "--host"])
                    .arg(&primary.folder)
                    .arg("--pgdata")
                    .arg(folder.join("data")),
            )?,
        }
        let socket = folder.display();
        // A test for each core, and each has a service or two.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let connections = 300.max(40 * cores);
        succeed(
            command(&programs.join("pg_ctl"))
                .args(["start", "--wait", "--timeout=60", "--log=log", "--pgdata"])
                .arg(folder.join("data"))
                .args([
                    "--options",
                    &format!(
                        "-F -c full_page_writes=off -c max_wal_size=256MB -c shared_buffers=64MB \
                         -c listen_addresses= -c unix_socket_directories={socket} -c max_connections={connections}"
                    ),
                ]),
        )?;
        Ok(Self {
            folder,
            _watchdog: watchdog,
        })
    }
}

/// A program that lies where `pg_ctl` really is; not every one of them is linked to from elsewhere.
fn beside(programs: &Path, name: &str) -> PathBuf {
    let control = programs.join("pg_ctl");
    let control = control.canonicalize().unwrap_or(control);
    control.with_file_name(name)
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} ended with {status}")),
        Err(error) => Err(format!("{program} does not start: {error}")),
    }
}

/// The folder that holds `initdb` and `pg_ctl`: on the path, where `pg_config` says, or where Debian puts them, the
/// newest first.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.and_then(|output| String::from_utf8(output.stdout).ok());
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    std::env::split_paths(&path)
        .chain(told.map(|folder| PathBuf::from(folder.trim())))
        .chain(versions.into_iter().map(|(_, folder)| folder))
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

/// PostgreSQL refuses to run as root: then the user it is to run as instead.
fn user_other_than_root(our_folder: &Path) -> Result<Option<(u32, u32)>, String> {
    let owner = std::fs::metadata(our_folder)
        .map_err(|error| error.to_string())?
        .uid();
    if owner != 0 {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
    let find = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(str::parse);
        Some((ids.next()?.ok()?, ids.next()?.ok()?))
    };
    let user = find("postgres").or_else(|| find("nobody"));
    user.map(Some)
        .ok_or_else(|| "PostgreSQL does not run as root, and there is no other user".to_owned())
}
