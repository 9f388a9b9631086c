//! A difference from the posted document that the evaluator assumes, so that an explanation can try a change.

use super::compile::{Code, Path};
use super::document_path::DocumentPath;
use super::operand::Operand;
use super::scope::{Scopes, indexes};

/// One difference from the posted document.
#[derive(Debug)]
pub(super) enum Assumption<'a> {
    /// The attribute at this path has another value.
    Value {
        path: DocumentPath<'a>,
        value: Operand<'a>,
    },
    /// A clause has this verdict, for the items at these indexes.
    Verdict {
        clause: &'a Code,
        indexes: Vec<u64>,
        verdict: bool,
    },
}

impl<'a> Assumption<'a> {
    pub(super) fn verdict_of(&self, code: &Code, scope: Scopes<'_, 'a>) -> Option<bool> {
        match self {
            Self::Verdict {
                clause,
                indexes: at,
                verdict,
            } if std::ptr::eq(*clause, code) => (indexes(scope) == *at).then_some(*verdict),
            _ => None,
        }
    }

    pub(super) fn value_of(&self, read: &'a Path, scope: Scopes<'_, 'a>) -> Option<Operand<'a>> {
        match self {
            Self::Value { path, value } if DocumentPath::of(read, scope)? == *path => {
                Some(value.clone())
            }
            _ => None,
        }
    }
}
