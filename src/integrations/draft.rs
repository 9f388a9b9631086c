//! Reads an integration from a request body and collects all errors in one pass.

use serde_json::{Map, Value};

use super::{
    integration::Integration,
    labels,
    settings::{self, ApruveSettings, IntegrationSettings},
};
use crate::{
    http::{body::Fields, problem::Problem, text_value::TextValue},
    locale::Labels,
    outbound::HostPolicy,
    payment_methods::MethodType,
    secret::SecretText,
};

/// Read-only fields of answers: a body may repeat them, and they are ignored.
const READ_ONLY: [&str; 8] = [
    "id",
    "etag",
    "paymentMethodId",
    "health",
    "createdAt",
    "updatedAt",
    "webhookUrl",
    "warnings",
];

/// An integration as a body describes it.
pub struct IntegrationDraft {
    pub name: String,
    pub enabled: bool,
    pub label: Labels,
    pub short_label: Labels,
    pub settings: IntegrationSettings,
    /// `None` if the body has none.
    pub api_key: Option<SecretText>,
}

/// Reads a new integration, or the new version of `current`.
pub fn read(
    body: &Map<String, Value>,
    current: Option<&Integration>,
    policy: &HostPolicy,
) -> Result<IntegrationDraft, Problem> {
    Fields::read(body, |fields| {
        fields.ignore(&READ_ONLY);
        let kind = read_kind(fields, current);
        let name = fields.text("name", 3, 255);
        let enabled = read_enabled(fields, current);
        let label = labels::read(fields, "label");
        let short_label = labels::read(fields, "shortLabel");
        if label.is_none() && fields.value("label").is_none() {
            fields.refuse("label", "required", "`label` is required.");
        }
        let settings = match kind {
            Some(kind) => settings::read(kind, fields, current.map(|now| &now.settings), policy),
            None => {
                // Without a type it is unknown which settings are valid.
                fields.ignore(&["settings"]);
                None
            }
        };
        name.zip(label)
            .zip(settings)
            .map(|((name, label), (settings, api_key))| IntegrationDraft {
                name,
                enabled,
                short_label: short_label.unwrap_or_else(|| label.clone()),
                label,
                settings,
                api_key,
            })
    })
}

/// Reads `{ type, settings }` of an Apruve account that is to be checked before it is saved.
pub fn read_for_check(
    body: &Map<String, Value>,
    policy: &HostPolicy,
) -> Result<(ApruveSettings, SecretText), Problem> {
    Fields::read(body, |fields| {
        let kind = read_kind(fields, None);
        if kind == Some(MethodType::Apruve) {
            return match settings::read(MethodType::Apruve, fields, None, policy) {
                Some((IntegrationSettings::Apruve(settings), Some(key))) => Some((settings, key)),
                _ => None,
            };
        }
        fields.ignore(&["settings"]);
        if kind.is_some() {
            let message = "Offline methods have no connection to check; only `apruve` does.";
            fields.refuse("type", "nothing_to_check", message);
        }
        None
    })
}

fn read_kind(fields: &Fields<'_>, current: Option<&Integration>) -> Option<MethodType> {
    let present = current.map(Integration::kind);
    if present.is_some() && fields.value("type").is_none() {
        return present;
    }
    let word = fields.text("type", 1, 255)?;
    let kind = MethodType::parse(&word);
    if kind.is_none() {
        let message = format!("`type` is {}; not `{word}`.", MethodType::expected());
        fields.refuse("type", "unknown_word", message);
    } else if present.is_some_and(|present| kind != Some(present)) {
        let message = "`type` never changes; create another integration.";
        fields.refuse("type", "immutable", message);
        return present;
    }
    kind
}

fn read_enabled(fields: &Fields<'_>, current: Option<&Integration>) -> bool {
    let Some(current) = current else {
        return fields.flag("enabled", true);
    };
    if fields.flag("enabled", current.enabled) != current.enabled {
        let action = match current.enabled {
            true => "deactivate",
            false => "activate",
        };
        let id = current.id;
        let message = format!("`enabled` is changed by POST /v1/integrations/{id}/{action}.");
        fields.refuse("enabled", "use_action", message);
    }
    current.enabled
}

#[cfg(test)]
mod tests;
