//! Calls about buying companies. A company belongs to one merchant, so every path begins with the merchant.

use super::Account;
use crate::providers::{CorporateAccount, List, ProviderError, ProviderId, ReadBack};

impl Account<'_> {
    /// Every company with a credit line at a merchant.
    pub async fn corporate_accounts(
        &self,
        merchant: &ProviderId,
    ) -> Result<List<ReadBack<CorporateAccount>>, ProviderError> {
        self.list(&path(merchant), &[]).await
    }

    /// The companies that a buyer's e-mail address belongs to, often none. If there are several,
    /// [`CorporateAccount::buyer`] helps to choose one.
    pub async fn corporate_accounts_by_email(
        &self,
        merchant: &ProviderId,
        email: &str,
    ) -> Result<List<ReadBack<CorporateAccount>>, ProviderError> {
        match self.list(&path(merchant), &[("email", email)]).await {
            // Apruve answers an unknown address with 404 or with an empty list.
            Err(ProviderError::NotFound) => Ok(List {
                items: Vec::new(),
                complete: true,
            }),
            listed => listed,
        }
    }

    /// Reads one company's account.
    pub async fn corporate_account(
        &self,
        merchant: &ProviderId,
        id: &ProviderId,
    ) -> Result<ReadBack<CorporateAccount>, ProviderError> {
        self.read_by_id(&path(merchant), id).await
    }
}

fn path(merchant: &ProviderId) -> [&str; 3] {
    ["merchants", merchant.as_str(), "corporate_accounts"]
}
