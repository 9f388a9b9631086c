//! Code: what a tree is compiled to.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::ast::{Binary, Function, Quantifier};
use crate::diagnostic::Range;
use crate::operand::Operand;
use crate::pattern::Pattern;
use crate::schema::{Attribute, Shape};

/// One step that yields a value.
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
    Among(Box<Among>),
    Matches(Box<Code>, Arc<Pattern>),
    /// Everything else, from left to right.
    Fold(Box<Code>, Box<[Link]>),
    Choice(Box<Choice>),
}

/// A name and what is looked up in it.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) base: Base,
    pub(crate) steps: Box<[Step]>,
    /// Whether the last attribute counts as null where neither the schema knows it nor the document has it; anywhere else
    /// that is a failure.
    pub(crate) guarded: bool,
}

#[derive(Debug)]
pub(crate) enum Base {
    /// A known attribute of the document.
    Slot(usize, &'static Attribute),
    /// A name in a document nobody described.
    Name(Arc<str>),
    /// The item variable so many loops outwards.
    Item(usize),
    Of(Box<Code>),
}

#[derive(Debug)]
pub(crate) enum Step {
    /// The slot is right when the object has this shape; otherwise the name is looked up.
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
    /// What one turn costs.
    pub(crate) cost: u64,
    /// Whether all items are looked at even after one has decided, so that an item without a custom attribute fails the
    /// loop wherever in the list it stands.
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
pub(crate) struct Among {
    pub(crate) subject: Code,
    pub(crate) set: Set,
    pub(crate) negated: bool,
    /// Whether a subject that cannot equal some of the members fails, as with `=`.
    pub(crate) strict: bool,
}

/// The constants of a list, by kind and sorted, so that a long list is searched quickly.
#[derive(Debug, Default)]
pub(crate) struct Set {
    pub(crate) texts: Vec<Arc<str>>,
    pub(crate) numbers: Vec<Decimal>,
    pub(crate) bools: Vec<bool>,
    pub(crate) null: bool,
    /// All of them as they are written, for explanations.
    pub(crate) written: Vec<Code>,
}

impl Set {
    pub(crate) fn has_text(&self, text: &str) -> bool {
        // A few are compared faster than searched.
        const FEW: usize = 8;
        if self.texts.len() <= FEW {
            return self.texts.iter().any(|known| **known == *text);
        }
        self.texts
            .binary_search_by(|known| (**known).cmp(text))
            .is_ok()
    }

    /// A member that a value of this kind cannot be compared with.
    pub(crate) fn unlike(&self, subject: &Operand<'_>) -> Option<Operand<'_>> {
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

    /// Whether the members are of several kinds, so that no value can be compared with all of them.
    pub(crate) fn is_mixed(&self) -> bool {
        let kinds = [
            self.numbers.is_empty(),
            self.texts.is_empty(),
            self.bools.is_empty(),
        ];
        kinds.iter().filter(|is_empty| !**is_empty).count() > 1
    }
}

#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) operator: Binary,
    pub(crate) operand: Code,
    /// From the start of the run to the end of the operand.
    pub(crate) range: Range,
    /// As in [`Among`], for `in` and `not in`.
    pub(crate) strict: bool,
}

#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) condition: Code,
    pub(crate) yes: Option<Code>,
    pub(crate) no: Option<Code>,
}
