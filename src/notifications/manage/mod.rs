//! The operations on endpoints and deliveries, one file each.

pub mod change;
pub mod create;
pub mod deliver;
pub mod rotate;

use super::{endpoint::Endpoint, secret::SealedSecret, store};
use crate::{
    audit::Change,
    auth::Websites,
    http::problem::Problem,
    idempotency::KeyReused,
    ids::EndpointId,
    seal::{CannotOpen, CannotSeal},
    store::{Conn, StoreError, Tx},
};

/// Why an operation failed; then nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NotificationError {
    #[error("there is no such endpoint")]
    EndpointNotFound,
    #[error("there is no such delivery")]
    DeliveryNotFound,
    #[error("there are as many endpoints as there may be")]
    TooMany,
    #[error("the endpoint is off")]
    Disabled,
    /// The caller had read another version, or the body is invalid.
    #[error("{0}")]
    Refused(Problem),
    /// Concurrent changes made every attempt fail.
    #[error("others kept changing it")]
    Contended,
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    #[error(transparent)]
    CannotOpen(#[from] CannotOpen),
    #[error(transparent)]
    CannotSeal(#[from] CannotSeal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Problem> for NotificationError {
    fn from(problem: Problem) -> Self {
        NotificationError::Refused(problem)
    }
}

/// An endpoint and its present secret.
#[derive(Debug)]
pub struct WithSecret {
    pub endpoint: Endpoint,
    pub secret: SealedSecret,
}

/// The endpoint with this id, if the caller may see it.
pub fn find_visible(
    conn: &mut Conn,
    id: EndpointId,
    caller: &Websites,
) -> Result<Endpoint, NotificationError> {
    store::find(conn, id)?
        .filter(|it| it.is_visible_to(caller))
        .ok_or(NotificationError::EndpointNotFound)
}

fn with_present_secret(
    conn: &mut Conn,
    id: EndpointId,
    caller: &Websites,
) -> Result<WithSecret, NotificationError> {
    let endpoint = find_visible(conn, id, caller)?;
    let secret = store::present_secret(conn, id)?.ok_or(NotificationError::EndpointNotFound)?;
    Ok(WithSecret { endpoint, secret })
}

/// As [`find_visible`], locked until the transaction ends.
fn find_visible_locked(
    tx: &mut Tx<'_>,
    id: EndpointId,
    caller: &Websites,
) -> Result<Endpoint, NotificationError> {
    store::find_locked(tx, id)?
        .filter(|it| it.is_visible_to(caller))
        .ok_or(NotificationError::EndpointNotFound)
}

/// Builds an entry for the audit log.
pub fn entry(action: &'static str, id: EndpointId, fields: serde_json::Value) -> Change<'static> {
    Change::of(action, "notification_endpoint", id, fields)
}
