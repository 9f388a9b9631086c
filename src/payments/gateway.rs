//! Opens the provider accounts of integrations for payments.

use std::sync::Arc;

use crate::{
    clock::Clock,
    credit::CreditService,
    http::problem::Problem,
    ids::IntegrationId,
    integrations::account::{self, NoAccount, OpenAccount},
    outbound::Outbound,
    payments::ledger::Ledger,
    privacy::EmailKey,
    providers::{AccountKey, Breaker, Breakers, BuyerConfirmation, Provider},
    seal::Sealer,
    store::Store,
};

/// Opens clients for integrations.
#[derive(Clone)]
pub struct ProviderRegistry {
    pub store: Store,
    pub clock: Clock,
    pub sealer: Arc<Sealer>,
    pub outbound: Outbound,
    pub breakers: Arc<Breakers>,
    /// Hashes buyers' e-mail addresses.
    pub email_key: Arc<EmailKey>,
    pub credit: CreditService,
}

/// The assumed length in bytes of an order whose length is not known.
const LONG_ORDER: usize = 1 << 20;

/// One integration's account at its provider, ready to be called.
pub struct ProviderClient {
    pub opened: OpenAccount,
    /// The length in bytes of the payment's order as it was sent; answers grow with it.
    order_bytes: usize,
    breaker: Arc<Breaker>,
    outbound: Outbound,
    clock: Clock,
}

impl ProviderRegistry {
    /// The client of an integration, even of a deactivated one: existing payments continue.
    pub async fn client(&self, id: IntegrationId) -> Result<ProviderClient, NoAccount> {
        Ok(self.opened(account::open(&self.store, &self.sealer, id).await?))
    }

    /// The client of an account that was opened.
    pub fn opened(&self, opened: OpenAccount) -> ProviderClient {
        ProviderClient {
            order_bytes: LONG_ORDER,
            breaker: self.breakers.of(&opened.integration.to_string()),
            outbound: self.outbound.clone(),
            clock: self.clock.clone(),
            opened,
        }
    }
}

impl ProviderClient {
    /// The same client with the order length of one payment.
    pub fn about(mut self, ledger: &Ledger) -> Self {
        let known = ledger.purchase().and_then(|it| it.details.order_bytes);
        self.order_bytes = known.map_or(LONG_ORDER, |bytes| bytes as usize);
        self
    }

    /// The provider behind its circuit breaker, which holds calls back while the provider does not answer.
    pub fn provider(&self) -> Provider<'_> {
        self.opened
            .provider(&self.outbound, &self.breaker, &self.clock, self.order_bytes)
    }

    /// The data for the popup of a stored order. `account` is the one that the order was made for.
    pub fn confirmation(
        &self,
        account: &AccountKey,
        order_text: &str,
    ) -> Result<BuyerConfirmation, Problem> {
        let kind = self.opened.kind();
        let confirmation = kind.confirmation(account.origin(), &self.opened.api_key, order_text);
        confirmation.map_err(Problem::internal)
    }
}
