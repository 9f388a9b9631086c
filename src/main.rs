//! Passes the command line to the library.

use std::process::ExitCode;

/// A checkout response needs dozens of small allocations; this allocator is measurably faster for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    onterms::cli::run()
}
