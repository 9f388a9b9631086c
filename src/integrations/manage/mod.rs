//! The operations on integrations, one file each.
//!
//! Each does the expensive work first (sealing, most JSON), then writes once, and returns when this replica's checkout
//! sees the change.

pub mod change;
pub mod create;
pub mod delete;
pub mod switch;
pub mod webhook_endpoints;
pub mod webhook_url;

use super::{
    Integration,
    account::NoAccount,
    connection::Trouble,
    store::{self, NAME_KEY, WrittenIntegration},
    webhook_token::SealedToken,
};
use crate::{
    audit::{self, Actor, Change},
    http::problem::Problem,
    idempotency::KeyReused,
    ids::IntegrationId,
    payment_methods::store::history,
    payment_rules::usage::RuleUse,
    seal::{CannotOpen, CannotSeal},
    store::{StoreError, Tx, revisions},
};

/// Why an operation failed; then nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum IntegrationError {
    #[error("there is no such integration")]
    NotFound,
    #[error("another integration has this name")]
    NameTaken,
    /// The caller had read another version, or the body is invalid.
    #[error("{0}")]
    Refused(Problem),
    /// It cannot be deleted.
    #[error("rules or payments use it")]
    InUse {
        rules: Vec<RuleUse>,
        open_payments: i64,
    },
    /// Payments exist for the account, and these settings would select another one.
    #[error("payments were made with its account")]
    Bound(Vec<&'static str>),
    /// Only Apruve posts webhooks.
    #[error("integrations of this type have no webhook URL")]
    NoWebhook,
    /// Concurrent changes made every attempt fail.
    #[error("others kept changing it")]
    Contended,
    /// The account cannot be used, or Apruve did not answer usably.
    #[error("{0}")]
    Unusable(Trouble),
    /// Apruve refused the command, with this message.
    #[error("{0}")]
    ProviderRefused(String),
    #[error(transparent)]
    NoAccount(#[from] NoAccount),
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    #[error(transparent)]
    CannotOpen(#[from] CannotOpen),
    #[error(transparent)]
    CannotSeal(#[from] CannotSeal),
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for IntegrationError {
    fn from(error: StoreError) -> Self {
        if error.is_conflict_on(NAME_KEY) {
            IntegrationError::NameTaken
        } else {
            IntegrationError::Store(error)
        }
    }
}

impl From<Problem> for IntegrationError {
    fn from(problem: Problem) -> Self {
        IntegrationError::Refused(problem)
    }
}

/// An integration and the token of its webhook URL, if it has one.
#[derive(Debug)]
pub struct WithToken {
    pub integration: Integration,
    pub token: Option<SealedToken>,
}

fn with_token(tx: &mut Tx<'_>, id: IntegrationId) -> Result<WithToken, IntegrationError> {
    let integration = store::find(tx, id)?.ok_or(IntegrationError::NotFound)?;
    let token = store::current_token(tx, id)?;
    Ok(WithToken { integration, token })
}

/// Writes the next version of an integration that was read under a lock, and announces the change.
fn save_next(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mut integration: Integration,
    action: &'static str,
    fields: serde_json::Value,
) -> Result<Integration, IntegrationError> {
    integration.version += 1;
    integration.updated_at = actor.at;
    let written = WrittenIntegration::new(integration);
    if !store::save(tx, &written, None)? {
        // Because of the lock, only an earlier archiving can be the cause.
        return Err(IntegrationError::NotFound);
    }
    let integration = written.integration;
    let entry = entry(action, integration.id, fields);
    announce(tx, actor, &entry, (integration.id, &integration.name))?;
    Ok(integration)
}

/// Writes the audit entry, and a revision with what checkout sees of the integration. The integration must be written
/// before.
fn announce(
    tx: &mut Tx<'_>,
    actor: &Actor,
    change: &Change<'_>,
    (id, name): (IntegrationId, &str),
) -> Result<(), StoreError> {
    audit::record(tx, actor, change)?;
    let number = revisions::next(
        tx,
        actor.at,
        &actor.subject,
        revisions::RevisionSubject::Integrations,
        change.action,
        &format!("{} integration `{name}`", change.action),
    )?;
    history::insert(tx, number, id)
}

/// Builds an entry for the audit log.
fn entry(action: &'static str, id: IntegrationId, fields: serde_json::Value) -> Change<'static> {
    Change::of(action, "integration", id, fields)
}
