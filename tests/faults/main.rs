//! What goes wrong between the service and Apruve, and how it ends: processes that are killed, calls that are answered wrongly
//! or not at all, webhooks that come late, twice, or never.
//!
//! A process is stopped at a certain place by having the sandbox hold the call it makes there.

#[path = "../api/app.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of the front door, which need more of it"
)]
mod app;
#[path = "../api/buyer.rs"]
mod buyer;
#[path = "../cli/process.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of the command, which need more of it"
)]
mod process;
#[path = "../api/shop.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of the front door, which need more of it"
)]
mod shop;
#[path = "../support/mod.rs"]
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
mod support;
#[path = "../api/test_shop.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of the front door, which need more of it"
)]
mod test_shop;

mod absent;
mod agreement;
mod away;
mod disk;
mod event_feed;
mod killed;
mod killed_early;
mod locked;
mod outages;
mod replicas;
mod soak;
mod steps;
mod switchover;
mod test_cluster;
mod waiting;
mod webhooks;

use app::TestApp;
