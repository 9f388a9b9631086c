//! What others make of the API document: linters, generators of clients, and forms; and the packages that we publish.
//!
//! The tools are installed once from pinned lists into cargo's target directory. Where node, python or a package registry
//! cannot be had, a test says that it is skipped, unless `ONTERMS_REQUIRE_CLIENTS=1` says that they must be there.

#[path = "../api"]
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
mod api {
    pub mod browser;
}
mod form;
mod generated;
mod lint;
mod package;
#[path = "../cli/process.rs"]
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
mod process;
mod receiver;
mod shop;
#[path = "../support/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "shared by test binaries that need different parts of it"
)]
mod support;
mod tools;
