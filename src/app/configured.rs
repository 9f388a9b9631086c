//! What the settings alone decide.

use std::sync::Arc;

use super::CannotStart;
use crate::{
    auth::Auth,
    clock::Clock,
    config::Settings,
    front_door::{Cors, TrustedProxies},
    notifications::Receivers,
    outbound::{HostPolicy, Outbound, Proxy, Timeouts},
    rate_limit::Ticks,
    seal::Sealer,
    telemetry,
};

/// Everything that is made of the settings without the database, the network or a listener. `check-config` makes it too, so
/// that it refuses every setting that `serve` refuses.
pub struct Configured {
    /// Who may call.
    pub auth: Auth,
    /// What seals secrets.
    pub sealer: Arc<Sealer>,
    /// The client for calls to Apruve.
    pub outbound: Outbound,
    /// The client for notification endpoints.
    pub receivers: Receivers,
    /// Proxies whose headers count.
    pub proxies: TrustedProxies,
    /// Pages of other origins that may call.
    pub cors: Cors,
}

impl Configured {
    /// The settings' keys must have been provided.
    pub fn new(settings: &Settings, clock: Clock, ticks: Ticks) -> Result<Self, CannotStart> {
        telemetry::check_tracing(&settings.telemetry.otlp_endpoint)?;
        let timeouts = Timeouts {
            connect: settings.apruve.connect_timeout,
            total: settings.apruve.timeout,
        };
        let proxy = Proxy::read(&settings.outbound.proxy)?;
        let policy = HostPolicy::new(settings)?;
        let of_receivers = HostPolicy::for_receivers(settings)?;
        Ok(Configured {
            auth: Auth::new(settings, clock, ticks)?,
            sealer: Arc::new(Sealer::new(&settings.secrets)?),
            outbound: Outbound::new(policy, proxy.as_ref(), timeouts)?,
            receivers: Receivers::new(of_receivers, proxy.as_ref(), settings)?,
            proxies: TrustedProxies::new(&settings.server.trusted_proxies)?,
            cors: Cors::new(&settings.cors)?,
        })
    }
}
