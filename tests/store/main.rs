//! The store keeps its promises on both databases: under concurrency, failure, loss and sudden death.

mod audit_log;
mod durability;
mod event_feed;
mod failures;
mod grouped;
mod helpers;
mod idempotency;
mod lost_connections;
mod migrations;
mod natural_keys;
mod queues;
mod races;
#[path = "../support/mod.rs"]
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
mod support;
mod upgrade;
mod upgrade_events;
mod upgrade_invoices;
mod upgrade_notifications;
mod upgrade_recorded_carts;
mod upgrade_replays;
mod upgrade_revisions;
