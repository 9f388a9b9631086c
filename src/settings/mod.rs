//! The settings of the whole shop.
//!
//! They are few and change rarely. Checkout reads them from its rulebook, so a change takes a revision like a change of
//! a rule.

mod accounts;
mod http;
pub mod installation;
mod manage;
pub mod store;

pub use accounts::{Accounts, LedgerAccount};
pub use http::routes;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The shop's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "merchantCountry": "US", "defaultLocale": "en-US", "eventSource": null, "accounts": { "receivable": "1200", "providerReceivable": "1210", "revenue": "4000", "fees": "6800", "returns": "4100", "cash": "1000" } }))]
pub struct ShopSettings {
    /// The shop's country, as an ISO 3166-1 code. Expressions see it as `merchantCountry`.
    #[schema(example = "US")]
    pub merchant_country: Option<String>,
    /// The language of the default labels, as a BCP 47 tag. Callers who read this language best get the default labels,
    /// and callers who name no language get the labels in this language. If null, the default labels have no language
    /// and are shown only where no translation fits.
    #[schema(example = "en-US")]
    pub default_locale: Option<String>,
    /// The `source` of events, as an absolute URI. If null, it is `urn:onterms:` followed by the id of this
    /// installation.
    #[schema(example = "https://shop.example/payments")]
    pub event_source: Option<String>,
    /// The codes of the accounts in the journal. A code that is left out or null has its default value.
    #[serde(default)]
    #[schema(required = false)]
    pub accounts: Accounts,
}
