//! The command line: one file a command.
//!
//! A command that fails says one sentence on standard error and exits with 1; a command line that cannot be read, with 2.

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
pub mod token;
mod verify;

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};

use crate::{
    auth::startup,
    config::{Misspelled, Settings, Sources, WrongSettings, misspelled},
    error_chain,
    store::DatabaseUrl,
    telemetry,
};

/// Sell on terms: payment rules, checkout eligibility and Apruve payments as one headless JSON service.
#[derive(Parser)]
#[command(name = "onterms", version)]
struct Cli {
    /// Settings file; without it `onterms.toml` in the working directory, where there is one.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers requests until it is told to stop.
    Serve(serve::ServeArgs),
    /// Plays the main job against a throw-away service, and leaves it running to try by hand.
    Demo(demo::DemoArgs),
    /// Runs a stand-in for Apruve, for development and tests.
    Sandbox(sandbox::SandboxArgs),
    /// Changes the database to what this version needs.
    Migrate(migrate::MigrateArgs),
    /// Seals every secret again under secrets.master_key, so that a retired key can be thrown away.
    RotateKey,
    /// Erases a buyer: the carts and webhook bodies that name the e-mail address, and who paid.
    EraseBuyer(erase_buyer::EraseBuyerArgs),
    /// Writes what is kept of the buyer with an e-mail address, as JSON.
    ExportBuyer(export_buyer::ExportBuyerArgs),
    Token(token::TokenArgs),
    /// Runs expressions over recorded cases and compares.
    Eval(EvalArgs),
    /// Computes every payment again from its transactions and compares it with what is stored.
    Verify,
    /// Prints the OpenAPI document.
    Openapi,
    /// Says whether `serve` would start with this configuration.
    CheckConfig,
    /// Asks the service of this configuration whether it is ready, and exits with 0 when it is.
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

type Outcome = Result<ExitCode, Box<dyn Error>>;

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let config = cli.config.as_deref();
    let outcome = match cli.command {
        Command::Serve(args) => serve::run(&args, config),
        Command::Demo(args) => demo::run(&args),
        Command::Sandbox(args) => sandbox::run(&args),
        Command::Migrate(args) => migrate::run(&args, config),
        Command::RotateKey => rotate_key::run(config),
        Command::EraseBuyer(args) => erase_buyer::run(&args, config),
        Command::ExportBuyer(args) => export_buyer::run(&args, config),
        Command::Token(args) => print_token(&args, config),
        Command::Eval(args) => Ok(eval::run(&args.cases)),
        Command::Verify => verify::run(config),
        Command::Openapi => openapi::run(),
        Command::CheckConfig => check_config::run(config),
        Command::Healthcheck(args) => healthcheck::run(&args, config),
        Command::Completions(args) => shell::complete(&args),
        Command::Man(args) => shell::man(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("onterms: {}", error_chain::chain(&*error));
        ExitCode::FAILURE
    })
}

/// The settings from file and environment with the keys that `serve` has, for a command that makes none.
fn settings_with_keys(
    config: Option<&Path>,
    needed: &[startup::Needed],
) -> Result<Settings, WrongSettings> {
    let mut settings = settings(config, Vec::new())?;
    startup::use_made_keys(&mut settings, Path::new(startup::DIRECTORY), needed)?;
    Ok(settings)
}

/// The settings from file, environment and flags; what the command says of its work goes to the log from here on.
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
    // Before keys are made for a service that cannot start.
    let url: Result<DatabaseUrl, _> = settings.database.url.expose().parse();
    url.map_err(|error| WrongSettings(format!("database.url does not fit: {error}.")))?;
    Ok(settings)
}

/// A variable that is not read, although it looks as if it should be, is easily taken for one that is.
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

fn print_token(args: &token::TokenArgs, config: Option<&Path>) -> Outcome {
    let settings = settings_with_keys(config, &[startup::Needed::Secret])?;
    println!("{}", token::run(args, &settings)?);
    Ok(ExitCode::SUCCESS)
}
