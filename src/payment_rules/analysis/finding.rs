//! The results of an analysis.

use chrono::{DateTime, Utc};

use crate::{expressions::Span, string_enum::string_enum};

string_enum! {
    /// What is peculiar about a rule.
    FindingKind as "RuleFindingCode" {
        /// The expression holds for no cart.
        NeverTrue = "never_true",
        /// The expression holds for every cart.
        AlwaysTrue = "always_true",
        /// Wherever the rule applies, an earlier rule stops.
        Shadowed = "shadowed",
        /// An earlier rule does the same.
        Duplicate = "duplicate",
        /// No method that it offers can be used.
        NoUsableMethod = "no_usable_method",
        /// It is in force at no moment.
        EmptyDates = "empty_dates",
        /// The expression fails for some carts.
        MayFail = "may_fail",
        /// A postal pattern matches no code.
        PatternNeverMatches = "pattern_never_matches",
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
