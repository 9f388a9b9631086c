//! What all work on payments shares: the database, the clock, the providers, and how a ledger is read and written.

use std::{str::FromStr, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    change::{PaymentChange, SavedChange},
    error::PaymentError,
    event::Source,
    gateway::{ProviderClient, ProviderRegistry},
    ledger::{Cause, Ledger},
    locks::PaymentLocks,
    projection::Projection,
    store::{self, Live},
};
use crate::{
    audit::Actor,
    auth::Websites,
    clock::Clock,
    idempotency::{self, Key},
    ids::{IntegrationId, PaymentId, TransactionId},
    integrations::account::{KnownAccounts, NoAccount},
    privacy::EmailHash,
    providers::Command,
    store::{Conn, Store, StoreError},
};

/// Maximum number of attempts to write a change. Each failure means that another writer succeeded.
pub(super) const ATTEMPTS: u8 = 12;

/// The use cases of payments; clones share everything.
#[derive(Clone)]
pub struct PaymentService(pub(super) Arc<PaymentServiceInner>);

pub(super) struct PaymentServiceInner {
    providers: ProviderRegistry,
    /// The longest duration of a call.
    pub call_lasts: TimeDelta,
    /// How long a checkout may stay without an order.
    pub attempt_lasts: TimeDelta,
    /// The locks of payments that are read back.
    pub locks: PaymentLocks,
    /// The cache of accounts as they were last read.
    pub known_accounts: KnownAccounts,
}

/// The caller of an operation, and the request's idempotency key.
#[derive(Clone, Debug)]
pub struct CallerContext {
    pub actor: Actor,
    pub key: Key,
    /// The websites that the caller may act for.
    pub websites: Websites,
}

/// What an operation is about to do.
pub struct Intent {
    /// The transaction it is.
    pub transaction: TransactionId,
    /// The command for the provider, if there is one.
    pub command: Option<Command>,
}

impl Intent {
    /// An operation without a command for the provider.
    pub fn without_command(transaction: TransactionId) -> Self {
        Intent {
            transaction,
            command: None,
        }
    }
}

impl PaymentService {
    /// `call_lasts` is the longest a call may take, `attempt_lasts` how long a checkout may stay without an order.
    pub fn new(
        providers: ProviderRegistry,
        call_lasts: TimeDelta,
        attempt_lasts: TimeDelta,
    ) -> Self {
        PaymentService(Arc::new(PaymentServiceInner {
            providers,
            call_lasts,
            attempt_lasts,
            locks: PaymentLocks::default(),
            known_accounts: KnownAccounts::default(),
        }))
    }

    /// The same for background work about `topic`.
    pub fn in_background(&self, topic: &'static str) -> Self {
        let providers = ProviderRegistry {
            store: self.store().in_background(topic),
            ..self.0.providers.clone()
        };
        PaymentService(Arc::new(PaymentServiceInner {
            providers,
            locks: self.0.locks.clone(),
            known_accounts: self.0.known_accounts.clone(),
            ..*self.0
        }))
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.providers.store
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.providers.clock
    }

    /// Opens the accounts at providers.
    pub fn providers(&self) -> &ProviderRegistry {
        &self.0.providers
    }

    /// The account of a payment's integration.
    pub async fn client(&self, ledger: &Ledger) -> Result<ProviderClient, NoAccount> {
        let client = self.providers().client(ledger.payment.integration_id);
        Ok(client.await?.about(ledger))
    }

    /// A payment in its current state.
    pub async fn ledger(&self, id: PaymentId) -> Result<Ledger, PaymentError> {
        let found = self.store().snapshot(move |conn| store::load(conn, id));
        found.await?.ok_or(PaymentError::NotFound)
    }

    /// Changes a ledger and writes it back. After a concurrent write, the change is decided again on the new state.
    pub async fn change(
        &self,
        mut ledger: Ledger,
        actor: &Actor,
        act: impl Fn(&mut Ledger),
    ) -> Result<Ledger, PaymentError> {
        let id = ledger.payment.id;
        for _ in 0..ATTEMPTS {
            act(&mut ledger);
            if let Some(saved) = self.save(ledger, actor).await? {
                return Ok(saved);
            }
            ledger = self.ledger(id).await?;
        }
        Err(PaymentError::Contended)
    }

    /// Writes a ledger back, and returns it without pending changes. `None` after a concurrent write.
    pub async fn save(
        &self,
        ledger: Ledger,
        actor: &Actor,
    ) -> Result<Option<Ledger>, PaymentError> {
        match self.write_change(PaymentChange::of(&ledger, actor)).await? {
            Some(saved) => Ok(Some(self.written(ledger, saved.live).await)),
            None => Ok(None),
        }
    }

    /// Writes a change. `None` after a concurrent write.
    pub async fn write_change(
        &self,
        change: PaymentChange,
    ) -> Result<Option<SavedChange>, PaymentError> {
        let credit = change.credit.clone();
        match self.store().write(move |tx| change.write(tx)).await {
            Ok(saved) => {
                self.credit_moved(credit);
                Ok(Some(saved))
            }
            Err(PaymentError::Contended) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Has the buyer's credit read again, if a change that was written used it or gave it back.
    pub(super) fn credit_moved(&self, credit: Option<(IntegrationId, EmailHash)>) {
        if let Some((integration, email)) = credit {
            self.providers().credit.money_moved(integration, email);
        }
    }

    /// A ledger after it was written. Where that moved another payment of the order, it is read again.
    pub(super) async fn written(&self, ledger: Ledger, live: Live) -> Ledger {
        let id = ledger.payment.id;
        let is_live = ledger.payment.live && Projection::of(&ledger).active;
        let saved = ledger.saved(is_live);
        match live {
            Live::Same => saved,
            // The write succeeded, so a failed read must not become an error.
            Live::Waits | Live::Settled | Live::Passed(_) => self.ledger(id).await.unwrap_or(saved),
        }
    }

    /// The transaction that an earlier request with this key began.
    pub(super) async fn operation_of(
        &self,
        key: &Key,
        now: DateTime<Utc>,
    ) -> Result<Option<TransactionId>, PaymentError> {
        let key = key.clone();
        let peek = move |conn: &mut Conn| idempotency::peek::<PaymentError>(conn, &key, now);
        let operation = self.store().read(peek).await?;
        Ok(operation.as_deref().map(read_operation).transpose()?)
    }

    /// The secure hashes that a payment's popup was given.
    pub async fn secure_hashes(&self, id: PaymentId) -> Result<Vec<String>, PaymentError> {
        let read = move |conn: &mut Conn| store::list_secure_hashes(conn, id);
        Ok(self.store().read(read).await?)
    }

    /// The cause of a change that is made now.
    pub fn cause(&self, source: Source) -> Cause {
        Cause {
            source,
            at: self.clock().now(),
        }
    }

    /// Who the audit log names for what a provider's answer changed.
    pub(super) fn provider_actor(&self, ledger: &Ledger, at: DateTime<Utc>) -> Actor {
        Actor {
            subject: ledger.payment.method_type.as_str().to_owned(),
            request_id: None,
            at,
        }
    }
}

/// The payment or transaction that an idempotency key of an operation belongs to.
pub(super) fn read_operation<T: FromStr>(operation: &str) -> Result<T, StoreError> {
    let unreadable = |_| StoreError::unreadable("the operation of an idempotency key");
    operation.parse().map_err(unreadable)
}
