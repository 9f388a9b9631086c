//! Calls about webhook endpoints. Apruve has no call to change an endpoint, only to create and delete one.

use super::{Account, WriteOutcome};
use crate::providers::apruve::model::{WebhookEndpoint, WebhookEndpointDraft};
use crate::providers::{List, ProviderError, ProviderId, ReadBack};

impl Account<'_> {
    /// Lists the addresses that a merchant's events are posted to.
    pub async fn webhook_endpoints(
        &self,
        merchant: &ProviderId,
    ) -> Result<List<ReadBack<WebhookEndpoint>>, ProviderError> {
        self.list(&path(merchant), &[]).await
    }

    /// Registers one more address for a merchant's events.
    pub async fn create_webhook_endpoint(
        &self,
        merchant: &ProviderId,
        url: &str,
    ) -> WriteOutcome<WebhookEndpoint> {
        let draft = WebhookEndpointDraft { url, version: "v4" };
        self.create(&path(merchant), &draft).await
    }

    /// Removes an address of a merchant's events.
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
