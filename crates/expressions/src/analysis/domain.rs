//! Which values an attribute can have.

use rust_decimal::Decimal;

use crate::number::MAX_DIGITS;
use crate::schema::{Attribute, Kind, MONEY_DECIMALS};

/// The values that an attribute can have in the documents of a [`super::Space`].
#[derive(Clone, Debug)]
pub enum Domain {
    /// Only these values.
    Only(Vec<Sample>),
    /// Numbers of an interval.
    Numbers(Numbers),
    /// Texts.
    Texts(Texts),
}

/// One value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Sample {
    /// It is missing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// A text.
    Text(String),
}

/// Numbers of an interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// The smallest value, with at most `scale` decimals; `None`: no lower limit.
    pub low: Option<Decimal>,
    /// The largest value, with at most `scale` decimals; `None`: no upper limit.
    pub high: Option<Decimal>,
    /// The maximum number of decimals.
    pub scale: u32,
    /// Whether the attribute may be missing, too.
    pub nullable: bool,
    /// Whether a witness always has a number here, even if no condition reads it.
    pub always_given: bool,
}

/// Texts.
#[derive(Clone, Debug)]
pub struct Texts {
    /// Whether a document may have this text.
    pub accepts: fn(&str) -> bool,
    /// Texts that guards distinguish.
    pub listed: Vec<Listed>,
    /// If not empty, the only texts besides the listed ones. One of them represents all that no condition
    /// distinguishes.
    pub others: &'static [&'static str],
    /// Whether the attribute may be missing, too.
    pub nullable: bool,
    /// Whether the listed texts and one other represent all texts.
    pub completeness: Completeness,
}

/// A text that guards distinguish.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The text.
    pub text: String,
    /// Whether it represents only itself, and not other texts that guards treat alike.
    pub exact: bool,
}

/// Whether the listed texts and one other represent every text that guards can tell apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Completeness {
    /// They do.
    Complete,
    /// They do if no expression reads the attribute.
    Unread,
    /// They do if no expression compares the order of texts.
    Unordered,
    /// They do not.
    Incomplete,
}

impl Numbers {
    /// Any number with at most `scale` decimals.
    pub(super) fn any(scale: u32, nullable: bool) -> Self {
        Self {
            low: None,
            high: None,
            scale,
            nullable,
            always_given: false,
        }
    }
}

impl Texts {
    /// Any text at all.
    pub fn any() -> Self {
        Self {
            accepts: |_| true,
            listed: Vec::new(),
            others: &[],
            nullable: true,
            completeness: Completeness::Complete,
        }
    }
}

impl Domain {
    /// The values that the schema allows.
    pub(super) fn of(attribute: &Attribute) -> Self {
        let nullable = !attribute.is_required() && !attribute.is_empty_when_absent();
        match attribute.kind() {
            Kind::Decimal => Self::Numbers(Numbers::any(MAX_DIGITS as u32, nullable)),
            Kind::Money => Self::Numbers(Numbers::any(MONEY_DECIMALS, nullable)),
            Kind::Boolean => {
                let mut samples = vec![Sample::Bool(true), Sample::Bool(false)];
                samples.extend(nullable.then_some(Sample::Null));
                Self::Only(samples)
            }
            // `Variable::divide` makes the cells of the other kinds without a domain.
            _ => Self::Texts(Texts {
                nullable,
                ..Texts::any()
            }),
        }
    }
}
