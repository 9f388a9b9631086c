//! The service through its front door: real HTTP, a database of each kind, a clock that is set by hand.
//!
//! A file's path is the URL it tests.

#[path = "../support/mod.rs"]
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
mod support;

mod app;
mod apruve;
mod audit_log;
mod bodies;
mod browser;
mod buyer;
mod checkout;
mod cors;
mod credit;
mod defences;
mod docs;
mod erasure;
mod etags;
mod events;
mod every_operation;
mod findings;
mod front_door;
mod head;
mod integrations;
mod lists;
mod no_change;
mod notifications;
mod payment_rules;
mod payments;
mod receivables;
mod reconciliation;
mod revisions;
mod rule_revisions;
mod rule_tests;
mod sandbox_shop;
mod settings;
mod shop;
mod test_shop;
mod tokens;
mod traces;
mod unreadable;
mod verify;
mod watched;
mod webhooks;
mod websites;
mod what_if;

use app::TestApp;
