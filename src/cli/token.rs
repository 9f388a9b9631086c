//! `onterms token`: prints a bearer token, and nothing else, for scripts to capture.

use std::time::Duration;

use clap::Args;

use crate::{
    auth::{
        Role, Scope,
        mint::{self, CannotMint},
    },
    clock::Clock,
    config::Settings,
};

/// Prints a bearer token signed with auth.hs256_secret.
#[derive(Args, Debug)]
pub struct TokenArgs {
    /// The role of the token, unless its scopes are given.
    #[arg(long, required_unless_present = "scope")]
    pub role: Option<Role>,
    /// A scope of the token, such as payments:refund; repeat it for several. With a role, in addition to its scopes.
    #[arg(long, value_name = "SCOPE", value_parser = read_scope)]
    pub scope: Vec<Scope>,
    /// A website that the token is bound to; repeat it for several. Without any, it is good for all.
    #[arg(long, value_name = "WEBSITE")]
    pub website: Vec<String>,
    /// The subject of the token, which is recorded in the audit log.
    #[arg(long, value_name = "NAME")]
    pub sub: String,
    /// Its lifetime, such as 15m, 12h or 30d; at most 90d.
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = humantime_serde::re::humantime::parse_duration)]
    pub ttl: Duration,
}

/// The token for these arguments; the settings' keys must have been provided.
pub fn run(args: &TokenArgs, settings: &Settings) -> Result<String, CannotMint> {
    let role = args.role.map_or(&[][..], Role::scopes);
    let scopes: Vec<Scope> = role.iter().chain(&args.scope).copied().collect();
    mint::mint(
        &settings.auth,
        &args.sub,
        &scopes,
        Some(args.website.as_slice()).filter(|names| !names.is_empty()),
        args.ttl,
        Clock::system().now(),
    )
}

fn read_scope(word: &str) -> Result<Scope, String> {
    Scope::parse(word).ok_or_else(|| {
        let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        format!("scopes are {}", known.join(", "))
    })
}
