//! `onterms openapi`.

use std::process::ExitCode;

use super::CommandResult;
use crate::{app, http::openapi};

/// Prints the document as it is kept in `openapi/openapi.json`.
pub fn run() -> CommandResult {
    print!("{}", openapi::print(&app::document()));
    Ok(ExitCode::SUCCESS)
}
