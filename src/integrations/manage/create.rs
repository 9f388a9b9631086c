//! Creates an integration.

use serde_json::json;

use super::{IntegrationError, WithToken, announce, entry, with_token};
use crate::{
    audit::{Actor, changed_fields},
    idempotency::{self, Key, Once},
    ids,
    integrations::{
        Integration, IntegrationService,
        draft::IntegrationDraft,
        integration::DOTS,
        store::{self, WrittenIntegration},
        webhook_token,
    },
};

/// Creates an integration from a draft; an Apruve account gets a webhook token. If the idempotency key was used before,
/// the integration of then is returned in its current state.
pub async fn create(
    service: &IntegrationService,
    actor: Actor,
    key: Option<Key>,
    draft: IntegrationDraft,
) -> Result<Once<WithToken>, IntegrationError> {
    let mut new = Integration {
        id: ids::fresh(actor.at),
        name: draft.name,
        enabled: draft.enabled,
        label: draft.label,
        short_label: draft.short_label,
        settings: draft.settings,
        version: 1,
        created_at: actor.at,
        updated_at: actor.at,
    };
    let id = new.id.to_string();
    let mut token = None;
    if let Some(settings) = new.settings.as_provider_mut() {
        let made = webhook_token::generate(&service.sealer)?;
        settings.webhook_token_hint = made.hint;
        token = Some(made.stored);
    }
    let mut fields = changed_fields(None, Some(&new.audit_fields()));
    let mut api_key = None;
    if let Some(key) = draft.api_key {
        fields["apiKey"] = json!({ "from": null, "to": DOTS });
        api_key = Some(service.sealer.seal(store::api_key_place(&id), &key)?);
    }
    let entry = entry("create", new.id, fields);
    let written = WrittenIntegration::new(new);

    service
        .writes
        .write_untested(move |tx| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    store::insert(tx, &written, api_key.as_deref())?;
                    let integration = written.integration;
                    if let Some(token) = &token {
                        store::insert_token(tx, integration.id, token, actor.at)?;
                    }
                    announce(tx, &actor, &entry, (integration.id, &integration.name))?;
                    Ok((id, WithToken { integration, token }))
                },
                |tx, id| with_token(tx, id.parse().map_err(|_| IntegrationError::NotFound)?),
            )
        })
        .await
}
