//! `onterms serve`.

use std::{net::IpAddr, path::Path, process::ExitCode};

use clap::Args;

use super::CommandResult;
use crate::{
    app::{CannotStart, Onterms, raise_file_limit},
    auth::startup,
    clock::Clock,
    config::Settings,
    rate_limit::Ticks,
    telemetry,
};

#[derive(Args)]
pub struct ServeArgs {
    /// Address to listen on (server.host).
    #[arg(long)]
    host: Option<IpAddr>,
    /// Port to listen on; 0 takes a free one (server.port).
    #[arg(long)]
    port: Option<u16>,
    /// Start only when the database needs no migration (database.migrate = false).
    #[arg(long)]
    no_migrate: bool,
}

/// Serves until it receives a stop signal.
pub fn run(args: &ServeArgs, config: Option<&Path>) -> CommandResult {
    let mut flags = super::address_flags(args.host, args.port);
    if args.no_migrate {
        flags.push(("database.migrate", "false".to_owned()));
    }
    let mut settings = super::settings(config, flags)?;
    startup::provide_keys(&mut settings, Path::new(startup::DIRECTORY))?;
    actix_web::rt::System::new().block_on(serve(settings))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(settings: Settings) -> Result<(), CannotStart> {
    telemetry::start_tracing(&settings.telemetry.otlp_endpoint)?;
    raise_file_limit();
    let service = Onterms::build(settings, Clock::system(), Ticks::system()).await?;
    let ended = serve_until_stopped(&service).await;
    service.close().await;
    ended
}

async fn serve_until_stopped(service: &Onterms) -> Result<(), CannotStart> {
    let listener = service.listener()?;
    let unlistenable = |error| CannotStart::Listen("the listener".to_owned(), error);
    let address = listener.local_addr().map_err(unlistenable)?;
    let metrics = service.serve_metrics()?;
    let metrics_handle = metrics.as_ref().map(|server| server.handle());
    if let Some(server) = metrics {
        actix_web::rt::spawn(server);
    }
    let server = service.serve(listener).map_err(unlistenable)?;
    tracing::info!(%address, "listening");
    #[cfg(target_os = "linux")]
    actix_web::rt::spawn(super::start_up_pages::give_back_after_start());
    server.await.map_err(unlistenable)?;
    tracing::info!("stopped listening; closing the database");
    if let Some(handle) = metrics_handle {
        handle.stop(false).await;
    }
    Ok(())
}
