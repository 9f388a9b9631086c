//! Why a change to the rules was not made.

use super::conflict::Conflict;
use crate::{
    auth::WebsiteRefusal,
    http::problem::{FieldError, Problem},
    idempotency::KeyReused,
    ids::RuleId,
    store::StoreError,
};

/// Nothing was changed, and this is why.
#[derive(Debug, thiserror::Error)]
pub enum RuleRefusal {
    /// There is no rule with this id.
    #[error("there is no rule {0}")]
    NoSuchRule(RuleId),
    /// There is no revision with this number.
    #[error("there is no revision {0}")]
    NoSuchRevision(i64),
    /// The rule lost its last payment method; without one it could only stop others.
    #[error("the rule {0} has no payment method")]
    NoMethod(RuleId),
    /// What was asked for names things that do not exist or do not fit.
    #[error("the request has {} invalid values", .0.len())]
    Invalid(Vec<FieldError>),
    /// Rules have changed here since the file was exported.
    #[error("{} rules have changed since the file was exported", .0.len())]
    ChangedSince(Vec<Conflict>),
    /// Somebody else was faster, or tests of the rules would fail.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// The caller's token is bound to other websites.
    #[error("the rule is not of the caller's websites")]
    Website(#[from] WebsiteRefusal),
    /// The idempotency key came with another request before.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Problem> for RuleRefusal {
    fn from(problem: Problem) -> Self {
        RuleRefusal::Refused(Box::new(problem))
    }
}
