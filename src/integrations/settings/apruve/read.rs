//! Reads the settings of an Apruve account from a body.

use serde_json::Value;

use super::{ApruveSettings, Financing, credit, hint, is_test_key};
use crate::{
    http::{
        body::{Fields, kind_of},
        problem::FieldError,
    },
    integrations::settings::AccountOrigin,
    money::Currency,
    outbound::HostPolicy,
    providers::apruve::{PublicKey, TEST_WEBHOOK_KEY},
    secret::SecretText,
};

const MOST_CURRENCIES: usize = 50;
const MOST_KEYS: usize = 20;
/// The maximum length of a PEM in characters; a key of 8192 bits has about 1,500.
const LONGEST_KEY: usize = 4096;

/// Reads the settings and the API key, if present. The API key is required for a new integration (`current` is `None`),
/// and if the account or its host changes.
pub(in crate::integrations::settings) fn read(
    fields: &Fields<'_>,
    current: Option<&ApruveSettings>,
    policy: &HostPolicy,
) -> Option<(ApruveSettings, Option<SecretText>)> {
    fields.ignore(&["apiKeyHint", "webhookUrlHint"]);
    let test_mode = fields.flag("testMode", false);
    let merchant_id = read_merchant_id(fields);
    let api_key = read_api_key(fields, current.is_some());
    let present_url = current.and_then(|now| now.base_url.as_ref());
    let base_url = read_base_url(fields, present_url, policy);
    let currencies = read_currencies(fields);
    let mut webhook_public_keys = read_public_keys(fields, test_mode);
    if current.is_some_and(|now| now.test_mode) && !test_mode {
        // The test key must not be trusted in live mode.
        webhook_public_keys.retain(|key| !is_test_key(key));
    }
    let financing = match fields.value("financing") {
        None => Some(Financing::Provider),
        Some(_) => credit::word(fields, "financing", 255),
    };
    let requires_shipment = fields.flag("requiresShipment", false);
    let credit = credit::read(fields);
    let hours = fields.integer("fundingAlertHours", 1..=8760);
    let settings = ApruveSettings {
        merchant_id: merchant_id?,
        test_mode,
        currencies,
        base_url: base_url?,
        webhook_public_keys,
        financing: financing?,
        requires_shipment,
        funding_alert_hours: hours.and_then(|hours| hours.try_into().ok()).unwrap_or(24),
        credit,
        api_key_hint: match (&api_key, current) {
            (GivenSecret::Yes(key), _) => hint(key.expose()),
            (_, current) => current.map_or_else(String::new, |now| now.api_key_hint.clone()),
        },
        webhook_token_hint: current.map_or_else(String::new, |now| now.webhook_token_hint.clone()),
    };
    let moved = current.is_some_and(|current| !current.fields_that_move(&settings).is_empty());
    match api_key {
        GivenSecret::Yes(key) => Some((settings, Some(key))),
        GivenSecret::Wrong => None,
        GivenSecret::No if moved => {
            let message = "Changing `merchantId`, `testMode` or `baseUrl` needs the API key again.";
            fields.refuse("apiKey", "required", message);
            None
        }
        GivenSecret::No => Some((settings, None)),
    }
}

fn read_merchant_id(fields: &Fields<'_>) -> Option<String> {
    let id = fields.text("merchantId", 1, 128)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !id.bytes().all(plain) {
        let message = "`merchantId` takes letters, digits, `-` and `_`.";
        fields.refuse("merchantId", "not_understood", message);
        return None;
    }
    Some(id)
}

/// A secret in a body.
enum GivenSecret {
    Yes(SecretText),
    No,
    /// Invalid; the error is recorded already.
    Wrong,
}

fn read_api_key(fields: &Fields<'_>, may_be_absent: bool) -> GivenSecret {
    let refuse = |code, message: String| {
        fields.refuse("apiKey", code, message);
        GivenSecret::Wrong
    };
    match fields.raw("apiKey") {
        None if may_be_absent => GivenSecret::No,
        None => refuse("required", "`apiKey` is required.".to_owned()),
        Some(Value::Null) if may_be_absent => refuse(
            "required",
            "`apiKey` cannot be removed; leave it out to keep the present one.".to_owned(),
        ),
        Some(Value::Null) => refuse("required", "`apiKey` is required.".to_owned()),
        Some(Value::String(key)) => match check_api_key(key) {
            Ok(()) => GivenSecret::Yes(SecretText::new(key.as_str())),
            Err((code, what)) => refuse(code, format!("`apiKey` {what}")),
        },
        Some(other) => refuse(
            "wrong_type",
            format!("`apiKey` must be a text, not {}.", kind_of(other)),
        ),
    }
}

fn check_api_key(key: &str) -> Result<(), (&'static str, &'static str)> {
    if key.is_empty() {
        Err(("too_short", "must not be empty."))
    } else if key.len() > 255 {
        Err(("too_long", "takes at most 255 characters."))
    } else if !key.bytes().all(|byte| (b' '..=b'~').contains(&byte)) || key.trim() != key {
        Err((
            "not_understood",
            "must be visible ASCII characters, without blanks around them.",
        ))
    } else {
        Ok(())
    }
}

/// `None` if it is invalid; `Some(None)` if there is none. The present value may stay even if the policy does not allow
/// it any more, so that an administrator can still change other fields.
fn read_base_url(
    fields: &Fields<'_>,
    current: Option<&AccountOrigin>,
    policy: &HostPolicy,
) -> Option<Option<AccountOrigin>> {
    if fields.value("baseUrl").is_none() {
        return Some(None);
    }
    let text = fields.optional_text("baseUrl", 255)?;
    if let Some(origin) = current.filter(|origin| origin.as_str() == text) {
        return Some(Some(origin.clone()));
    }
    match AccountOrigin::parse(&text, policy) {
        Ok(origin) => Some(Some(origin)),
        Err(sentence) => {
            fields.refuse("baseUrl", "not_allowed", sentence);
            None
        }
    }
}

fn read_currencies(fields: &Fields<'_>) -> Vec<Currency> {
    match fields.value("currencies") {
        None => return Currency::parse("USD").into_iter().collect(),
        Some(Value::Array(entries)) if entries.is_empty() => {
            let message = "`currencies` needs at least one; leave it out for USD.";
            fields.refuse("currencies", "too_short", message);
        }
        Some(_) => {}
    }
    let mut currencies = Vec::new();
    for (pointer, code) in fields.located_texts("currencies", MOST_CURRENCIES, 255) {
        match Currency::parse(&code) {
            None => fields.findings().push(FieldError::at(
                pointer,
                "unknown_currency",
                format!("`{code}` is not an ISO 4217 currency such as USD."),
            )),
            Some(currency) if currencies.contains(&currency) => fields.findings().push(
                FieldError::at(pointer, "duplicate", format!("`{code}` is listed twice.")),
            ),
            Some(currency) => currencies.push(currency),
        }
    }
    currencies
}

fn read_public_keys(fields: &Fields<'_>, test_mode: bool) -> Vec<String> {
    if fields.value("webhookPublicKeys").is_none() {
        return Vec::from_iter(test_mode.then(|| TEST_WEBHOOK_KEY.to_owned()));
    }
    let mut keys = Vec::new();
    for (pointer, key) in fields.located_texts("webhookPublicKeys", MOST_KEYS, LONGEST_KEY) {
        match PublicKey::parse(&key) {
            Ok(_) => keys.push(key),
            Err(what) => fields.findings().push(FieldError::at(
                pointer,
                "not_a_public_key",
                format!("The entry {what}"),
            )),
        }
    }
    keys
}
