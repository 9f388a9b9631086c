//! The outcome of a transaction as a person reports it.

use crate::providers::ProviderId;

/// The result, and why the person knows it.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub succeeded: bool,
    pub reason: String,
    /// The provider's id of what was made.
    pub provider_id: Option<ProviderId>,
    /// Whether `failed` is accepted although no complete listing without it was read.
    pub force: bool,
}
