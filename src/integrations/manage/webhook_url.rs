//! Rotates the token of the webhook URL, and reveals the URL.

use chrono::TimeDelta;
use serde_json::json;

use super::{IntegrationError, WithToken, entry, save_next, with_token};
use crate::{
    audit::{self, Actor},
    idempotency::{self, Key, Once},
    ids::IntegrationId,
    integrations::{
        Integration, IntegrationService,
        integration::DOTS,
        store,
        webhook_token::{self, NewToken},
    },
    store::{Store, Tx},
};

/// Creates a new token. All older ones expire after `grace`, unless they expire earlier.
pub async fn rotate(
    service: &IntegrationService,
    actor: Actor,
    key: Option<Key>,
    id: IntegrationId,
    grace: TimeDelta,
) -> Result<Once<WithToken>, IntegrationError> {
    let token = webhook_token::generate(&service.sealer)?;
    service
        .writes
        .write_untested(move |tx| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    let integration =
                        store::find_locked(tx, id)?.ok_or(IntegrationError::NotFound)?;
                    let rotated = put_in_place(tx, &actor, integration, token, grace)?;
                    Ok((id.to_string(), rotated))
                },
                |tx, _| with_present_token(tx, id),
            )
        })
        .await
}

fn put_in_place(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mut integration: Integration,
    token: NewToken,
    grace: TimeDelta,
) -> Result<WithToken, IntegrationError> {
    let settings = integration.settings.as_provider_mut();
    settings
        .ok_or(IntegrationError::NoWebhook)?
        .webhook_token_hint = token.hint;
    let fields = json!({
        "webhookToken": { "from": DOTS, "to": DOTS },
        "graceSeconds": { "from": null, "to": grace.num_seconds() },
    });
    store::retire_tokens(tx, integration.id, actor.at + grace, actor.at)?;
    store::insert_token(tx, integration.id, &token.stored, actor.at)?;
    // Checkout does not use tokens, but the inbox caches them per revision, so the rotation needs a revision.
    let integration = save_next(tx, actor, integration, "rotate_webhook_token", fields)?;
    let token = Some(token.stored);
    Ok(WithToken { integration, token })
}

/// Returns the present token, and records the caller in the audit log.
pub async fn reveal(
    store: &Store,
    actor: Actor,
    id: IntegrationId,
) -> Result<WithToken, IntegrationError> {
    store
        .write(move |tx| {
            let shown = with_present_token(tx, id)?;
            let entry = entry("reveal_webhook_url", id, json!({}));
            audit::record(tx, &actor, &entry)?;
            Ok(shown)
        })
        .await
}

fn with_present_token(tx: &mut Tx<'_>, id: IntegrationId) -> Result<WithToken, IntegrationError> {
    let shown = with_token(tx, id)?;
    match shown.token {
        Some(_) => Ok(shown),
        None => Err(IntegrationError::NoWebhook),
    }
}
