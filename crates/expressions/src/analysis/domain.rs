//! Which values an attribute can have.

use rust_decimal::Decimal;

use crate::number::MAX_DIGITS;
use crate::schema::{Attribute, Kind, MONEY_DECIMALS};

/// The values that an attribute can have in the documents that are asked about.
#[derive(Clone, Debug)]
pub enum Domain {
    /// These and no others.
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
    /// The smallest; it must have at most `scale` decimals.
    pub low: Option<Decimal>,
    /// The largest; likewise.
    pub high: Option<Decimal>,
    /// How many decimals they may have.
    pub scale: u32,
    /// Whether the attribute may be missing, too.
    pub nullable: bool,
    /// Whether a witness has a number here even where nothing depends on it.
    pub always_given: bool,
}

/// Texts.
#[derive(Clone, Debug)]
pub struct Texts {
    /// Whether a text can be posted here.
    pub accepts: fn(&str) -> bool,
    /// Texts that guards distinguish.
    pub listed: Vec<Listed>,
    /// If not empty, the only texts besides the listed ones; one of them stands for all that nothing distinguishes.
    pub others: &'static [&'static str],
    /// Whether the attribute may be missing, too.
    pub nullable: bool,
    /// Whether these texts stand for all.
    pub completeness: Completeness,
}

/// A text that guards distinguish.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The text.
    pub text: String,
    /// Whether it stands for itself alone, and not for others that guards treat alike.
    pub exact: bool,
}

/// Whether the listed texts and one other stand for all texts, as far as guards are concerned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Completeness {
    /// They do.
    Complete,
    /// Only where no expression reads the attribute.
    Unread,
    /// Only where no expression asks for the order of texts.
    Unordered,
    /// They do not.
    Incomplete,
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
    /// What the schema allows.
    pub(super) fn of(attribute: &Attribute) -> Self {
        let nullable = !attribute.is_required() && !attribute.is_empty_when_absent();
        match attribute.kind() {
            Kind::Decimal | Kind::Money => {
                let scale = match attribute.kind() {
                    Kind::Money => MONEY_DECIMALS,
                    _ => MAX_DIGITS as u32,
                };
                Self::Numbers(Numbers {
                    low: None,
                    high: None,
                    scale,
                    nullable,
                    always_given: false,
                })
            }
            Kind::Boolean => {
                let null = nullable.then_some(Sample::Null);
                Self::Only(
                    [Sample::Bool(true), Sample::Bool(false)]
                        .into_iter()
                        .chain(null)
                        .collect(),
                )
            }
            // The other kinds have cells of their own.
            _ => Self::Texts(Texts {
                nullable,
                ..Texts::any()
            }),
        }
    }
}
