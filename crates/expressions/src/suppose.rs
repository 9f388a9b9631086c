//! What if a value were another? An explanation that says what would make a rule apply tries it first.

use super::compile::{Base, Code, Op, Path, Step};
use super::eval::{Scope, Scopes};
use super::observe::parts;
use super::operand::Operand;

/// One thing supposed to be otherwise than posted.
#[derive(Debug)]
pub(super) enum Supposition<'a> {
    /// The attribute at this place has another value.
    Value {
        place: Vec<Key<'a>>,
        value: Operand<'a>,
    },
    /// A clause has this verdict, for the items at these positions.
    Verdict {
        clause: &'a Code,
        items: Vec<u64>,
        verdict: bool,
    },
}

/// A part of the way to a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Key<'a> {
    Name(&'a str),
    Index(u64),
}

impl<'a> Supposition<'a> {
    pub(super) fn verdict_of(&self, code: &Code, scope: Scopes<'_, 'a>) -> Option<bool> {
        match self {
            Self::Verdict {
                clause,
                items,
                verdict,
            } if std::ptr::eq(*clause, code) => (positions(scope) == *items).then_some(*verdict),
            _ => None,
        }
    }

    pub(super) fn value_of(&self, path: &'a Path, scope: Scopes<'_, 'a>) -> Option<Operand<'a>> {
        match self {
            Self::Value { place, value } if place_of(path, scope)? == *place => Some(value.clone()),
            _ => None,
        }
    }
}

/// Which item each loop is at, innermost first.
pub(super) fn positions(scope: Scopes<'_, '_>) -> Vec<u64> {
    std::iter::successors(scope, |inner| inner.outer)
        .map(|scope| scope.index)
        .collect()
}

/// The way from the document to what a path names; `None` when it begins or turns at something computed.
pub(super) fn place_of<'a>(path: &'a Path, scope: Scopes<'_, 'a>) -> Option<Vec<Key<'a>>> {
    let mut place = match &path.base {
        Base::Slot(_, attribute) => vec![Key::Name(attribute.name())],
        Base::Name(name) => vec![Key::Name(name)],
        Base::Item(up) => {
            let scope: &Scope<'_, 'a> =
                std::iter::successors(scope, |inner| inner.outer).nth(*up)?;
            let mut list = place_of_code(scope.list, scope.outer)?;
            list.push(Key::Index(scope.index));
            list
        }
        Base::Of(code) => place_of_code(code, scope)?,
    };
    for step in &path.steps {
        place.push(match step {
            Step::Attribute { name, .. } => Key::Name(name),
            Step::Index { index, .. } => match &index.op {
                Op::Number(number) => Key::Index(
                    super::number::to_integer(*number)
                        .and_then(|index| u64::try_from(index).ok())?,
                ),
                Op::Text(name) => Key::Name(name),
                _ => return None,
            },
        });
    }
    Some(place)
}

fn place_of_code<'a>(code: &'a Code, scope: Scopes<'_, 'a>) -> Option<Vec<Key<'a>>> {
    match &code.op {
        Op::Path(path) => place_of(path, scope),
        _ => None,
    }
}

/// `lineItems[2].quantity`
pub(super) fn spelled(place: &[Key<'_>]) -> String {
    let mut spelled = String::new();
    for key in place {
        match key {
            Key::Index(index) => spelled.push_str(&format!("[{index}]")),
            Key::Name(name) => {
                if !spelled.is_empty() {
                    spelled.push('.');
                }
                spelled.push_str(name);
            }
        }
    }
    spelled
}

/// Whether what a clause looks at is looked at elsewhere in the expression too; then a verdict supposed for the one clause
/// says nothing about the others.
pub(super) fn is_read_elsewhere(whole: &Code, subject: &Path) -> bool {
    let mut readings = Vec::new();
    collect(whole, &mut Vec::new(), &mut readings);
    let Some((_, place)) = readings
        .iter()
        .find(|(path, _)| std::ptr::eq(*path, subject))
    else {
        return true;
    };
    readings
        .iter()
        .filter(|(_, other)| other.starts_with(place))
        .count()
        > 1
}

/// A path by its names, every item of a list alike.
type Reading<'c> = (&'c Path, Vec<&'c str>);

fn collect<'c>(code: &'c Code, lists: &mut Vec<Vec<&'c str>>, readings: &mut Vec<Reading<'c>>) {
    if let Op::Path(path) = &code.op {
        readings.push((path, names(path, lists)));
    }
    for part in parts(code) {
        collect(part, lists, readings);
    }
    if let Op::Quantified(quantified) = &code.op {
        let list = match &quantified.receiver.op {
            Op::Path(path) => names(path, lists),
            _ => Vec::new(),
        };
        lists.push(list);
        collect(&quantified.body, lists, readings);
        lists.pop();
    }
}

fn names<'c>(path: &'c Path, lists: &[Vec<&'c str>]) -> Vec<&'c str> {
    const ITEM: &str = "[]";
    let mut names = match &path.base {
        Base::Slot(_, attribute) => vec![attribute.name()],
        Base::Name(name) => vec![&**name],
        Base::Item(up) => {
            let mut list = lists.iter().rev().nth(*up).cloned().unwrap_or_default();
            list.push(ITEM);
            list
        }
        Base::Of(_) => Vec::new(),
    };
    names.extend(path.steps.iter().map(|step| match step {
        Step::Attribute { name, .. } => name,
        Step::Index {
            index: Code {
                op: Op::Text(name), ..
            },
            ..
        } => &**name,
        Step::Index { .. } => ITEM,
    }));
    names
}
