//! Calls about where events go. Apruve has no call to change an endpoint, only to make and remove one.

use super::{Account, WriteOutcome};
use crate::providers::apruve::model::{WebhookEndpoint, WebhookEndpointDraft};
use crate::providers::{List, ProviderError, ProviderId, ReadBack};

impl Account<'_> {
    /// Where a merchant's events are posted to.
    pub async fn webhook_endpoints(
        &self,
        merchant: &ProviderId,
    ) -> Result<List<ReadBack<WebhookEndpoint>>, ProviderError> {
        self.list(&path(merchant), &[]).await
    }

    /// Has a merchant's events posted to one more address.
    pub async fn create_webhook_endpoint(
        &self,
        merchant: &ProviderId,
        url: &str,
    ) -> WriteOutcome<WebhookEndpoint> {
        let draft = WebhookEndpointDraft { url, version: "v4" };
        self.create(&path(merchant), &draft).await
    }

    /// Has a merchant's events no longer posted to an address.
    pub async fn delete_webhook_endpoint(
        &self,
        merchant: &ProviderId,
        id: &ProviderId,
    ) -> WriteOutcome<()> {
        self.delete(&[&path(merchant)[..], &[id.as_str()]].concat())
            .await
    }
}

fn path(merchant: &ProviderId) -> [&str; 3] {
    ["merchants", merchant.as_str(), "webhook_endpoints"]
}
