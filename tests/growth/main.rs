//! No statement that runs by itself, and no list, reads more rows because there are more: every plan over 200,000 payments
//! and 100,000 webhook events is looked at. The statements are those that the service sends.

#[path = "../api/app.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of the front door, which need more of it"
)]
mod app;
#[path = "../support/mod.rs"]
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
mod support;

mod load;
mod postgresql;
mod sqlite;
mod traffic;

use app::TestApp;
