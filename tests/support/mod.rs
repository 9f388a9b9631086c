//! What tests of several binaries share. Taken in with `#[path = "../support/mod.rs"] mod support;`.

mod database;
pub mod postgres;
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
pub mod proxy;
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
pub mod verified;

use std::{io, path::Path};

pub use database::Database;

/// A new folder for a database: in memory where that has room, because tests mostly wait for the disk otherwise. Where
/// `TMPDIR` is set, it decides.
fn new_folder(prefix: &str) -> io::Result<tempfile::TempDir> {
    const MEMORY: &str = "/dev/shm";
    const ROOM_BYTES: u64 = 2 << 30;
    let has_room = || {
        let room = rustix::fs::statvfs(MEMORY);
        room.is_ok_and(|room| room.f_bavail.saturating_mul(room.f_frsize) >= ROOM_BYTES)
    };
    let parent = std::env::temp_dir();
    let parent = match std::env::var_os("TMPDIR") {
        None if has_room() => Path::new(MEMORY),
        _ => &parent,
    };
    tempfile::Builder::new().prefix(prefix).tempdir_in(parent)
}

/// A client for services on this machine. They have no TLS, and reading the system's certificates takes time.
#[allow(dead_code, reason = "not every test binary needs one")]
pub fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy();
    builder.tls_certs_only([]).build().expect("a client")
}

/// Turns each `async fn sentence(database: Database)` into two tests, `sentence::sqlite` and `sentence::postgresql`, run
/// as the service runs: on an actix system.
#[allow(unused_macros, reason = "not every test binary runs a test on both")]
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* async fn $sentence:ident($database:ident: $type:ty) $body:block)+) => {$(
        $(#[$attribute])*
        mod $sentence {
            use super::*;

            async fn check($database: $type) $body

            #[test]
            fn sqlite() {
                let database = <$type>::sqlite();
                actix_web::rt::System::new().block_on(check(database));
            }

            #[test]
            fn postgresql() {
                if let Some(database) = <$type>::postgresql(stringify!($sentence)) {
                    actix_web::rt::System::new().block_on(check(database));
                }
            }
        }
    )+};
}
#[allow(unused_imports, reason = "not every test binary runs a test on both")]
pub(crate) use on_both_databases;
