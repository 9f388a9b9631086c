//! `onterms healthcheck`: checks whether the service of this configuration is ready, for containers and process managers
//! without an HTTP client.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use humantime_serde::re::humantime::parse_duration;
use reqwest::{Client, StatusCode};

use super::CommandResult;
use crate::error_chain;

const PATH: &str = "/health/ready";

#[derive(Args)]
pub struct HealthcheckArgs {
    /// Address of the service (server.host); for a wildcard address, loopback is used.
    #[arg(long)]
    host: Option<IpAddr>,
    /// Port of the service (server.port).
    #[arg(long)]
    port: Option<u16>,
    /// The time limit for the response.
    #[arg(long, default_value = "5s", value_parser = parse_duration)]
    timeout: Duration,
}

/// Exits with 0 when the service is ready, and otherwise says why not.
pub fn run(args: &HealthcheckArgs, config: Option<&Path>) -> CommandResult {
    let flags = super::address_flags(args.host, args.port);
    let server = super::settings(config, flags)?.server;
    if server.port == 0 {
        return Err("server.port is 0, so that nobody knows the port: give --port.".into());
    }
    let address = SocketAddr::new(reachable(server.host), server.port);
    actix_web::rt::System::new().block_on(ask(address, args.timeout))?;
    Ok(ExitCode::SUCCESS)
}

/// The address under which this machine reaches a listener on `host`.
fn reachable(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    }
}

async fn ask(address: SocketAddr, timeout: Duration) -> Result<(), String> {
    let unanswered = |error: reqwest::Error| {
        let cause = error_chain::chain(&error.without_url());
        format!("No answer from {address}: {cause}.")
    };
    let client = Client::builder().no_proxy().timeout(timeout).build();
    let request = client
        .map_err(unanswered)?
        .get(format!("http://{address}{PATH}"));
    let answer = request.send().await.map_err(unanswered)?;
    match answer.status() {
        StatusCode::OK => Ok(()),
        status => Err(format!(
            "The service at {address} is not ready: {PATH} answered {}.",
            status.as_u16()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_address_is_asked_on_loopback() {
        for (host, asked) in [
            ("0.0.0.0", "127.0.0.1"),
            ("::", "::1"),
            ("127.0.0.1", "127.0.0.1"),
            ("10.0.0.1", "10.0.0.1"),
        ] {
            let host: IpAddr = host.parse().expect("an address");
            assert_eq!(reachable(host).to_string(), asked);
        }
    }
}
