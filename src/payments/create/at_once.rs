//! Fast path for the first attempt to pay an order, the usual case: nothing is read before the write.

use super::{CreateResult, Creation, attempt::FIRST};
use crate::{
    integrations::account::SealedAccount,
    payment_methods::CreditCheck,
    payments::{
        PaymentError,
        event::Source,
        record::Record,
        store::{self, Beginning, Written},
    },
    store::{Conn, StoreError, Tx},
};

impl Creation {
    /// Begins the first attempt to pay an order. `None`, with nothing written, if it is not the first, if the request's
    /// key was used, or if something forbids it; the caller then checks step by step.
    pub(super) async fn at_once(&self) -> Result<Option<CreateResult>, PaymentError> {
        let credit = self.judged.credit.as_ref();
        // These requests call the provider, which a repeated request must not do again.
        let asks =
            self.new.buyer.is_some() || credit.is_some_and(|it| it.check == CreditCheck::Require);
        if asks || self.service.admit(&self.new, &self.judged).await.is_err() {
            return Ok(None);
        }
        let account = match self.new.method.kind.has_provider() {
            true => match self.known_account().await? {
                None => return Ok(None),
                found => found,
            },
            false => None,
        };
        let by = self.service.cause(Source::Caller);
        let account_version = account.as_ref().map(|account| account.version);
        let Ok(client) = self.client(account) else {
            return Ok(None);
        };
        let Ok(attempt) = self.attempt(client.as_ref(), None, by, FIRST) else {
            return Ok(None);
        };
        let beginning = Beginning {
            written: Written::new(&attempt.payment.ledger),
            record: Record::of(&attempt.payment.ledger, &self.context.actor),
            checkout: attempt.checkout,
            key: self.context.key.clone(),
            account_version,
            at: by.at,
        };
        if !beginning.written.is_reported_once() {
            return Ok(None);
        }
        let write = move |tx: &mut Tx<'_>| store::begin(tx, &beginning);
        match self.service.store().write_one(write).await {
            Ok(true) => {
                let payment = attempt.payment.written(Vec::new());
                self.start(payment, attempt.intent, client).await.map(Some)
            }
            Ok(false) | Err(StoreError::Conflict { .. } | StoreError::Reference) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The account of the method, from the cache or else from the database. The write detects whether it has changed.
    async fn known_account(&self) -> Result<Option<SealedAccount>, StoreError> {
        let id = self.new.method.integration;
        if let Some(known) = self.service.0.known_accounts.get(id) {
            return Ok(Some(known));
        }
        let find = move |conn: &mut Conn| Ok::<_, StoreError>(SealedAccount::find(conn, id).ok());
        let found = self.service.store().snapshot(find).await?;
        if let Some(account) = &found {
            self.service.0.known_accounts.keep(account);
        }
        Ok(found)
    }
}
