//! Drops outdated entries in every replica: after webhooks about companies and their credit, and after money moved.
//!
//! A webhook is only a hint, so the company is read back for the event in the feed. The event has the present state,
//! whatever the order of webhooks.

use super::{
    entry::{CreditKey, Outdated},
    service::{CreditService, CreditUnread, failed},
    store,
};
use crate::{
    error_chain,
    events::{CompanyEventData, EventDraft, EventType},
    ids::IntegrationId,
    pii::Email,
    privacy::EmailHash,
    providers::{ProviderError, ProviderId},
    store::StoreError,
    trace,
};

/// A webhook about a company.
#[derive(Clone)]
pub struct CompanyNews {
    pub kind: EventType,
    /// The company's account, if the webhook named it.
    pub account: Option<ProviderId>,
    /// The buyers that the webhook named.
    pub emails: Vec<Email>,
}

impl CreditService {
    /// Drops the entries that the webhook makes outdated, reads the company, and returns the event for the feed; `None`
    /// if the provider does not know the company.
    pub async fn company_changed(
        &self,
        integration: IntegrationId,
        news: &CompanyNews,
    ) -> Result<Option<EventDraft>, CreditUnread> {
        let opened = self.account(integration).await?;
        let forgotten = self.forget(integration, self.outdated_by(news));
        forgotten.await.map_err(failed)?;
        let mut data = CompanyEventData {
            id: news.account.as_ref().map(ToString::to_string),
            integration_id: integration,
            name: None,
            status: None,
            disabled_at: None,
        };
        if let Some(account) = &news.account {
            let parts = self.parts();
            let breaker = parts.breakers.of(&integration.to_string());
            let provider = opened.provider(&parts.outbound, &breaker, &parts.clock, 0);
            match provider.company(&opened.merchant, account).await {
                Ok(company) => {
                    data.name.clone_from(&company.name);
                    data.status.clone_from(&company.status);
                    data.disabled_at = company.disabled_at;
                }
                Err(ProviderError::NotFound) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        // The feed is in the order of our clock, so the time in the webhook does not count.
        let event = EventDraft::of_company(news.kind, self.now(), &data);
        Ok(Some(event))
    }

    fn outdated_by(&self, news: &CompanyNews) -> Vec<Outdated> {
        let account = news.account.iter().cloned().map(Outdated::Account);
        let buyers = news.emails.iter().map(|email| self.hash(email));
        let mut outdated: Vec<Outdated> = account.chain(buyers.map(Outdated::Buyer)).collect();
        if outdated.is_empty() {
            return vec![Outdated::All];
        }
        // A buyer without an account may have one now.
        if news.kind != EventType::CreditChanged {
            outdated.push(Outdated::WithoutAccount);
        }
        outdated
    }

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
