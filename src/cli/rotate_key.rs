//! `onterms rotate-key`.

use std::{path::Path, process::ExitCode};

use super::CommandResult;
use crate::{app, auth::startup, clock::Clock, privacy, seal::Sealer};

/// Seals with the current key what a retired key sealed. Safe while a service is running, and safe to repeat.
pub fn run(config: Option<&Path>) -> CommandResult {
    let settings = super::settings_with_keys(config, &[startup::Needed::MasterKey])?;
    let sealer = Sealer::new(&settings.secrets)?;
    actix_web::rt::System::new().block_on(async {
        let store = app::open_existing(&settings, Clock::system().now()).await?;
        app::refuse_wrong_key(&store, &sealer).await?;
        let counts = privacy::reseal(&store, &sealer, &app::sealed_columns()).await?;
        println!("{counts}");
        store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}
