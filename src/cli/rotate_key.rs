//! `onterms rotate-key`.

use std::{path::Path, process::ExitCode};

use super::CommandResult;
use crate::{app, privacy};

/// Seals with the current key what a retired key sealed. Safe while a service is running, and safe to repeat.
pub fn run(config: Option<&Path>) -> CommandResult {
    super::with_sealed_store(config, async |store, sealer, _| {
        let counts = privacy::reseal(store, sealer, &app::sealed_columns()).await?;
        println!("{counts}");
        Ok(ExitCode::SUCCESS)
    })
}
