//! Hands the command line to the library.

use std::process::ExitCode;

/// Small allocations by the dozen make up a checkout answer; this allocator is measurably faster at them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    onterms::cli::run()
}
