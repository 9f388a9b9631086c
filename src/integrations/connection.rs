//! Asks Apruve whether an account works, by reading its merchant, and says in sentences what is wrong with one.
//!
//! What Apruve or the network says to a check is an outcome and not an error: the check itself did what it should.

use serde::Serialize;
use utoipa::ToSchema;

use super::settings::ApruveSettings;
use crate::{
    apruve::{Account, ApruveId, CallError},
    outbound::Outbound,
    secret::SecretText,
};

/// What became of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConnectionOutcome)]
pub enum Outcome {
    /// Apruve takes the key and knows the merchant.
    Ok,
    /// Apruve does not take the key.
    InvalidApiKey,
    /// The key is good, the merchant is not.
    MerchantNotFound,
    /// No usable answer came.
    Unreachable,
}

/// Something that works and will still cause trouble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ConnectionWarning)]
pub struct Warning {
    /// A stable word.
    #[schema(example = "no_webhook_key")]
    pub code: &'static str,
    /// What will happen and what would help.
    pub message: &'static str,
}

/// The answer to a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionCheck {
    pub result: Outcome,
    /// The result as a sentence.
    #[schema(example = "Apruve takes the API key and knows the merchant as `Acme Supplies`.")]
    pub message: String,
    /// What to mend although the connection may work.
    pub warnings: Vec<Warning>,
    /// What Apruve calls the merchant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_name: Option<String>,
}

/// Why an account gave nothing to work with, as a sentence for whoever set it up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Apruve does not take the key.
    #[error("{0}")]
    BadKey(String),
    /// The key is good, the merchant is not.
    #[error("{0}")]
    NoMerchant(String),
    /// No usable answer came.
    #[error("{0}")]
    Unreachable(String),
}

const NO_WEBHOOK_KEY: Warning = Warning {
    code: "no_webhook_key",
    message: "`webhookPublicKeys` is empty: webhooks cannot be verified until Apruve's public key is added.",
};

/// Reads the merchant with this key. No transaction is held meanwhile.
pub async fn check(
    outbound: &Outbound,
    settings: &ApruveSettings,
    api_key: &SecretText,
) -> ConnectionCheck {
    let account = Account::new(outbound, settings.origin(), api_key);
    let warnings = Vec::from_iter(
        settings
            .webhook_public_keys
            .is_empty()
            .then_some(NO_WEBHOOK_KEY),
    );
    let merchant = match ApruveId::parse(&settings.merchant_id) {
        Some(id) => account.merchant(&id).await,
        None => Err(CallError::NotFound),
    };
    match merchant {
        Ok(merchant) => ConnectionCheck {
            result: Outcome::Ok,
            message: match &merchant.name {
                Some(name) => {
                    format!("Apruve takes the API key and knows the merchant as `{name}`.")
                }
                None => "Apruve takes the API key and knows the merchant.".to_owned(),
            },
            warnings,
            merchant_name: merchant.into_inner().name,
        },
        Err(error) => {
            let trouble = Trouble::of(&error, settings);
            ConnectionCheck {
                result: match trouble {
                    Trouble::BadKey(_) => Outcome::InvalidApiKey,
                    Trouble::NoMerchant(_) => Outcome::MerchantNotFound,
                    Trouble::Unreachable(_) => Outcome::Unreachable,
                },
                message: trouble.to_string(),
                warnings,
                merchant_name: None,
            }
        }
    }
}

impl Trouble {
    /// Tells what a call that only reads came to.
    pub fn of(error: &CallError, settings: &ApruveSettings) -> Self {
        let origin = settings.origin();
        match error {
            CallError::Unauthorized(status) => Trouble::BadKey(format!(
                "{origin} refused the API key with status {status}; keys of its test and production environments differ."
            )),
            CallError::NotFound => Trouble::NoMerchant(format!(
                "{origin} has no merchant `{}` for this API key.",
                settings.merchant_id
            )),
            CallError::NotSent(cause) => {
                Trouble::Unreachable(format!("No connection to {origin} came about: {cause}."))
            }
            CallError::NoAnswer(cause) => Trouble::Unreachable(format!(
                "{origin} did not answer in time or broke off: {cause}."
            )),
            CallError::Status(status @ 300..=399) => Trouble::Unreachable(format!(
                "{origin} sent us elsewhere with status {status}; redirects are not followed, so `baseUrl` is probably wrong."
            )),
            CallError::Status(429) => Trouble::Unreachable(format!(
                "{origin} has had too many requests from us (status 429); try again later."
            )),
            CallError::Status(status) => Trouble::Unreachable(format!(
                "{origin} answered with status {status}, which is neither a yes nor a no."
            )),
            CallError::Unreadable(cause) => Trouble::Unreachable(format!(
                "{origin} answered, but not as Apruve does: {cause}."
            )),
        }
    }
}
