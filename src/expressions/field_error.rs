//! Converts diagnostics and invalid values to field errors of an answer.

use onterms_expressions::{Diagnostic, Problem, Span};

use crate::http::problem::FieldError;

/// A diagnostic as an error of the field that holds the expression, with its position in the text.
pub fn field_error(diagnostic: &Diagnostic, pointer: &str) -> FieldError {
    let Span { line, column, .. } = diagnostic.span;
    let message = format!("Line {line}, column {column}: {}", diagnostic.message);
    let error = FieldError::at(pointer, diagnostic.code, message).with("span", diagnostic.span);
    let error = match &diagnostic.suggestion {
        Some(suggestion) => error.with("suggestion", suggestion),
        None => error,
    };
    match &diagnostic.fix {
        Some(fix) => error.with("fix", fix),
        None => error,
    }
}

impl From<Problem> for FieldError {
    fn from(problem: Problem) -> Self {
        FieldError::at(problem.pointer, problem.code, problem.message)
    }
}
