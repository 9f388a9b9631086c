//! Speaks with Apruve for payments: our commands out, its answers and pictures back in our words. Nobody else in this room
//! knows how Apruve says things.

mod command;
mod views;

use std::sync::Arc;

use crate::{
    apruve::{Account, ApruveId, Breaker, Breakers, CallError, CorporateAccount, Listing},
    clock::Clock,
    ids::IntegrationId,
    integrations::account::{self, NoAccount, OpenAccount},
    outbound::Outbound,
    payments::{
        ledger::Ledger,
        payment::{ProviderOrderRef, account_key},
        snapshot::{InvoiceSnapshot, List, OrderSnapshot, OrderView, ProviderSnapshot},
    },
    privacy::EmailKey,
    seal::Sealer,
    store::Store,
};

pub use command::{Command, CommandOutcome, Created};

/// What opens lines to providers.
#[derive(Clone)]
pub struct ProviderRegistry {
    pub store: Store,
    pub clock: Clock,
    pub sealer: Arc<Sealer>,
    pub outbound: Outbound,
    pub breakers: Arc<Breakers>,
    /// Hashes buyers' e-mail addresses.
    pub email_key: Arc<EmailKey>,
}

/// As long as an order may be of which nothing is known yet.
const LONG_ORDER: usize = 1 << 20;

/// One integration's account at Apruve, ready to be called.
pub struct ProviderClient {
    pub opened: OpenAccount,
    /// How long the order that it is about was when it was sent; answers grow with it.
    order_bytes: usize,
    breaker: Arc<Breaker>,
    outbound: Outbound,
    clock: Clock,
}

impl ProviderRegistry {
    /// The line of an integration, whether it is switched on or not: payments that exist go on.
    pub async fn client(&self, id: IntegrationId) -> Result<ProviderClient, NoAccount> {
        Ok(ProviderClient {
            opened: account::open(&self.store, &self.sealer, id).await?,
            order_bytes: LONG_ORDER,
            breaker: self.breakers.of(&id.to_string()),
            outbound: self.outbound.clone(),
            clock: self.clock.clone(),
        })
    }
}

impl ProviderClient {
    /// The same for the order of one payment.
    pub fn about(mut self, ledger: &Ledger) -> Self {
        let known = ledger.purchase().and_then(|it| it.details.order_bytes);
        self.order_bytes = known.map_or(LONG_ORDER, |bytes| bytes as usize);
        self
    }

    /// The account at Apruve; calls are held back while it does not answer.
    pub fn account(&self) -> Account<'_> {
        self.opened
            .at(&self.outbound)
            .guarded(&self.breaker, &self.clock)
            .about_order_of(self.order_bytes)
    }

    /// By which orders of this account are bound once.
    pub fn account_key(&self) -> String {
        account_key(self.opened.settings.origin(), self.opened.merchant.as_str())
    }

    /// One order.
    pub async fn order(&self, id: &ApruveId) -> Result<OrderSnapshot, CallError> {
        Ok(views::order(&self.account().order(id).await?))
    }

    /// The order of one invoice.
    pub async fn order_of_invoice(&self, id: &ApruveId) -> Result<Option<ApruveId>, CallError> {
        Ok(self.account().invoice(id).await?.order_id.clone())
    }

    /// The companies a buyer's e-mail address belongs to.
    pub async fn accounts_of(&self, email: &str) -> Result<Listing<CorporateAccount>, CallError> {
        self.account()
            .corporate_accounts_by_email(&self.opened.merchant, email)
            .await
    }

    /// Everything about one payment's order. What could not be read of its parts is left out and says nothing.
    pub async fn snapshot(
        &self,
        provider_order: &ProviderOrderRef,
    ) -> Result<ProviderSnapshot, CallError> {
        let order = match &provider_order.id {
            Some(id) => match self.order(id).await {
                Ok(order) => OrderView::Bound(order),
                Err(CallError::NotFound) => OrderView::Gone,
                Err(error) => return Err(error),
            },
            None => OrderView::Candidates(self.orders_with(&provider_order.number).await?),
        };
        let (mut same_number, mut invoices) = (None, None);
        if let OrderView::Bound(order) = &order {
            same_number = self.orders_with(&provider_order.number).await.ok();
            invoices = Some(self.invoices(&order.id).await?);
        }
        Ok(ProviderSnapshot {
            order,
            same_number,
            invoices,
        })
    }

    /// The orders with one of our numbers.
    async fn orders_with(&self, number: &str) -> Result<List<OrderSnapshot>, CallError> {
        let account = self.account();
        let found = account.orders_by_merchant_order_id(number);
        let found = found.await.map_err(not_listed)?;
        Ok(List {
            items: found.items.iter().map(views::order).collect(),
            complete: found.complete,
        })
    }

    /// The invoices of an order. What could not be read of their parts is left out and says nothing.
    pub async fn invoices(&self, order: &ApruveId) -> Result<List<InvoiceSnapshot>, CallError> {
        let account = self.account();
        let found = account.invoices(order).await.map_err(not_listed)?;
        let mut items = Vec::with_capacity(found.items.len());
        for listed in &found.items {
            let id = &listed.id;
            let mut invoice = views::invoice(listed);
            let shipments = account.shipments(id).await.ok();
            invoice.shipments = shipments.map(|list| List {
                items: list.items.iter().map(views::shipment).collect(),
                complete: list.complete,
            });
            let returns = account.invoice_returns(id).await.ok();
            invoice.returns = returns.map(|list| List {
                items: list.items.iter().map(views::invoice_return).collect(),
                complete: list.complete,
            });
            items.push(invoice);
        }
        Ok(List {
            items,
            complete: found.complete,
        })
    }
}

/// That a list is not known says nothing about what is in it.
fn not_listed(error: CallError) -> CallError {
    match error {
        CallError::NotFound => CallError::Status(404),
        error => error,
    }
}
