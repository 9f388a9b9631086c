//! The call about the shop itself.

use super::Account;
use crate::providers::apruve::model::Merchant;
use crate::providers::{ProviderError, ProviderId, ReadBack};

impl Account<'_> {
    /// Reads a merchant. A success also proves that the API key is valid.
    pub async fn merchant(&self, id: &ProviderId) -> Result<ReadBack<Merchant>, ProviderError> {
        self.read(&["merchants", id.as_str()]).await
    }
}
