//! Why something could not be read from a provider.

use super::{Later, ProviderKind};

/// Why there is nothing to work with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The provider has seen nothing of it.
    #[error("nothing was sent: {0}")]
    NotSent(String),
    /// It may have been sent; the response is missing or incomplete.
    #[error("no answer arrived: {0}")]
    NoAnswer(String),
    /// 401 or 403: the API key is rejected, or lacks the permission.
    #[error("{0} refused the API key (status {1})")]
    Unauthorized(ProviderKind, u16),
    /// 404.
    #[error("the provider does not know it")]
    NotFound,
    /// The same call may succeed later.
    #[error("{0}")]
    Later(Later),
    /// Any other status than success.
    #[error("{0} answered with status {1}")]
    Status(ProviderKind, u16),
    /// Success, with a body that is not what it should be.
    #[error("the answer of {0} cannot be read: {1}")]
    Unreadable(ProviderKind, String),
}
