//! Tests of the code itself: its structure, its names, its API document and its migrations.

mod circles;
mod deploy;
mod floors;
mod migrations;
mod names;
mod openapi;
mod snapshots;
#[path = "../support/mod.rs"]
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
mod support;
mod tables;
mod tokens;
