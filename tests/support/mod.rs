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

pub use database::Database;

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
