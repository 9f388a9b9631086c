//! The settings of each type of integration.
//!
//! These are the stored shapes, without secrets. [`read`] builds them from a body and returns the body's API key
//! separately.

mod apruve;
mod offline;
mod origin;

use diesel::Queryable;
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) use apruve::hint;
pub use apruve::{ApruveSettings, Financing};
pub use offline::{CheckMoneyOrderSettings, PaymentTermSettings};
use origin::AccountOrigin;

use crate::{
    http::body::Fields, outbound::HostPolicy, payment_methods::MethodType, secret::SecretText,
    store::StoreError,
};

/// The settings of one integration.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum IntegrationSettings {
    Apruve(ApruveSettings),
    PaymentTerm(PaymentTermSettings),
    CheckMoneyOrder(CheckMoneyOrderSettings),
}

/// The columns of the settings: their type and their JSON.
#[derive(Queryable)]
pub struct StoredSettings(MethodType, String);

impl TryFrom<StoredSettings> for IntegrationSettings {
    type Error = StoreError;

    fn try_from(StoredSettings(kind, text): StoredSettings) -> Result<Self, StoreError> {
        let read = match kind {
            MethodType::Apruve => serde_json::from_str(&text).map(IntegrationSettings::Apruve),
            MethodType::PaymentTerm => {
                serde_json::from_str(&text).map(IntegrationSettings::PaymentTerm)
            }
            MethodType::CheckMoneyOrder => {
                serde_json::from_str(&text).map(IntegrationSettings::CheckMoneyOrder)
            }
        };
        read.map_err(|_| StoreError::unreadable("the settings"))
    }
}

impl IntegrationSettings {
    /// The type these settings are for.
    pub fn kind(&self) -> MethodType {
        match self {
            IntegrationSettings::Apruve(_) => MethodType::Apruve,
            IntegrationSettings::PaymentTerm(_) => MethodType::PaymentTerm,
            IntegrationSettings::CheckMoneyOrder(_) => MethodType::CheckMoneyOrder,
        }
    }

    /// The fields that an administrator sets, without the hints of secrets.
    pub(super) fn to_json(&self) -> Map<String, Value> {
        let mut fields = match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            // Unreachable: settings are plain structs, which always serialize to objects.
            _ => Map::new(),
        };
        fields.remove("apiKeyHint");
        fields.remove("webhookTokenHint");
        fields
    }

    /// The settings of an Apruve account; `None` for offline methods.
    pub fn as_provider(&self) -> Option<&ApruveSettings> {
        match self {
            IntegrationSettings::Apruve(settings) => Some(settings),
            IntegrationSettings::PaymentTerm(_) | IntegrationSettings::CheckMoneyOrder(_) => None,
        }
    }

    /// As [`IntegrationSettings::as_provider`], but mutable, to set the hints of secrets.
    pub fn as_provider_mut(&mut self) -> Option<&mut ApruveSettings> {
        match self {
            IntegrationSettings::Apruve(settings) => Some(settings),
            IntegrationSettings::PaymentTerm(_) | IntegrationSettings::CheckMoneyOrder(_) => None,
        }
    }
}

/// Reads the `settings` of a body. With `current`, the settings to be replaced, the API key may be left out unless the
/// change selects another account.
pub fn read(
    kind: MethodType,
    body: &Fields<'_>,
    current: Option<&IntegrationSettings>,
    policy: &HostPolicy,
) -> Option<(IntegrationSettings, Option<SecretText>)> {
    let none = Map::new();
    let given = body.object("settings");
    if given.is_none() && body.value("settings").is_some() {
        return None;
    }
    let fields =
        given.unwrap_or_else(|| Fields::at(&none, body.pointer("settings"), body.findings()));
    let read = match kind {
        MethodType::Apruve => apruve::read(
            &fields,
            current.and_then(IntegrationSettings::as_provider),
            policy,
        )
        .map(|(settings, key)| (IntegrationSettings::Apruve(settings), key)),
        MethodType::PaymentTerm => offline::read_payment_term(&fields)
            .map(|read| (IntegrationSettings::PaymentTerm(read), None)),
        MethodType::CheckMoneyOrder => offline::read_check_money_order(&fields)
            .map(|read| (IntegrationSettings::CheckMoneyOrder(read), None)),
    };
    fields.finish();
    read
}
