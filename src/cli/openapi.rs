//! `onterms openapi`.

use std::process::ExitCode;

use super::Outcome;
use crate::{app, http::openapi};

/// Prints the document as it is kept in `openapi/openapi.json`.
pub fn run() -> Outcome {
    print!("{}", openapi::print(&app::document()));
    Ok(ExitCode::SUCCESS)
}
