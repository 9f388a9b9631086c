//! A rule with its expression parsed and its destinations compiled.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use metrics::Counter;

use super::conditions::ParsedCondition;
use crate::{
    expressions::{ErrorCode, EvalError, Expression},
    payment_rules::{Destinations, Rule},
};

/// A rule that is ready for evaluation.
#[derive(Debug)]
pub struct CompiledRule {
    pub rule: Rule,
    pub destinations: Destinations,
    pub expression: Condition,
    /// The parsed expression, shared with rules that have the same text.
    parsed: Option<Arc<ParsedCondition>>,
    failed: RuleCounter,
    spent: RuleCounter,
}

/// Counts each event, but logs only the first one per version of the rule, because the event may recur for every cart.
#[derive(Debug, Default)]
struct RuleCounter {
    counter: OnceLock<Counter>,
    logged: AtomicBool,
}

impl RuleCounter {
    /// Counts an event; returns whether it is the first one.
    fn note(&self, metric: &'static str, rule: &Rule) -> bool {
        self.counter
            .get_or_init(|| metrics::counter!(metric, "rule" => rule.id.to_string()))
            .increment(1);
        !self.logged.swap(true, Ordering::Relaxed)
    }
}

/// The condition of a rule besides currency, website, destination and dates. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Always.
    None,
    /// When this holds.
    When(Arc<Expression>),
    /// Never: a text that was accepted once and no longer is, for instance after an upgrade. A rule with an unreadable
    /// expression must not offer anything.
    Unreadable(Arc<str>),
}

impl Condition {
    /// The parsed expression, if there is one.
    pub fn get(&self) -> Option<&Expression> {
        match self {
            Condition::When(expression) => Some(expression),
            Condition::None | Condition::Unreadable(_) => None,
        }
    }
}

impl CompiledRule {
    /// Parses the rule's expression and compiles its destinations.
    pub fn new(rule: Rule) -> Self {
        let text = rule.expression.as_deref();
        let text = text.filter(|text| !text.trim().is_empty());
        let (expression, parsed) = match text.map(ParsedCondition::of) {
            None => (Condition::None, None),
            Some(Ok(parsed)) => {
                let expression = Arc::clone(&parsed.expression);
                (Condition::When(expression), Some(parsed))
            }
            Some(Err(diagnostics)) => {
                let first = diagnostics.into_iter().next();
                let message = first.map(|first| first.message).unwrap_or_default();
                (Condition::Unreadable(message.into()), None)
            }
        };
        CompiledRule {
            destinations: Destinations::new(&rule.destinations),
            rule,
            expression,
            parsed,
            failed: RuleCounter::default(),
            spent: RuleCounter::default(),
        }
    }

    /// The number of the condition; rules with the same condition have the same number.
    pub(super) fn condition_number(&self) -> Option<u32> {
        self.parsed.as_ref().map(|parsed| parsed.number)
    }

    /// Counts a failed expression. A spent budget is counted separately, because all rules of the walk contribute to
    /// it.
    pub fn note_failure(&self, error: &EvalError) {
        if error.code == ErrorCode::BudgetExceeded {
            self.note_spent_budget();
        } else if self.failed.note("onterms_rule_errors_total", &self.rule) {
            tracing::warn!(
                rule_id = %self.rule.id,
                version = self.rule.version,
                error = ?error.code,
                "a rule's expression failed on a cart, so the rule did not apply; said once per version"
            );
        }
    }

    /// Counts a walk that ended at this rule because the budget for expressions was spent.
    pub fn note_spent_budget(&self) {
        let metric = "onterms_rule_budget_spent_total";
        if self.spent.note(metric, &self.rule) {
            tracing::warn!(
                rule_id = %self.rule.id,
                version = self.rule.version,
                "the rules up to this one used up what one request may spend on expressions, so the rules behind it were not judged and the cart cannot be paid for; said once per version"
            );
        }
    }
}
