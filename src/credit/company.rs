//! Handles webhooks about companies and their credit: cached credit is dropped, and an event is made for the feed.
//!
//! A webhook is only a hint, so the company is read back. The event has the present state, whatever the order of
//! webhooks.

use super::{
    entry::Outdated,
    service::{CreditService, CreditUnread},
};
use crate::{
    events::{CompanyEventData, EventDraft, EventType},
    ids::IntegrationId,
    pii::Email,
    providers::{ProviderError, ProviderId},
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
        let forgotten = self.forget(integration, self.outdated_by(news)).await;
        forgotten.map_err(|error| CreditUnread::Failed(error.to_string()))?;
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
        let mut outdated: Vec<Outdated> = news
            .account
            .iter()
            .cloned()
            .map(Outdated::Account)
            .collect();
        outdated.extend(
            news.emails
                .iter()
                .map(|email| Outdated::Buyer(self.hash(email))),
        );
        if outdated.is_empty() {
            return vec![Outdated::All];
        }
        // A buyer without an account may have one now.
        if news.kind != EventType::CreditChanged {
            outdated.push(Outdated::WithoutAccount);
        }
        outdated
    }
}
