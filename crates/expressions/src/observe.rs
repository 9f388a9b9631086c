//! What a document had where a clause looked.

use std::collections::BTreeMap;

use super::compile::{Base, Code, Op, Step};
use super::diagnostic::Range;
use super::eval::{Run, Scopes, show};
use super::operand::Operand;
use super::suppose::{place_of, spelled};

/// How many values an explanation shows.
pub(super) const MAX_OBSERVED: usize = 8;

/// Values by the path they were read from; decimals as strings with the scale they were posted with.
pub type Observed = BTreeMap<String, serde_json::Value>;

pub(super) fn is_constant(code: &Code) -> bool {
    match &code.op {
        Op::Null | Op::Bool(_) | Op::Number(_) | Op::Text(_) => true,
        Op::List(items) => items.iter().all(is_constant),
        _ => false,
    }
}

/// A path with the positions of its items, or the text as it is written.
pub(super) fn name_of<'a>(code: &'a Code, text: &str, scope: Scopes<'_, 'a>) -> String {
    let place = match &code.op {
        Op::Path(path) => place_of(path, scope),
        _ => None,
    };
    place.map_or_else(|| code.range.of(text).to_owned(), |place| spelled(&place))
}

/// Notes the values of all paths in a part of the expression that do not begin inside a loop in it.
pub(super) fn observe<'a>(
    run: &mut Run<'_, 'a>,
    code: &'a Code,
    scope: Scopes<'_, 'a>,
    observed: &mut Observed,
) {
    if observed.len() >= MAX_OBSERVED {
        return;
    }
    if let Op::Path(path) = &code.op {
        let name = name_of(code, run.text, scope);
        if !observed.contains_key(&name)
            && !matches!(path.base, Base::Of(_))
            && let Ok(value) = run.eval(code, scope)
        {
            observed.insert(name, shown(&value));
        }
        return;
    }
    for part in parts(code) {
        observe(run, part, scope, observed);
    }
}

/// The parts of a step that are evaluated in the same scope.
pub(super) fn parts(code: &Code) -> Vec<&Code> {
    match &code.op {
        Op::Null | Op::Bool(_) | Op::Number(_) | Op::Text(_) => Vec::new(),
        Op::List(all) | Op::And(all) | Op::Or(all) | Op::Call(_, all) => all.iter().collect(),
        Op::Map(entries) => entries
            .iter()
            .flat_map(|(key, value)| [key, value])
            .collect(),
        Op::Path(path) => {
            let base = match &path.base {
                Base::Of(base) => Some(&**base),
                _ => None,
            };
            let indexes = path.steps.iter().filter_map(|step| match step {
                Step::Index { index, .. } => Some(index),
                Step::Attribute { .. } => None,
            });
            base.into_iter().chain(indexes).collect()
        }
        Op::Quantified(quantified) => vec![&quantified.receiver],
        Op::Not(operand) | Op::Minus(operand) | Op::Plus(operand) | Op::Matches(operand, _) => {
            vec![operand]
        }
        Op::Compare(comparison) => vec![&comparison.left, &comparison.right],
        Op::Among(among) => vec![&among.subject],
        Op::Fold(first, rest) => std::iter::once(&**first)
            .chain(rest.iter().map(|link| &link.operand))
            .collect(),
        Op::Choice(choice) => std::iter::once(&choice.condition)
            .chain(&choice.yes)
            .chain(&choice.no)
            .collect(),
    }
}

/// The part that stands at a place.
pub(super) fn part_at(code: &Code, range: Range) -> Option<&Code> {
    if code.range == range {
        return Some(code);
    }
    parts(code)
        .into_iter()
        .find_map(|part| part_at(part, range))
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

/// The value of a literal.
pub(super) fn literal(code: &Code) -> Option<Operand<'_>> {
    match &code.op {
        Op::Null => Some(Operand::Null),
        Op::Bool(value) => Some(Operand::Bool(*value)),
        Op::Number(number) => Some(Operand::Number(*number)),
        Op::Text(text) => Some(Operand::Text(text)),
        _ => None,
    }
}
