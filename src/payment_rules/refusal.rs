//! Why a change to the rules was not made.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::WebsiteRefusal,
    http::problem::{FieldError, Problem},
    idempotency::KeyReused,
    ids::RuleId,
    store::StoreError,
};

/// The reason why a change was refused; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RuleRefusal {
    /// There is no rule with this id.
    #[error("there is no rule {0}")]
    NoSuchRule(RuleId),
    /// There is no revision with this number.
    #[error("there is no revision {0}")]
    NoSuchRevision(i64),
    /// The rule has no payment method, so that it could only stop other rules.
    #[error("the rule {0} has no payment method")]
    NoMethod(RuleId),
    /// The request has invalid values.
    #[error("the request has {} invalid values", .0.len())]
    Invalid(Vec<FieldError>),
    /// Rules have changed here since the file was exported.
    #[error("{} rules have changed since the file was exported", .0.len())]
    ChangedSince(Vec<RuleConflict>),
    /// A concurrent change came first, or tests of the rules would fail.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// The caller's token is bound to other websites.
    #[error("the rule is not of the caller's websites")]
    Website(#[from] WebsiteRefusal),
    /// The idempotency key was used with another request before.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A rule that has changed since a file was exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleConflict {
    /// The rule's id.
    #[schema(value_type = String, example = "rule_01h455vb4pex5vsknk084sn02q")]
    pub id: RuleId,
    /// The rule's name.
    #[schema(example = "Small US orders")]
    pub name: String,
    /// Its `ETag` now; null when it was deleted.
    #[schema(example = "\"4\"")]
    pub etag: Option<String>,
    /// Its index in the file; `None` if the file does not contain it.
    #[serde(skip)]
    pub index: Option<usize>,
}

/// The message for a rule without a payment method that is to be enabled.
pub fn no_method(id: RuleId) -> String {
    format!("`{id}` offers no payment method; give it one before turning it on.")
}

impl RuleRefusal {
    /// Refuses a request with these errors, if there are any.
    pub fn unless_empty(errors: Vec<FieldError>) -> Result<(), Self> {
        match errors.is_empty() {
            true => Ok(()),
            false => Err(RuleRefusal::Invalid(errors)),
        }
    }
}

impl From<Problem> for RuleRefusal {
    fn from(problem: Problem) -> Self {
        RuleRefusal::Refused(Box::new(problem))
    }
}
