//! The house asked about itself.

mod migrations;
#[path = "../support/mod.rs"]
mod support;
