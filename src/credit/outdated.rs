//! Drops outdated entries in every replica.

use super::{
    entry::{CreditKey, Outdated},
    service::{CreditService, CreditUnread, failed},
    store,
};
use crate::{
    error_chain, ids::IntegrationId, privacy::EmailHash, providers::ProviderId, store::StoreError,
    trace,
};

impl CreditService {
    /// Drops outdated entries: in this replica at once, in other replicas when they next read the log of changes.
    pub async fn forget(
        &self,
        integration: IntegrationId,
        outdated: Vec<Outdated>,
    ) -> Result<(), StoreError> {
        let (store, now) = (&self.parts().store, self.now());
        store
            .write(move |tx| {
                outdated
                    .iter()
                    .try_for_each(|it| store::drop_outdated(tx, integration, it, now))
            })
            .await?;
        self.catch_up(store, false).await
    }

    /// Reports that money of a buyer moved, which makes all entries of the buyer's company outdated. A background task
    /// drops them and reads this buyer's entry again, if there was one.
    pub fn money_moved(&self, integration: IntegrationId, email: EmailHash) {
        let service = self.clone();
        let key = CreditKey { integration, email };
        tokio::spawn(trace::carried(async move {
            if let Err(error) = service.read_again(&key).await {
                let error = error_chain::chain(&error);
                tracing::warn!(error, %integration, "the credit after a move of money is not known");
            }
        }));
    }

    async fn read_again(&self, key: &CreditKey) -> Result<(), CreditUnread> {
        let (id, store) = (key.row(), &self.parts().store);
        let read = store.snapshot(move |conn| store::find(conn, &id));
        // This buyer's credit was never requested, so there is nothing to refresh.
        let (Some(row), _) = read.await.map_err(failed)? else {
            return Ok(());
        };
        let (email, entry) = self.open(&row)?;
        let accounts = entry.accounts.iter();
        let mut outdated: Vec<Outdated> = accounts
            .filter_map(|it| ProviderId::parse(&it.id))
            .map(Outdated::Account)
            .collect();
        outdated.push(Outdated::Buyer(key.email.clone()));
        self.forget(key.integration, outdated)
            .await
            .map_err(failed)?;
        self.refresh(key.clone(), email);
        Ok(())
    }
}
