//! Why something could not be read from a provider.

use super::Later;

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
    #[error("Apruve refused the API key (status {0})")]
    Unauthorized(u16),
    /// 404.
    #[error("Apruve does not know it")]
    NotFound,
    /// The same call may succeed later.
    #[error("{0}")]
    Later(Later),
    /// Any other status than success.
    #[error("Apruve answered with status {0}")]
    Status(u16),
    /// Success, with a body that is not what it should be.
    #[error("Apruve's answer cannot be read: {0}")]
    Unreadable(String),
}
