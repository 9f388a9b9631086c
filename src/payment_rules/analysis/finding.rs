//! The results of an analysis.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer, ser::Error};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{expressions::Span, string_enum::string_enum};

string_enum! {
    /// The kind of a finding about a rule.
    FindingKind as "RuleFindingCode" {
        /// The expression holds for no cart.
        NeverTrue = "never_true",
        /// The expression holds for every cart.
        AlwaysTrue = "always_true",
        /// For every cart to which the rule applies, an earlier rule stops.
        Shadowed = "shadowed",
        /// An earlier rule does the same.
        Duplicate = "duplicate",
        /// No method that it offers can be used.
        NoUsableMethod = "no_usable_method",
        /// The rule is in force at no moment.
        EmptyDates = "empty_dates",
        /// The expression fails for some carts.
        MayFail = "may_fail",
        /// A postal pattern matches no code.
        PatternNeverMatches = "pattern_never_matches",
    }
}

/// A proven finding about a rule. Rules are identified by their places in the rulebook.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleFinding {
    pub kind: FindingKind,
    /// A sentence for people.
    pub message: String,
    /// The rule that the finding is about, and then the rules that cause it.
    pub rules: Vec<usize>,
    /// The expressions, or parts of them, that the finding is about, with the places of their rules.
    pub spans: Vec<(usize, Span)>,
    /// RFC 6901 pointer to the part of the first rule that the finding is about; empty for the whole rule.
    pub pointer: String,
    /// A cart that shows the finding.
    pub witness: Option<RuleWitness>,
}

/// A cart that shows a finding. Checkout has judged it; it can be sent to `/v1/payment-rules/evaluate` as it is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RuleWitness {
    /// The cart; amounts are texts.
    #[schema(value_type = Object)]
    #[serde(serialize_with = "write_json")]
    pub cart: String,
    /// The moment at which dates are judged.
    pub at: DateTime<Utc>,
}

fn write_json<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let json: &RawValue = serde_json::from_str(json).map_err(S::Error::custom)?;
    json.serialize(serializer)
}

/// A question that could not be answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Undecided {
    pub kind: FindingKind,
    /// The rule that the question is about, and then the rules that could be the cause.
    pub rules: Vec<usize>,
}

/// The result of an analysis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleAnalysis {
    pub findings: Vec<RuleFinding>,
    pub unknown: Vec<Undecided>,
    /// Whether the analysis stopped early because time ran out or there were too many findings.
    pub is_incomplete: bool,
}
