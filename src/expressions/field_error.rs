//! Converts diagnostics and invalid values to field errors of an answer.

use onterms_expressions::{Diagnostic, Problem, Span};

use crate::http::problem::FieldError;

/// A diagnostic as an error of the field that holds the expression, with its position in the text.
pub fn field_error(diagnostic: &Diagnostic, pointer: &str) -> FieldError {
    let Span { line, column, .. } = diagnostic.span;
    let message = format!("Line {line}, column {column}: {}", diagnostic.message);
    let mut error = FieldError::at(pointer, diagnostic.code, message).with("span", diagnostic.span);
    if let Some(suggestion) = &diagnostic.suggestion {
        error = error.with("suggestion", suggestion);
    }
    if let Some(fix) = &diagnostic.fix {
        error = error.with("fix", fix);
    }
    error
}

impl From<Problem> for FieldError {
    fn from(problem: Problem) -> Self {
        FieldError::at(problem.pointer, problem.code, problem.message)
    }
}
