//! `onterms sandbox`.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use apruve_sandbox::{Clock, Faults, Options, Running, Sandbox};
use clap::Args;

use super::CommandResult;
use crate::app::StopSignals;

#[derive(Args)]
pub struct SandboxArgs {
    /// Address to listen on. Every client that reaches it controls the stand-in, so use loopback.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Seed for ids and keys; without it they are random.
    #[arg(long)]
    seed: Option<u64>,
    /// Where webhooks go; may be given several times.
    #[arg(long, value_name = "URL")]
    webhook_url: Vec<String>,
    /// The RSA key that signs webhooks (PEM, PKCS#8); without it one is generated.
    #[arg(long, value_name = "FILE")]
    signing_key: Option<PathBuf>,
    /// Faults that are active from the start: `{"calls": [...], "webhooks": [...]}`, as under /control/faults.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

/// Runs until it receives a stop signal.
pub fn run(args: &SandboxArgs) -> CommandResult {
    let signing_key_pem = args.signing_key.as_deref().map(read);
    let faults = args.faults.as_deref().map(read_faults);
    let options = Options {
        host: args.host,
        port: args.port,
        seed: args.seed.map_or_else(random_seed, Ok)?,
        clock: Clock::system(),
        webhook_urls: args.webhook_url.clone(),
        signing_key_pem: signing_key_pem.transpose()?,
        physical_goods: true,
        faults: faults.transpose()?.unwrap_or_default(),
    };
    actix_web::rt::System::new().block_on(async {
        let mut signals = StopSignals::register()?;
        let running = Sandbox::start(options).await?;
        introduce(&running);
        signals.recv().await;
        Ok(ExitCode::SUCCESS)
    })
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("`{}` cannot be read: {error}", path.display()))
}

fn read_faults(path: &Path) -> Result<Faults, String> {
    serde_json::from_str(&read(path)?)
        .map_err(|error| format!("`{}` holds no faults: {error}", path.display()))
}

fn random_seed() -> Result<u64, &'static str> {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| "the system has no random numbers")?;
    Ok(u64::from_ne_bytes(bytes))
}

fn introduce(running: &Running) {
    let origin = running.origin();
    println!("The Apruve sandbox listens on {origin}");
    println!("  merchant id  {}", running.merchant_id);
    println!("  API key      {}", running.api_key);
    println!("  buyer        {}", running.buyer_email);
    println!("  buyer page   {origin}/buyer");
    println!("  script       {origin}/js/v4/apruve.js");
    println!("  control      {origin}/control/state");
    println!("  public key   {origin}/.well-known/webhook-key.pem\n");
    println!("{}", running.public_key_pem.trim_end());
}
