//! Payment providers in neutral terms: ids, snapshots, commands and errors. [`apruve`] is the only one so far.
//!
//! A second provider is one more folder here, one more variant of [`Provider`], and its settings in `integrations`.

mod account_key;
pub mod apruve;
mod breaker;
mod command;
mod corporate_account;
mod drafts;
mod error;
mod event;
mod id;
mod invoice;
mod kind;
mod observer;
mod retry;
mod snapshot;
mod text;

use apruve::Account;

pub use account_key::AccountKey;
pub use apruve::{BadSignature, PublicKey, SIGNATURE_HEADER, verify};
pub use breaker::{Breaker, Breakers, ProviderState};
pub use command::{Command, CommandOutcome, Created};
pub use corporate_account::{AuthorizedBuyer, CorporateAccount};
pub use drafts::{
    AddressDraft, BuyerConfirmation, ChargeDraft, InvoiceDraft, LineDraft, OrderBuyer, OrderDraft,
    ReturnDraft, ShipmentDraft,
};
pub use error::ProviderError;
pub use event::{CompanyNoun, EventResource, ParsedEvent, Unintelligible};
pub use id::ProviderId;
pub use invoice::{Funding, InvoiceLine, InvoiceStatus, quantity_of};
pub use kind::{ProviderKind, WEBHOOK_SENDER};
pub use observer::{AccountObserver, CallObservation};
pub use retry::{Later, RetryAfterHeader};
pub use snapshot::{
    FundingSnapshot, InvoiceSnapshot, List, OrderSnapshot, OrderState, OrderView, ProviderSnapshot,
    ReturnSnapshot, ShipmentSnapshot,
};
pub use text::CleanText;

/// An account at a payment provider.
pub enum Provider<'a> {
    Apruve(Account<'a>),
}

impl Provider<'_> {
    /// Reads a webhook of [`WEBHOOK_SENDER`].
    pub fn parse_event(body: &[u8]) -> ParsedEvent {
        apruve::parse_event(body)
    }

    /// Sends a command once, without a retry.
    pub async fn perform(&self, command: Command) -> CommandOutcome {
        match self {
            Provider::Apruve(account) => account.perform(command).await,
        }
    }

    /// Reads one order.
    pub async fn order(&self, id: &ProviderId) -> Result<OrderSnapshot, ProviderError> {
        match self {
            Provider::Apruve(account) => account.order(id).await,
        }
    }

    /// Reads an order by its id, with its invoices; without an id, reads the orders that carry our number.
    pub async fn snapshot(
        &self,
        id: Option<&ProviderId>,
        number: &str,
    ) -> Result<ProviderSnapshot, ProviderError> {
        match self {
            Provider::Apruve(account) => account.snapshot(id, number).await,
        }
    }

    /// Reads the invoices of an order with their shipments and returns. A list of these that cannot be read is `None`.
    pub async fn invoices(
        &self,
        order: &ProviderId,
    ) -> Result<List<InvoiceSnapshot>, ProviderError> {
        match self {
            Provider::Apruve(account) => account.invoice_snapshots(order).await,
        }
    }

    /// Reads an invoice and returns the id of its order.
    pub async fn order_of_invoice(
        &self,
        id: &ProviderId,
    ) -> Result<Option<ProviderId>, ProviderError> {
        match self {
            Provider::Apruve(account) => Ok(account.invoice(id).await?.order),
        }
    }

    /// Reads one buying company.
    pub async fn company(
        &self,
        merchant: &ProviderId,
        id: &ProviderId,
    ) -> Result<CorporateAccount, ProviderError> {
        match self {
            Provider::Apruve(account) => account.corporate_account(merchant, id).await,
        }
    }

    /// The companies that a buyer's e-mail address belongs to.
    pub async fn accounts_of(
        &self,
        merchant: &ProviderId,
        email: &str,
    ) -> Result<List<CorporateAccount>, ProviderError> {
        match self {
            Provider::Apruve(account) => account.corporate_accounts_by_email(merchant, email).await,
        }
    }
}
