//! Compiled code.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::ast::{Binary, Function, Quantifier};
use crate::diagnostic::Range;
use crate::operand::Operand;
use crate::pattern::Pattern;
use crate::schema::{Attribute, Shape};

/// One operation that yields a value.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) op: Op,
    pub(crate) range: Range,
}

#[derive(Debug)]
pub(crate) enum Op {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Arc<str>),
    List(Box<[Code]>),
    Map(Box<[(Code, Code)]>),
    Path(Path),
    Quantified(Box<Quantified>),
    Call(Function, Box<[Code]>),
    Not(Box<Code>),
    Minus(Box<Code>),
    Plus(Box<Code>),
    And(Box<[Code]>),
    Or(Box<[Code]>),
    Compare(Box<Comparison>),
    Membership(Box<Membership>),
    Matches(Box<Code>, Arc<Pattern>),
    /// All other binary operators, from left to right.
    Fold(Box<Code>, Box<[FoldStep]>),
    Choice(Box<Choice>),
}

/// A name and the attributes and items read from it.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) base: PathBase,
    pub(crate) steps: Box<[PathStep]>,
    /// Whether a last attribute that neither the schema nor the document has is null; otherwise it is a failure.
    pub(crate) guarded: bool,
}

#[derive(Debug)]
pub(crate) enum PathBase {
    /// A known attribute of the document.
    Slot(usize, &'static Attribute),
    /// A name in a document without a schema.
    Name(Arc<str>),
    /// The item variable of the loop this many loops outwards.
    Item(usize),
    Computed(Box<Code>),
}

#[derive(Debug)]
pub(crate) enum PathStep {
    /// The slot is used if the object has this shape; otherwise the name is looked up.
    Attribute {
        name: Arc<str>,
        slot: Option<(&'static Shape, usize)>,
        range: Range,
    },
    Index {
        index: Code,
        range: Range,
    },
}

#[derive(Debug)]
pub(crate) struct Quantified {
    pub(crate) quantifier: Quantifier,
    pub(crate) receiver: Code,
    pub(crate) item: Arc<str>,
    pub(crate) body: Code,
    /// The cost of the body for one item, in steps.
    pub(crate) cost: u64,
    /// Whether all items are evaluated even after one has decided, so that an item that lacks a custom attribute fails
    /// the loop at any position in the list.
    pub(crate) exhaustive: bool,
}

#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) operator: Binary,
    pub(crate) left: Code,
    pub(crate) right: Code,
}

/// `subject in [constants]`
#[derive(Debug)]
pub(crate) struct Membership {
    pub(crate) subject: Code,
    pub(crate) set: MemberSet,
    pub(crate) negated: bool,
    /// Whether a subject that cannot equal some of the members fails, as with `=`.
    pub(crate) strict: bool,
}

/// The constants of a list, grouped by kind and sorted for binary search.
#[derive(Debug, Default)]
pub(crate) struct MemberSet {
    pub(crate) texts: Vec<Arc<str>>,
    pub(crate) numbers: Vec<Decimal>,
    pub(crate) bools: Vec<bool>,
    pub(crate) null: bool,
    /// All constants as they are written, for explanations.
    pub(crate) written: Vec<Code>,
}

impl MemberSet {
    pub(crate) fn has_text(&self, text: &str) -> bool {
        // A linear search is faster for a few members.
        const FEW: usize = 8;
        if self.texts.len() <= FEW {
            return self.texts.iter().any(|known| **known == *text);
        }
        let found = self.texts.binary_search_by(|known| (**known).cmp(text));
        found.is_ok()
    }

    /// A member that cannot be compared with the subject; `None` if all can.
    pub(crate) fn incomparable_member(&self, subject: &Operand<'_>) -> Option<Operand<'_>> {
        let members = [
            self.numbers.first().map(|number| Operand::Number(*number)),
            self.texts.first().map(|text| Operand::Text(text)),
            self.bools.first().map(|value| Operand::Bool(*value)),
        ];
        members
            .into_iter()
            .flatten()
            .find(|member| subject.equals(member).is_err())
    }

    /// Whether the members have several kinds, so that no value is comparable with all of them.
    pub(crate) fn is_mixed(&self) -> bool {
        let (numbers, texts) = (!self.numbers.is_empty(), !self.texts.is_empty());
        let kinds = [numbers, texts, !self.bools.is_empty()];
        kinds.into_iter().filter(|is_there| *is_there).count() > 1
    }
}

#[derive(Debug)]
pub(crate) struct FoldStep {
    pub(crate) operator: Binary,
    pub(crate) operand: Code,
    /// From the start of the chain to the end of the operand.
    pub(crate) range: Range,
    /// As in [`Membership`], for `in` and `not in`.
    pub(crate) strict: bool,
}

#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) condition: Code,
    pub(crate) yes: Option<Code>,
    pub(crate) no: Option<Code>,
}
