//! The command line, with one file for each command.
//!
//! A command that fails prints one sentence to standard error and exits with 1; a wrong command line exits with 2.

mod check_config;
mod demo;
mod erase_buyer;
pub mod eval;
mod export_buyer;
mod healthcheck;
mod migrate;
mod openapi;
mod rotate_key;
mod sandbox;
mod serve;
mod shell;
#[cfg(target_os = "linux")]
mod start_up_pages;
mod test_rules;
pub mod token;
mod verify;

use std::{
    error::Error,
    net::IpAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};

use crate::{
    app,
    auth::startup,
    clock::Clock,
    config::{Misspelled, Settings, Sources, WrongSettings, misspelled},
    error_chain,
    privacy::{CannotLoadEmailKey, EmailKey},
    seal::Sealer,
    store::{DatabaseUrl, Store},
    telemetry,
};

/// Sell on terms: payment rules, checkout eligibility and Apruve payments as one headless JSON service.
#[derive(Parser)]
#[command(name = "onterms", version)]
struct Cli {
    /// Settings file; default: `onterms.toml` in the working directory, if it exists.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: CliCommand,
}

#[derive(Subcommand)]
enum CliCommand {
    /// Runs the service.
    Serve(serve::ServeArgs),
    /// Runs a demonstration against a temporary service, and keeps the service running.
    Demo(demo::DemoArgs),
    /// Runs a stand-in for Apruve, for development and tests.
    Sandbox(sandbox::SandboxArgs),
    /// Runs the pending migrations of the database.
    Migrate(migrate::MigrateArgs),
    /// Encrypts all secrets again with secrets.master_key, so that a retired key can be removed.
    RotateKey,
    /// Erases a buyer: carts and webhook bodies with the e-mail address, the buyer of payments, and what is known of the buyer's credit.
    EraseBuyer(erase_buyer::EraseBuyerArgs),
    /// Exports the stored data of the buyer with an e-mail address, as JSON.
    ExportBuyer(export_buyer::ExportBuyerArgs),
    Token(token::TokenArgs),
    /// Runs expressions over recorded cases and compares.
    Eval(EvalArgs),
    /// Runs the tests of exported rules, without a database.
    TestRules(test_rules::TestRulesArgs),
    /// Recalculates every payment from its transactions and compares the result with the stored one.
    Verify,
    /// Prints the OpenAPI document.
    Openapi,
    /// Checks whether `serve` would start with this configuration.
    CheckConfig,
    /// Checks whether the service of this configuration is ready; exits with 0 if it is.
    Healthcheck(healthcheck::HealthcheckArgs),
    /// Prints completions for a shell.
    Completions(shell::CompletionsArgs),
    /// Prints the manual page, or writes one for each command.
    Man(shell::ManArgs),
}

#[derive(Args)]
struct EvalArgs {
    /// A JSON array of `{ id, expression, context, expect }`.
    #[arg(long, value_name = "FILE")]
    cases: PathBuf,
}

type CommandResult = Result<ExitCode, Box<dyn Error>>;

/// Reads the command line and runs the command.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let config = cli.config.as_deref();
    let outcome = match cli.command {
        CliCommand::Serve(args) => serve::run(&args, config),
        CliCommand::Demo(args) => demo::run(&args),
        CliCommand::Sandbox(args) => sandbox::run(&args),
        CliCommand::Migrate(args) => migrate::run(&args, config),
        CliCommand::RotateKey => rotate_key::run(config),
        CliCommand::EraseBuyer(args) => erase_buyer::run(&args, config),
        CliCommand::ExportBuyer(args) => export_buyer::run(&args, config),
        CliCommand::Token(args) => print_token(&args, config),
        CliCommand::Eval(args) => Ok(eval::run(&args.cases)),
        CliCommand::TestRules(args) => Ok(test_rules::run(&args)),
        CliCommand::Verify => verify::run(config),
        CliCommand::Openapi => openapi::run(),
        CliCommand::CheckConfig => check_config::run(config),
        CliCommand::Healthcheck(args) => healthcheck::run(&args, config),
        CliCommand::Completions(args) => shell::complete(&args),
        CliCommand::Man(args) => shell::man(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("onterms: {}", error_chain::chain(&*error));
        ExitCode::FAILURE
    })
}

/// The settings from file and environment with the keys of `serve`, for a command that generates no keys.
fn settings_with_keys(
    config: Option<&Path>,
    needed: &[startup::Needed],
) -> Result<Settings, WrongSettings> {
    let mut settings = settings(config, Vec::new())?;
    startup::use_made_keys(&mut settings, Path::new(startup::DIRECTORY), needed)?;
    Ok(settings)
}

/// The settings from file, environment and flags. Also starts the log.
fn settings(
    config: Option<&Path>,
    flags: Vec<(&'static str, String)>,
) -> Result<Settings, WrongSettings> {
    let settings = Settings::load(Sources {
        file: config,
        environment: None,
        flags,
    })?;
    telemetry::start_logging(&settings.log);
    warn_of_misspelled();
    // Before keys are generated for a service that cannot start.
    let url: Result<DatabaseUrl, _> = settings.database.url.expose().parse();
    url.map_err(|error| WrongSettings(format!("database.url does not fit: {error}.")))?;
    Ok(settings)
}

/// Warns of variables that look like settings and are not read.
fn warn_of_misspelled() {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    for Misspelled { variable, meant } in misspelled(environment) {
        tracing::warn!(
            variable,
            meant,
            "a variable of the environment is not read; it looks like a setting"
        );
    }
}

/// Runs a command over the configured database, which was sealed with the configured key.
fn with_sealed_store(
    config: Option<&Path>,
    work: impl AsyncFnOnce(&Store, &Sealer, DateTime<Utc>) -> CommandResult,
) -> CommandResult {
    let settings = settings_with_keys(config, &[startup::Needed::MasterKey])?;
    let sealer = Sealer::new(&settings.secrets)?;
    let now = Clock::system().now();
    actix_web::rt::System::new().block_on(async {
        let store = app::open_existing(&settings, now).await?;
        app::refuse_wrong_key(&store, &sealer).await?;
        let done = work(&store, &sealer, now).await?;
        store.close().await;
        Ok(done)
    })
}

/// The key for hashes of buyers. An installation without a key has stored no hash.
async fn email_key(store: &Store, sealer: &Sealer) -> Result<EmailKey, CannotLoadEmailKey> {
    let key = EmailKey::find(store, sealer).await?;
    Ok(key.unwrap_or_else(|| EmailKey::of_bytes(&[])))
}

/// The exit code of a command that tests a file: 1 when something failed, 2 when the file cannot be used.
fn tested(command: &str, failed: Result<usize, String>) -> ExitCode {
    match failed {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(reason) => {
            eprintln!("onterms {command}: {reason}");
            ExitCode::from(2)
        }
    }
}

/// The flags of the commands that listen, or ask a listener.
fn address_flags(host: Option<IpAddr>, port: Option<u16>) -> Vec<(&'static str, String)> {
    let host = host.map(|host| ("server.host", host.to_string()));
    let port = port.map(|port| ("server.port", port.to_string()));
    host.into_iter().chain(port).collect()
}

fn print_token(args: &token::TokenArgs, config: Option<&Path>) -> CommandResult {
    let settings = settings_with_keys(config, &[startup::Needed::Secret])?;
    println!("{}", token::run(args, &settings)?);
    Ok(ExitCode::SUCCESS)
}
