//! The results of an analysis.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::expressions::Span;

/// What is peculiar about a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RuleFindingCode)]
pub enum FindingKind {
    /// The expression holds for no cart.
    NeverTrue,
    /// The expression holds for every cart.
    AlwaysTrue,
    /// Wherever the rule applies, an earlier rule stops.
    Shadowed,
    /// An earlier rule does the same.
    Duplicate,
    /// No method that it offers can be used.
    NoUsableMethod,
    /// It is in force at no moment.
    EmptyDates,
    /// The expression fails for some carts.
    MayFail,
    /// A postal pattern matches no code.
    PatternNeverMatches,
}

impl FindingKind {
    /// As it is written in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingKind::NeverTrue => "never_true",
            FindingKind::AlwaysTrue => "always_true",
            FindingKind::Shadowed => "shadowed",
            FindingKind::Duplicate => "duplicate",
            FindingKind::NoUsableMethod => "no_usable_method",
            FindingKind::EmptyDates => "empty_dates",
            FindingKind::MayFail => "may_fail",
            FindingKind::PatternNeverMatches => "pattern_never_matches",
        }
    }
}

/// Something peculiar about a rule, which is certain. Rules are named by their places in the rulebook.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleFinding {
    pub kind: FindingKind,
    /// A sentence for people.
    pub message: String,
    /// The rule it is about, and then the rules that make it so.
    pub rules: Vec<usize>,
    /// The expressions, or parts of them, that it is about.
    pub spans: Vec<(usize, Span)>,
    /// What in the first rule it is about.
    pub pointer: String,
    /// A cart that shows it.
    pub witness: Option<RuleWitness>,
}

/// A cart and a moment. Checkout has judged it.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleWitness {
    /// JSON.
    pub cart: String,
    pub at: DateTime<Utc>,
}

/// A question that could not be answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Undecided {
    pub kind: FindingKind,
    /// The rule it is about, and then those that could make it so.
    pub rules: Vec<usize>,
}

/// All that was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleAnalysis {
    pub findings: Vec<RuleFinding>,
    pub unknown: Vec<Undecided>,
    /// How many rules were looked at.
    pub rules: usize,
    /// Whether time ran out, or there was too much to say, so that not everything was looked at.
    pub is_incomplete: bool,
}
