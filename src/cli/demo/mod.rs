//! `onterms demo`: the main use cases over real HTTP, against a service with a temporary database and a stand-in for
//! Apruve.
//!
//! Every step checks its result, so the demo is also a test: with `--once` it exits non-zero when a result differs.

mod print;
mod receiver;
mod runner;
mod sale;
mod story;

use std::{path::Path, process::ExitCode};

use apruve_sandbox::{Options, Sandbox};
use clap::Args;

use super::CommandResult;
use crate::{
    app::Onterms,
    auth::startup,
    clock::Clock,
    config::{Settings, Sources},
    rate_limit::Ticks,
    telemetry,
};
use receiver::Receiver;
use runner::DemoRunner;

#[derive(Args)]
pub struct DemoArgs {
    /// Exit after the demonstration, instead of keeping the service running.
    #[arg(long)]
    once: bool,
}

/// Runs the demonstration; then keeps serving, unless `--once` is given.
pub fn run(args: &DemoArgs) -> CommandResult {
    // Contains all files of the demo; deleted at the end.
    let folder = tempfile::tempdir()?;
    let settings = settings(folder.path())?;
    telemetry::start_logging(&settings.log);
    actix_web::rt::System::new().block_on(async {
        let service = Onterms::build(settings.clone(), Clock::system(), Ticks::system()).await?;
        let listener = service.listener()?;
        let address = listener.local_addr()?;
        let server = service.serve(listener)?;
        let handle = server.handle();
        let running = actix_web::rt::spawn(server);
        let (sandbox, receiver) = (Sandbox::start(Options::default()), Receiver::start()?);
        let base = format!("http://{address}");
        let mut runner = DemoRunner::new(base, sandbox.await?, receiver, &settings)?;
        story::tell(&mut runner).await?;
        let outcome = runner.verdict();
        if !args.once && outcome == ExitCode::SUCCESS {
            actix_web::rt::spawn(runner.stay_open());
            running.await??;
        }
        handle.stop(false).await;
        service.close().await;
        Ok(outcome)
    })
}

/// Fixed settings that ignore the environment and settings files: a demo must not touch a real database.
fn settings(folder: &Path) -> Result<Settings, Box<dyn std::error::Error>> {
    let database = folder.join("onterms.db");
    let flags = vec![
        ("server.port", "0".to_owned()),
        ("database.url", database.to_string_lossy().into_owned()),
        ("metrics.enabled", "false".to_owned()),
        ("log.filter", "warn".to_owned()),
        ("log.format", "text".to_owned()),
    ];
    let nothing = folder.join("none.toml");
    std::fs::write(&nothing, "")?;
    let sources = Sources {
        file: Some(&nothing),
        environment: Some(Vec::new()),
        flags,
    };
    let mut settings = Settings::load(sources)?;
    settings.auth.hs256_secret = startup::random_key()?;
    settings.secrets.master_key = startup::random_key()?;
    Ok(settings)
}
