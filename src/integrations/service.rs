//! The dependencies of the operations on integrations.

use std::sync::Arc;

use super::{
    account::{self, NoAccount, OpenAccount},
    health::HealthBoard,
    webhook_token::PublicOrigin,
};
use crate::{
    clock::Clock, guarded_write::GuardedStore, ids::IntegrationId, outbound::Outbound,
    providers::Breakers, seal::Sealer, store::Store,
};

/// The service, shared as app data.
pub struct IntegrationService {
    pub writes: GuardedStore,
    pub sealer: Arc<Sealer>,
    pub outbound: Outbound,
    pub breakers: Arc<Breakers>,
    pub health: HealthBoard,
    /// Where webhooks reach this service.
    pub origin: PublicOrigin,
    pub clock: Clock,
}

impl IntegrationService {
    /// The store for reads, and for writes that do not affect checkout.
    pub fn store(&self) -> &Store {
        self.writes.store()
    }

    /// Opens the account of an integration. No call is made to the provider.
    pub async fn open_account(&self, id: IntegrationId) -> Result<OpenAccount, NoAccount> {
        account::open(self.store(), &self.sealer, id).await
    }
}
