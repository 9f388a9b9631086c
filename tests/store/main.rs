//! The store keeps its promises on both databases: under concurrency, failure, loss and sudden death.

mod audit_log;
mod durability;
mod failures;
mod helpers;
mod lost_connections;
mod migrations;
mod queues;
mod races;
#[path = "../support/mod.rs"]
mod support;
