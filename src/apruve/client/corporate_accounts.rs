//! Calls about buying companies. They belong to one merchant each, so that every path begins with it.

use super::{Account, CallError, Listing, ReadBack};
use crate::apruve::{id::ApruveId, model::CorporateAccount};

impl Account<'_> {
    /// Every company with a credit line at a merchant.
    pub async fn corporate_accounts(
        &self,
        merchant: &ApruveId,
    ) -> Result<Listing<CorporateAccount>, CallError> {
        self.list(&path(merchant), &[]).await
    }

    /// The companies that a buyer's e-mail address belongs to, often none. Which of several it is to be,
    /// [`CorporateAccount::buyer`] may tell.
    pub async fn corporate_accounts_by_email(
        &self,
        merchant: &ApruveId,
        email: &str,
    ) -> Result<Listing<CorporateAccount>, CallError> {
        match self.list(&path(merchant), &[("email", email)]).await {
            // An address that Apruve does not know is answered either way.
            Err(CallError::NotFound) => Ok(Listing {
                items: Vec::new(),
                complete: true,
            }),
            listed => listed,
        }
    }

    /// Reads one company's account.
    pub async fn corporate_account(
        &self,
        merchant: &ApruveId,
        id: &ApruveId,
    ) -> Result<ReadBack<CorporateAccount>, CallError> {
        self.read_by_id(&path(merchant), id).await
    }
}

fn path(merchant: &ApruveId) -> [&str; 3] {
    ["merchants", merchant.as_str(), "corporate_accounts"]
}
