//! The reasons why a method is not offered: a closed list of codes, each with a message.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::{
    checkout::eligibility::Ineligible,
    credit::CreditIssueCode,
    expressions::{Span, WouldApplyIf},
    ids::RuleId,
    payment_rules::Rule,
};

/// The code of a reason why a method is not offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// No rule names the method.
    NotInAnyRule,
    /// The integration behind the method is deactivated.
    MethodDisabled,
    /// The rule is for carts in another currency.
    CurrencyMismatch,
    /// The rule is for other websites.
    WebsiteMismatch,
    /// The billing address is none of the rule's destinations.
    DestinationMismatch,
    /// The rule has destinations and the cart has no billing address to compare with them.
    NeedsBillingAddress,
    /// The rule is disabled.
    RuleDisabled,
    /// The rule is not in force yet, or no longer.
    OutsideDates,
    /// The rule's expression is false for this cart.
    ExpressionFalse,
    /// The rule's expression failed on this cart, for instance on a missing attribute.
    ExpressionError,
    /// An earlier rule that applies has `stopProcessing`.
    StoppedBy,
    /// The rules up to this one used up what one request may spend on expressions.
    BudgetSpent,
    /// The method does not take the cart's currency.
    CurrencyUnsupported,
    /// The total is outside the range that the method accepts.
    AmountOutOfRange,
    /// Neither the customer nor its group has a payment term.
    NoPaymentTerm,
    /// The total is zero or less.
    NothingToPay,
    /// The cart's total, lines and other amounts contradict each other, and a payment would refuse them.
    TotalsConflict,
    /// The buyer's credit at the provider does not cover the total.
    CreditInsufficient,
    /// The provider has suspended the buyer's company.
    CreditHold,
    /// The buyer's credit is not known, and the method is configured to be hidden then.
    CreditUnknown,
    /// The provider does not know the buyer.
    NoAccount,
    /// The provider does not answer at the moment, and the method is configured to be hidden then.
    ProviderUnreachable,
    /// The provider rejects the API key of the integration.
    CredentialsInvalid,
}

impl From<CreditIssueCode> for ReasonCode {
    fn from(code: CreditIssueCode) -> Self {
        match code {
            CreditIssueCode::Insufficient => ReasonCode::CreditInsufficient,
            CreditIssueCode::Hold => ReasonCode::CreditHold,
            CreditIssueCode::Unknown => ReasonCode::CreditUnknown,
            CreditIssueCode::NoAccount => ReasonCode::NoAccount,
            CreditIssueCode::ProviderUnreachable => ReasonCode::ProviderUnreachable,
            CreditIssueCode::CredentialsInvalid => ReasonCode::CredentialsInvalid,
        }
    }
}

/// A rule, as an explanation names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleName {
    /// The rule's id.
    #[schema(example = "rule_01h455vb4pex5vsknk084sn02q")]
    #[schema(value_type = String)]
    pub id: RuleId,
    /// The rule's name.
    #[schema(example = "Small US orders")]
    pub name: String,
}

/// The reason of a rule, or of the method itself, why a method is not offered.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// Why the method is not offered, as a word from a closed list.
    pub code: ReasonCode,
    /// The rule that names the method; absent if the reason is the method's own.
    pub rule: Option<RuleName>,
    /// For a person.
    #[schema(example = "total <= 1000 is false: total is 1290.50")]
    pub message: String,
    /// Where in the cart the contradiction is, as a JSON Pointer; with `totals_conflict` only.
    #[schema(example = "/lineItems/0/quantity")]
    pub pointer: Option<String>,
    /// The part of the rule's expression that decided, in UTF-16 code units.
    pub span: Option<Span>,
    /// The cart's value at the path. Decimals are texts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object, example = json!({ "total": "1290.50" }))]
    pub observed: BTreeMap<String, Value>,
    /// A change of the cart that would make the rule apply; absent if none is known.
    pub would_apply_if: Option<WouldApplyIf>,
    /// The rule that stopped the walk, or at which the budget was used up.
    pub stopped_by: Option<RuleName>,
    /// True if the explanation used up its own budget here and is therefore incomplete; the decision does not depend on
    /// that. Absent otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false, default = false)]
    pub incomplete: bool,
}

impl RuleName {
    /// The name of a rule.
    pub fn of(rule: &Rule) -> Self {
        RuleName {
            id: rule.id,
            name: rule.name.clone(),
        }
    }
}

impl Reason {
    /// A reason without further evidence.
    pub fn new(code: ReasonCode, rule: Option<&Rule>, message: impl Into<String>) -> Self {
        Reason {
            code,
            rule: rule.map(RuleName::of),
            message: message.into(),
            pointer: None,
            span: None,
            observed: BTreeMap::new(),
            would_apply_if: None,
            stopped_by: None,
            incomplete: false,
        }
    }

    /// Adds what the cart had at `path`.
    pub fn observing(mut self, path: &str, value: impl Into<Value>) -> Self {
        self.observed.insert(path.to_owned(), value.into());
        self
    }
}

impl Ineligible<'_> {
    /// The code of the reason.
    pub fn code(self) -> ReasonCode {
        match self {
            Ineligible::NothingToPay => ReasonCode::NothingToPay,
            Ineligible::TotalsConflict(_) => ReasonCode::TotalsConflict,
            Ineligible::Disabled => ReasonCode::MethodDisabled,
            Ineligible::CurrencyUnsupported => ReasonCode::CurrencyUnsupported,
            Ineligible::AmountOutOfRange(_) => ReasonCode::AmountOutOfRange,
            Ineligible::NoPaymentTerm => ReasonCode::NoPaymentTerm,
            Ineligible::Credit(issue) => issue.code.into(),
        }
    }
}
