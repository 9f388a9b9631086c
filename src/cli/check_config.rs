//! `onterms check-config`: everything `serve` would refuse, without starting, and without making keys or a database.

use std::{path::Path, process::ExitCode};

use super::Outcome;
use crate::{
    auth::{Auth, startup},
    clock::Clock,
    outbound::{HostPolicy, Proxy},
    rate_limit::Ticks,
    seal::Sealer,
    store::DatabaseUrl,
};

/// Says what the configuration comes to, or the first thing that is wrong with it.
pub fn run(config: Option<&Path>) -> Outcome {
    let mut settings = super::settings(config, Vec::new())?;
    // Where `serve` would make keys, a folder that goes away shows that it could.
    let folder = tempfile::tempdir()?;
    let made = settings.secrets.master_key.is_empty() || settings.auth.hs256_secret.is_empty();
    startup::provide_keys(&mut settings, folder.path())?;
    let url: DatabaseUrl = settings.database.url.expose().parse()?;
    Auth::new(&settings, Clock::system(), Ticks::system())?;
    Sealer::new(&settings.secrets)?;
    HostPolicy::apruve(&settings)?;
    Proxy::read(&settings.outbound.proxy)?;
    println!("The configuration is good.");
    println!(
        "listens on  http://{}:{}",
        settings.server.host, settings.server.port
    );
    println!("stores in   {:?}", url.backend());
    if made {
        println!(
            "keys        from ./{}, made at the first start where they are missing",
            startup::DIRECTORY
        );
    }
    Ok(ExitCode::SUCCESS)
}
