//! Why something could not be read from a provider.

use super::{Later, ProviderKind};

/// Why there is nothing to work with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The request never reached the provider.
    #[error("nothing was sent: {0}")]
    NotSent(String),
    /// The request may have been sent; the response is missing or incomplete.
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
    /// A status of success with a body that cannot be read.
    #[error("the answer of {0} cannot be read: {1}")]
    Unreadable(ProviderKind, String),
}
