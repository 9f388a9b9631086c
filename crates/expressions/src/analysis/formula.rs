//! The condition that a searched document must meet.

use crate::expression::Expression;

/// A condition on a document.
pub enum Formula<'f> {
    /// All of the conditions hold.
    All(Vec<Formula<'f>>),
    /// At least one of the conditions holds.
    Any(Vec<Formula<'f>>),
    /// The expression has one of these outcomes.
    Outcome(&'f Expression, Outcomes),
    /// The guard holds, or does not.
    Guard(&'f dyn Guard, bool),
}

/// A set of outcomes of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcomes(u8);

impl Outcomes {
    /// None of the three.
    pub const NONE: Self = Self(0);
    /// The expression holds.
    pub const TRUE: Self = Self(1);
    /// The expression does not hold.
    pub const FALSE: Self = Self(2);
    /// The expression fails.
    pub const FAILURE: Self = Self(4);
    /// The expression does not hold, or fails.
    pub const NOT_TRUE: Self = Self(2 | 4);
    /// Any of the three.
    pub const ANY: Self = Self(7);

    /// The union of two sets.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether two sets have an outcome in common.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set with true and false exchanged.
    pub(super) const fn negated(self) -> Self {
        let swapped = (self.0 & 1) << 1 | (self.0 & 2) >> 1;
        Self(swapped | self.0 & 4)
    }
}

/// A condition on texts of a document that is not an expression.
pub trait Guard: Sync {
    /// The attributes that the guard may read.
    fn reads(&self) -> &'static [&'static str];

    /// Whether the guard holds.
    ///
    /// # Errors
    /// An attribute that the guard needs has no value yet.
    fn holds(&self, values: &dyn Values) -> Result<bool, Unassigned>;
}

/// The texts that a guard reads.
pub trait Values {
    /// The text of an attribute; `None` if the attribute is missing or no text.
    ///
    /// # Errors
    /// The attribute has no value yet.
    fn text(&self, path: &'static str) -> Result<Option<&str>, Unassigned>;
}

/// An attribute has no value yet.
#[derive(Clone, Copy, Debug)]
pub struct Unassigned(pub(super) usize);
