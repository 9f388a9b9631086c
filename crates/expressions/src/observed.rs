//! The document values that a clause read, for explanations.

use std::collections::BTreeMap;

use super::compile::{Code, Op, PathBase};
use super::document_path::DocumentPath;
use super::eval::{Run, show};
use super::operand::Operand;
use super::scope::Scopes;

/// The maximum number of values that an explanation shows.
pub(super) const MAX_OBSERVED: usize = 8;

/// Values by their path in the document; decimals as strings with the scale they were posted with.
pub type Observed = BTreeMap<String, serde_json::Value>;

/// The path of code in the document, with item indexes; for other code, its text.
pub(super) fn name_of<'a>(code: &'a Code, text: &str, scope: Scopes<'_, 'a>) -> String {
    DocumentPath::of_code(code, scope)
        .map_or_else(|| code.range.of(text).to_owned(), |path| path.to_string())
}

impl<'a> Run<'_, 'a> {
    /// Collects the values of all paths in a part of the expression, except those inside the body of a loop.
    pub(super) fn observe(
        &mut self,
        code: &'a Code,
        scope: Scopes<'_, 'a>,
        observed: &mut Observed,
    ) {
        if observed.len() >= MAX_OBSERVED {
            return;
        }
        let Op::Path(path) = &code.op else {
            for part in code.parts() {
                self.observe(part, scope, observed);
            }
            return;
        };
        let name = name_of(code, self.text, scope);
        if !observed.contains_key(&name)
            && !matches!(path.base, PathBase::Computed(_))
            && let Ok(value) = self.eval(code, scope)
        {
            observed.insert(name, shown(&value));
        }
    }
}

/// A value as an explanation shows it.
pub(super) fn shown(value: &Operand<'_>) -> serde_json::Value {
    const LONGEST: usize = 100;
    match value {
        Operand::Null => serde_json::Value::Null,
        Operand::Bool(value) => (*value).into(),
        Operand::Number(number) => number.to_string().into(),
        other => match other.as_text() {
            Some(text) => match text.char_indices().nth(LONGEST) {
                Some((cut, _)) => format!("{}…", &text[..cut]).into(),
                None => text.into(),
            },
            None => show(other).into(),
        },
    }
}
