//! The item variables of the loops around a part of an expression.

use super::compile::{Code, Quantified};
use super::operand::Operand;

/// A loop and its current item.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s, 'a> {
    pub(super) item: &'s Operand<'a>,
    pub(super) index: u64,
    /// The code of the list that contains the item.
    pub(super) list: &'a Code,
    pub(super) outer: Option<&'s Scope<'s, 'a>>,
}

impl<'s, 'a> Scope<'s, 'a> {
    pub(super) fn new(
        quantified: &'a Quantified,
        item: &'s Operand<'a>,
        index: u64,
        outer: Scopes<'s, 'a>,
    ) -> Self {
        Self {
            item,
            index,
            list: &quantified.receiver,
            outer,
        }
    }
}

/// The innermost loop; `None` outside of all loops.
pub(super) type Scopes<'s, 'a> = Option<&'s Scope<'s, 'a>>;

/// The index of the current item of each loop, innermost first.
pub(super) fn indexes(scope: Scopes<'_, '_>) -> Vec<u64> {
    std::iter::successors(scope, |inner| inner.outer)
        .map(|scope| scope.index)
        .collect()
}
