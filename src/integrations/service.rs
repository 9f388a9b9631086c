//! What operations on integrations work with.

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

/// App data.
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
    /// For reads, and for writes that checkout does not see.
    pub fn store(&self) -> &Store {
        self.writes.store()
    }

    /// Opens the account of an integration. Nothing is asked of the provider.
    pub async fn open_account(&self, id: IntegrationId) -> Result<OpenAccount, NoAccount> {
        account::open(self.store(), &self.sealer, id).await
    }
}
