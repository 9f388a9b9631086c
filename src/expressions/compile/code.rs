//! Code: what a tree is compiled to.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::expressions::ast::{Binary, Function, Quantifier};
use crate::expressions::diagnostic::Range;
use crate::expressions::operand::Operand;
use crate::expressions::pattern::Pattern;
use crate::expressions::schema::{Attribute, Shape};

/// One step that yields a value.
#[derive(Debug)]
pub(in crate::expressions) struct Code {
    pub(in crate::expressions) op: Op,
    pub(in crate::expressions) range: Range,
}

#[derive(Debug)]
pub(in crate::expressions) enum Op {
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
pub(in crate::expressions) struct Path {
    pub(in crate::expressions) base: Base,
    pub(in crate::expressions) steps: Box<[Step]>,
    /// Whether the last attribute counts as null where neither the schema knows it nor the document has it; anywhere else
    /// that is a failure.
    pub(in crate::expressions) guarded: bool,
}

#[derive(Debug)]
pub(in crate::expressions) enum Base {
    /// A known attribute of the document.
    Slot(usize, &'static Attribute),
    /// A name in a document nobody described.
    Name(Arc<str>),
    /// The item variable so many loops outwards.
    Item(usize),
    Of(Box<Code>),
}

#[derive(Debug)]
pub(in crate::expressions) enum Step {
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
pub(in crate::expressions) struct Quantified {
    pub(in crate::expressions) quantifier: Quantifier,
    pub(in crate::expressions) receiver: Code,
    pub(in crate::expressions) item: Arc<str>,
    pub(in crate::expressions) body: Code,
    /// What one turn costs.
    pub(in crate::expressions) cost: u64,
    /// Whether all items are looked at even after one has decided, so that an item without a custom attribute fails the
    /// loop wherever in the list it stands.
    pub(in crate::expressions) exhaustive: bool,
}

#[derive(Debug)]
pub(in crate::expressions) struct Comparison {
    pub(in crate::expressions) operator: Binary,
    pub(in crate::expressions) left: Code,
    pub(in crate::expressions) right: Code,
}

/// `subject in [constants]`
#[derive(Debug)]
pub(in crate::expressions) struct Among {
    pub(in crate::expressions) subject: Code,
    pub(in crate::expressions) set: Set,
    pub(in crate::expressions) negated: bool,
    /// Whether a subject that cannot equal some of the members fails, as with `=`.
    pub(in crate::expressions) strict: bool,
}

/// The constants of a list, by kind and sorted, so that a long list is searched quickly.
#[derive(Debug, Default)]
pub(in crate::expressions) struct Set {
    pub(in crate::expressions) texts: Vec<Arc<str>>,
    pub(in crate::expressions) numbers: Vec<Decimal>,
    pub(in crate::expressions) bools: Vec<bool>,
    pub(in crate::expressions) null: bool,
    /// All of them as they are written, for explanations.
    pub(in crate::expressions) written: Vec<Code>,
}

impl Set {
    pub(in crate::expressions) fn has_text(&self, text: &str) -> bool {
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
    pub(in crate::expressions) fn unlike(&self, subject: &Operand<'_>) -> Option<Operand<'_>> {
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
    pub(in crate::expressions) fn is_mixed(&self) -> bool {
        let kinds = [
            self.numbers.is_empty(),
            self.texts.is_empty(),
            self.bools.is_empty(),
        ];
        kinds.iter().filter(|is_empty| !**is_empty).count() > 1
    }
}

#[derive(Debug)]
pub(in crate::expressions) struct Link {
    pub(in crate::expressions) operator: Binary,
    pub(in crate::expressions) operand: Code,
    /// From the start of the run to the end of the operand.
    pub(in crate::expressions) range: Range,
    /// As in [`Among`], for `in` and `not in`.
    pub(in crate::expressions) strict: bool,
}

#[derive(Debug)]
pub(in crate::expressions) struct Choice {
    pub(in crate::expressions) condition: Code,
    pub(in crate::expressions) yes: Option<Code>,
    pub(in crate::expressions) no: Option<Code>,
}
