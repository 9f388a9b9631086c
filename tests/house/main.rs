//! The house asked about itself.

mod circles;
mod deploy;
mod floors;
mod migrations;
mod names;
mod openapi;
#[path = "../support/mod.rs"]
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
mod support;
mod tables;
mod tokens;
