//! Checks an account by reading its merchant at Apruve, and describes what is wrong in sentences for administrators.
//!
//! A refusal by Apruve or a network failure is the result of a check and not an error of the operation.

use serde::Serialize;
use utoipa::ToSchema;

use super::settings::ApruveSettings;
use crate::providers::{Later, ProviderError, ProviderId};
use crate::{
    http::problem::FieldError, payment_methods::store::apruve_origin, providers::apruve::Account,
    string_enum::string_enum,
};

string_enum! {
    /// The outcome of a check.
    ConnectionOutcome as "ConnectionOutcome" {
        /// Apruve accepts the key and knows the merchant.
        Ok = "ok",
        /// Apruve rejects the key.
        InvalidApiKey = "invalid_api_key",
        /// Apruve accepts the key, but does not know the merchant, or the key belongs to another merchant.
        MerchantNotFound = "merchant_not_found",
        /// Apruve gave no usable response.
        Unreachable = "unreachable",
    }
}

/// A warning about a setting that works and will still cause trouble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ConnectionWarning)]
pub struct Warning {
    /// A stable code of the warning.
    #[schema(example = "no_webhook_key")]
    pub code: &'static str,
    /// The effect of the setting, and what would help.
    pub message: &'static str,
}

impl From<Warning> for FieldError {
    fn from(Warning { code, message }: Warning) -> Self {
        FieldError {
            pointer: None,
            ..FieldError::at("", code, message)
        }
    }
}

/// The result of a connection check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionCheck {
    /// The outcome of the check.
    pub result: ConnectionOutcome,
    /// The outcome as a sentence.
    #[schema(example = "Apruve accepts the API key and knows the merchant as `Acme Supplies`.")]
    pub message: String,
    /// Warnings about settings that will cause trouble even if the connection works.
    pub warnings: Vec<Warning>,
    /// The name of the merchant at Apruve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_name: Option<String>,
}

/// Why an account is not usable, as a sentence for its administrator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Apruve does not take the key.
    #[error("{0}")]
    BadKey(String),
    /// The key is good, the merchant is not.
    #[error("{0}")]
    NoMerchant(String),
    /// No usable response.
    #[error("{0}")]
    Unreachable(String),
    /// The call has to be repeated later.
    #[error("Apruve could not be called: {0}. Try again later.")]
    Later(Later),
}

const TEST_KEY_DROPPED: Warning = Warning {
    code: "test_webhook_key_dropped",
    message: "`webhookPublicKeys` had the key of Apruve's test environment, which was dropped with `testMode`: webhooks are verified with the other keys only.",
};

const TEST_KEY: Warning = Warning {
    code: "test_webhook_key",
    message: "`webhookPublicKeys` has the key of Apruve's test environment although `testMode` is off: what the test environment signs is accepted here.",
};

const TEST_HOST: Warning = Warning {
    code: "test_host",
    message: "`baseUrl` is Apruve's test host although `testMode` is off: no money moves there.",
};

const NO_WEBHOOK_KEY: Warning = Warning {
    code: "no_webhook_key",
    message: "`webhookPublicKeys` is empty: webhooks cannot be verified until Apruve's public key is added.",
};

/// The warnings about settings that will cause trouble although the account may work.
fn warnings(settings: &ApruveSettings) -> Vec<Warning> {
    let live = !settings.test_mode;
    let table = [
        (settings.webhook_public_keys.is_empty(), NO_WEBHOOK_KEY),
        (live && settings.has_test_key(), TEST_KEY),
        (live && settings.origin() == apruve_origin(true), TEST_HOST),
    ];
    let holds = table.into_iter().filter(|(holds, _)| *holds);
    holds.map(|(_, warning)| warning).collect()
}

/// The side effects of a change of settings, as warnings.
pub fn warnings_of_change(before: &ApruveSettings, after: &ApruveSettings) -> Vec<Warning> {
    let went_live = before.test_mode && !after.test_mode;
    if !went_live || !before.has_test_key() {
        return Vec::new();
    }
    let none_left = after.webhook_public_keys.is_empty();
    let mut warnings = vec![TEST_KEY_DROPPED];
    warnings.extend(none_left.then_some(NO_WEBHOOK_KEY));
    warnings
}

