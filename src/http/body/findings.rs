//! The errors found while a body is read.

use std::cell::RefCell;

use crate::http::problem::{FieldError, Problem};

/// The errors so far.
#[derive(Default)]
pub struct Findings(RefCell<Vec<FieldError>>);

impl Findings {
    /// Adds one error.
    pub fn push(&self, error: FieldError) {
        self.0.borrow_mut().push(error);
    }

    /// Adds several errors.
    pub fn extend(&self, errors: impl IntoIterator<Item = FieldError>) {
        self.0.borrow_mut().extend(errors);
    }

    /// Returns the value, or 422 if there are errors. A reader that returned `None` has always added an error.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T, Problem> {
        let errors = self.0.into_inner();
        match value {
            Some(value) if errors.is_empty() => Ok(value),
            _ => Err(Problem::invalid(errors)),
        }
    }

    /// Whether there are no errors.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}
