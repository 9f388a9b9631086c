//! The settings of an Apruve account.

mod credit;
mod read;

pub(super) use read::read;

use serde::{Deserialize, Serialize};

use super::AccountOrigin;
use crate::{
    money::Currency,
    payment_methods::{CreditPolicy, store::apruve_origin},
    providers::apruve::TEST_WEBHOOK_KEY,
    string_enum::string_enum,
};

string_enum! {
    /// Who finances the time until the buyer pays.
    Financing as "Financing" {
        /// The provider pays the shop within a day of an invoice.
        Provider = "apruve",
        /// The shop waits for the buyer's payment.
        Own = "self",
    }
}

/// The settings that are stored in plain text. The API key and the webhook token are sealed elsewhere; only hints are
/// here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApruveSettings {
    pub merchant_id: String,
    pub test_mode: bool,
    /// Carts in other currencies cannot be paid with this account.
    pub currencies: Vec<Currency>,
    /// The host, if it is not the one that `test_mode` selects.
    pub base_url: Option<AccountOrigin>,
    /// Public keys in PEM. A webhook is accepted if one of them verifies it.
    pub webhook_public_keys: Vec<String>,
    pub financing: Financing,
    /// Whether Apruve pays only once an invoice has a shipment.
    pub requires_shipment: bool,
    /// The number of hours after which an invoice without money from Apruve is overdue.
    pub funding_alert_hours: u32,
    /// How credit and outages affect the method at checkout.
    #[serde(default)]
    pub credit: CreditPolicy,
    /// The end of the API key.
    pub api_key_hint: String,
    /// The end of the webhook token.
    pub webhook_token_hint: String,
}

impl ApruveSettings {
    /// The origin of this account's API.
    pub fn origin(&self) -> &str {
        self.base_url
            .as_ref()
            .map_or(apruve_origin(self.test_mode), AccountOrigin::as_str)
    }

    /// Whether webhooks signed with the key of Apruve's test environment are accepted.
    pub fn has_test_key(&self) -> bool {
        self.webhook_public_keys.iter().any(|key| is_test_key(key))
    }

    /// The changed fields that select another account or host; if there are any, the API key must be given again.
    pub fn fields_that_move(&self, to: &ApruveSettings) -> Vec<&'static str> {
        let fields = [
            ("merchantId", self.merchant_id != to.merchant_id),
            ("testMode", self.test_mode != to.test_mode),
            ("baseUrl", self.base_url != to.base_url),
        ];
        let moved = fields.into_iter().filter(|(_, differs)| *differs);
        moved.map(|(name, _)| name).collect()
    }
}

/// Whether this is the key of Apruve's test environment, ignoring line breaks.
pub(super) fn is_test_key(pem: &str) -> bool {
    let letters = |text: &str| text.split_whitespace().collect::<String>();
    letters(pem) == letters(TEST_WEBHOOK_KEY)
}

/// The hint of a secret: `…` and its last four characters; `…` alone if it has at most four.
pub(in crate::integrations) fn hint(secret: &str) -> String {
    let count = secret.chars().count();
    let shown = if count > 4 { 4 } else { 0 };
    std::iter::once('…')
        .chain(secret.chars().skip(count - shown))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{TEST_WEBHOOK_KEY, hint, is_test_key};

    #[test]
    fn the_test_key_is_known_however_its_lines_are_broken() {
        let unix = TEST_WEBHOOK_KEY;
        for pem in [
            unix,
            &unix.replace('\n', "\r\n"),
            unix.trim(),
            &format!(" {unix}\n"),
        ] {
            assert!(is_test_key(pem), "{pem}");
        }
        assert!(!is_test_key(&unix.replacen('A', "B", 1)));
        assert!(!is_test_key(""));
    }

    #[test]
    fn a_hint_shows_the_last_four_characters_and_never_a_whole_secret() {
        assert_eq!(hint("0123456789abcdef9f3c"), "…9f3c");
        assert_eq!(hint("a9f3c"), "…9f3c");
        assert_eq!(hint("9f3c"), "…");
        assert_eq!(hint(""), "…");
    }
}
