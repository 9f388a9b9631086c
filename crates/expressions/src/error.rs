//! Failures of an expression on a document.

use serde::Serialize;
use utoipa::ToSchema;

use super::diagnostic::{Range, Span};

/// An expression that failed on a document. The rule it belongs to does not apply.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct EvalError {
    /// A word for programs.
    pub code: ErrorCode,
    /// A sentence for people.
    pub message: String,
    /// The part that failed.
    pub span: Span,
}

/// The ways an expression can fail.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// A name the document does not have.
    MissingName,
    /// An attribute that the object does not have and whose value is needed, not only its presence.
    MissingAttribute,
    /// An attribute or item of something that is null.
    NullAccess,
    /// An index beyond the list, or a key that is not there.
    NoSuchItem,
    /// Kinds of values that an operation does not accept together.
    TypeMismatch,
    /// A division or remainder by zero.
    DivisionByZero,
    /// A number with too many digits.
    Overflow,
    /// A posted value that cannot be used, such as a number of forty digits.
    UnusableValue,
    /// The request has used up its budget for expressions.
    BudgetExceeded,
}

/// A failure before it is reported. Boxed, because every step may return one.
#[derive(Debug)]
pub(super) struct Failure(Box<(ErrorCode, String, Range)>);

impl Failure {
    #[cold]
    pub(super) fn new(code: ErrorCode, range: Range, message: impl Into<String>) -> Self {
        Self(Box::new((code, message.into(), range)))
    }

    pub(super) fn message(&self) -> &str {
        &self.0.1
    }

    pub(super) fn code(&self) -> ErrorCode {
        self.0.0
    }

    /// Whether the failure fails a loop even if an earlier item has decided.
    pub(super) fn fails_whole_loop(&self) -> bool {
        matches!(
            self.code(),
            ErrorCode::MissingAttribute | ErrorCode::BudgetExceeded
        )
    }

    pub(super) fn range(&self) -> Range {
        self.0.2
    }

    pub(super) fn into_error(self, text: &str) -> EvalError {
        let (code, message, range) = *self.0;
        EvalError {
            code,
            message,
            span: range.span(text),
        }
    }
}
