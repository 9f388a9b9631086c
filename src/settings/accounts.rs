//! The codes of the accounts in the shop's books, for the journal.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::string_enum::string_enum;

string_enum! {
    /// An account in the shop's books.
    LedgerAccount as "Account" {
        /// The amounts that buyers owe the shop.
        Receivable = "receivable",
        /// The amounts that providers owe the shop.
        ProviderReceivable = "providerReceivable",
        Revenue = "revenue",
        /// The fees that providers keep.
        Fees = "fees",
        /// The amounts that were taken off or given back.
        Returns = "returns",
        Cash = "cash",
    }
}

/// The code of each account in the shop's books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = AccountCodes)]
pub struct Accounts {
    /// The account of the amounts that buyers owe the shop. The default is 1200.
    #[schema(example = "1200", required = false, min_length = 1, max_length = 64)]
    pub receivable: String,
    /// The account of the amounts that providers owe the shop. The default is 1210.
    #[schema(example = "1210", required = false, min_length = 1, max_length = 64)]
    pub provider_receivable: String,
    /// The revenue account. The default is 4000.
    #[schema(example = "4000", required = false, min_length = 1, max_length = 64)]
    pub revenue: String,
    /// The account of the fees that providers keep. The default is 6800.
    #[schema(example = "6800", required = false, min_length = 1, max_length = 64)]
    pub fees: String,
    /// The account of the amounts that were taken off or given back. The default is 4100.
    #[schema(example = "4100", required = false, min_length = 1, max_length = 64)]
    pub returns: String,
    /// The cash account. The default is 1000.
    #[schema(example = "1000", required = false, min_length = 1, max_length = 64)]
    pub cash: String,
}

impl Default for Accounts {
    fn default() -> Self {
        Accounts {
            receivable: "1200".to_owned(),
            provider_receivable: "1210".to_owned(),
            revenue: "4000".to_owned(),
            fees: "6800".to_owned(),
            returns: "4100".to_owned(),
            cash: "1000".to_owned(),
        }
    }
}

impl Accounts {
    /// The code of an account.
    pub fn code(&self, account: LedgerAccount) -> &str {
        match account {
            LedgerAccount::Receivable => &self.receivable,
            LedgerAccount::ProviderReceivable => &self.provider_receivable,
            LedgerAccount::Revenue => &self.revenue,
            LedgerAccount::Fees => &self.fees,
            LedgerAccount::Returns => &self.returns,
            LedgerAccount::Cash => &self.cash,
        }
    }

    /// The code of an account, for setting it.
    pub fn code_mut(&mut self, account: LedgerAccount) -> &mut String {
        match account {
            LedgerAccount::Receivable => &mut self.receivable,
            LedgerAccount::ProviderReceivable => &mut self.provider_receivable,
            LedgerAccount::Revenue => &mut self.revenue,
            LedgerAccount::Fees => &mut self.fees,
            LedgerAccount::Returns => &mut self.returns,
            LedgerAccount::Cash => &mut self.cash,
        }
    }
}
