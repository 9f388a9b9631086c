//! How diagnostics look in an answer.

use super::{Diagnostic, Span};
use crate::http::problem::FieldError;

impl Diagnostic {
    /// The diagnostic as an error of the field that holds the expression, with its place in the text.
    pub fn to_field_error(&self, pointer: &str) -> FieldError {
        let Span { line, column, .. } = self.span;
        let message = format!("Line {line}, column {column}: {}", self.message);
        let error = FieldError::at(pointer, self.code, message).with("span", self.span);
        match &self.suggestion {
            Some(suggestion) => error.with("suggestion", suggestion),
            None => error,
        }
    }
}
