//! Access to the parts of compiled code, for explanations and analysis.

use super::code::{Code, Op, PathBase, PathStep};
use crate::diagnostic::Range;
use crate::operand::Operand;

impl Code {
    /// The direct parts that are evaluated in the same scope; the body of a loop is not among them.
    pub(crate) fn parts(&self) -> Vec<&Code> {
        match &self.op {
            Op::Null | Op::Bool(_) | Op::Number(_) | Op::Text(_) => Vec::new(),
            Op::List(all) | Op::And(all) | Op::Or(all) | Op::Call(_, all) => all.iter().collect(),
            Op::Map(entries) => entries
                .iter()
                .flat_map(|(key, value)| [key, value])
                .collect(),
            Op::Path(path) => {
                let base = match &path.base {
                    PathBase::Computed(base) => Some(&**base),
                    _ => None,
                };
                let indexes = path.steps.iter().filter_map(|step| match step {
                    PathStep::Index { index, .. } => Some(index),
                    PathStep::Attribute { .. } => None,
                });
                base.into_iter().chain(indexes).collect()
            }
            Op::Quantified(quantified) => vec![&quantified.receiver],
            Op::Not(operand) | Op::Minus(operand) | Op::Plus(operand) | Op::Matches(operand, _) => {
                vec![operand]
            }
            Op::Compare(comparison) => vec![&comparison.left, &comparison.right],
            Op::Membership(membership) => vec![&membership.subject],
            Op::Fold(first, rest) => std::iter::once(&**first)
                .chain(rest.iter().map(|step| &step.operand))
                .collect(),
            Op::Choice(choice) => std::iter::once(&choice.condition)
                .chain(&choice.yes)
                .chain(&choice.no)
                .collect(),
        }
    }

    /// The part that was compiled from this range of the text.
    pub(crate) fn part_at(&self, range: Range) -> Option<&Code> {
        if self.range == range {
            return Some(self);
        }
        self.parts()
            .into_iter()
            .find_map(|part| part.part_at(range))
    }

    /// Whether it is a literal or a list of literals.
    pub(crate) fn is_constant(&self) -> bool {
        match &self.op {
            Op::List(items) => items.iter().all(Code::is_constant),
            _ => self.literal().is_some(),
        }
    }

    /// The value of a literal.
    pub(crate) fn literal(&self) -> Option<Operand<'_>> {
        match &self.op {
            Op::Null => Some(Operand::Null),
            Op::Bool(value) => Some(Operand::Bool(*value)),
            Op::Number(number) => Some(Operand::Number(*number)),
            Op::Text(text) => Some(Operand::Text(text)),
            _ => None,
        }
    }
}