/// Checks an account. No transaction is open during the call.
pub async fn check(account: &Account<'_>, settings: &ApruveSettings) -> ConnectionCheck {
    let merchant = match ProviderId::parse(&settings.merchant_id) {
        Some(id) => account.merchant(&id).await,
        None => Err(ProviderError::NotFound),
    };
    let (result, message, merchant_name) = match merchant {
        Ok(merchant) if merchant.id.as_str() != settings.merchant_id => {
            let message = format!(
                "{} takes the API key and answers with merchant `{}` instead of `{}`; enter the id of the merchant that the key is for.",
                settings.origin(),
                merchant.id,
                settings.merchant_id
            );
            (ConnectionOutcome::MerchantNotFound, message, merchant.name)
        }
        Ok(merchant) => {
            let message = match &merchant.name {
                Some(name) => {
                    format!("Apruve accepts the API key and knows the merchant as `{name}`.")
                }
                None => "Apruve accepts the API key and knows the merchant.".to_owned(),
            };
            (ConnectionOutcome::Ok, message, merchant.name)
        }
        Err(error) => {
            let trouble = Trouble::of(&error, settings);
            let result = match trouble {
                Trouble::BadKey(_) => ConnectionOutcome::InvalidApiKey,
                Trouble::NoMerchant(_) => ConnectionOutcome::MerchantNotFound,
                Trouble::Unreachable(_) | Trouble::Later(_) => ConnectionOutcome::Unreachable,
            };
            (result, trouble.to_string(), None)
        }
    };
    ConnectionCheck {
        result,
        message,
        warnings: warnings(settings),
        merchant_name,
    }
}

impl Trouble {
    /// Apruve does not take the key.
    pub fn bad_key(settings: &ApruveSettings, status: u16) -> Self {
        Trouble::BadKey(format!(
            "{} rejected the API key with status {status}; keys of its test and production environments differ.",
            settings.origin()
        ))
    }

    /// Describes a failed read of the account.
    pub fn of(error: &ProviderError, settings: &ApruveSettings) -> Self {
        let origin = settings.origin();
        match error {
            ProviderError::Unauthorized(_, status) => Trouble::bad_key(settings, *status),
            ProviderError::NotFound => Trouble::NoMerchant(format!(
                "{origin} has no merchant `{}` for this API key.",
                settings.merchant_id
            )),
            ProviderError::NotSent(cause) => {
                Trouble::Unreachable(format!("No connection to {origin} could be made: {cause}."))
            }
            ProviderError::NoAnswer(cause) => Trouble::Unreachable(format!(
                "{origin} did not answer in time or broke off: {cause}."
            )),
            ProviderError::Status(_, status @ 300..=399) => Trouble::Unreachable(format!(
                "{origin} sent us elsewhere with status {status}; redirects are not followed, so `baseUrl` is probably wrong."
            )),
            ProviderError::Later(later) => Trouble::Later(later.clone()),
            ProviderError::Status(_, status) => Trouble::Unreachable(format!(
                "{origin} answered with status {status}, which is neither a yes nor a no."
            )),
            ProviderError::Unreadable(kind, cause) => Trouble::Unreachable(format!(
                "{origin} answered, but not as {kind} does: {cause}."
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::providers::apruve::TEST_WEBHOOK_KEY;

    #[test]
    fn test_keys_and_the_test_host_are_warned_of_in_live_mode_only() {
        let host = "https://test.apruve.com";
        for (test_mode, base_url, key, expected) in [
            (false, None, "own", [].as_slice()),
            (false, None, TEST_WEBHOOK_KEY, &["test_webhook_key"]),
            (false, Some(host), "own", &["test_host"]),
            (
                false,
                Some(host),
                TEST_WEBHOOK_KEY,
                &["test_webhook_key", "test_host"],
            ),
            (false, Some("https://app.apruve.com"), "own", &[]),
            (true, None, TEST_WEBHOOK_KEY, &[]),
            (true, Some(host), TEST_WEBHOOK_KEY, &[]),
        ] {
            let settings: ApruveSettings = serde_json::from_value(json!({
                "merchantId": "a1", "testMode": test_mode, "currencies": ["USD"], "baseUrl": base_url,
                "webhookPublicKeys": [key], "financing": "apruve", "requiresShipment": false,
                "fundingAlertHours": 24, "apiKeyHint": "", "webhookTokenHint": "",
            }))
            .expect("settings");
            let codes: Vec<_> = warnings(&settings).iter().map(|it| it.code).collect();
            assert_eq!(codes, expected, "{test_mode} {base_url:?}");
        }
    }
}
