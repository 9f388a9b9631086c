//! `onterms rotate-key`.

use std::{path::Path, process::ExitCode};

use super::Outcome;
use crate::{
    app, auth::startup, clock::Clock, credit, integrations, notifications, payments, privacy,
    recording, seal::Sealer, webhooks,
};

/// Seals again what a retired key sealed. Safe beside a running service and safe to repeat.
pub fn run(config: Option<&Path>) -> Outcome {
    let settings = super::settings_with_keys(config, &[startup::Needed::MasterKey])?;
    let sealer = Sealer::new(&settings.secrets)?;
    actix_web::rt::System::new().block_on(async {
        let store = app::open_existing(&settings, Clock::system().now()).await?;
        app::refuse_wrong_key(&store, &sealer).await?;
        let secrets = integrations::reseal(&store, &sealer).await?;
        let carts = payments::reseal(&store, &sealer).await?;
        let bodies = webhooks::reseal(&store, &sealer).await?;
        let secrets = secrets + notifications::reseal(&store, &sealer).await?;
        let secrets = secrets + credit::reseal(&store, &sealer).await?;
        let recorded = recording::reseal(&store, &sealer).await?;
        let keys = privacy::reseal_column(&store, &sealer, privacy::KEYS).await?;
        let counts = secrets + carts + bodies + keys + recorded;
        println!("{counts}");
        store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}
