//! The command as a person or a script uses it: real processes, what they print, how they end.

mod alerts;
mod commands;
mod configuration;
mod conformance;
mod database_up;
mod demo;
mod deployed;
mod failing;
mod guards;
mod key_rotation;
mod ledgers;
#[cfg(target_os = "linux")]
mod memory;
mod metrics;
mod migrations;
mod pooler;
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
mod process;
mod readme;
mod sandbox;
mod secrets;
mod serving;
#[path = "../support/mod.rs"]
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
mod support;
mod test_rules;
mod upgrade;
