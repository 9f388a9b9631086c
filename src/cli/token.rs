//! `onterms token`: prints a bearer token, and nothing else, for scripts to capture.

use std::time::Duration;

use clap::Args;

use crate::{
    auth::{
        Role,
        mint::{self, CannotMint},
    },
    clock::Clock,
    config::Settings,
};

/// Prints a bearer token signed with auth.hs256_secret.
#[derive(Args, Debug)]
pub struct TokenArgs {
    /// The role of the token.
    #[arg(long)]
    pub role: Role,
    /// The subject of the token, which is recorded in the audit log.
    #[arg(long, value_name = "NAME")]
    pub sub: String,
    /// Its lifetime, such as 15m, 12h or 30d; at most 90d.
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = humantime_serde::re::humantime::parse_duration)]
    pub ttl: Duration,
}

/// The token for these arguments; the settings' keys must have been provided.
pub fn run(args: &TokenArgs, settings: &Settings) -> Result<String, CannotMint> {
    mint::mint(
        &settings.auth,
        &args.sub,
        args.role.scopes(),
        args.ttl,
        Clock::system().now(),
    )
}
