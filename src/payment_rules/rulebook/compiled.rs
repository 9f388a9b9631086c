//! A rule with its expression parsed.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use metrics::Counter;

use crate::{
    cart,
    expressions::{EvalError, Expression},
    payment_rules::Rule,
};

/// A rule that is ready to be asked.
#[derive(Debug)]
pub struct CompiledRule {
    pub rule: Rule,
    pub expression: Condition,
    failed: OnceLock<Counter>,
    told: AtomicBool,
}

/// When a rule applies, beside currency, website, destination and dates. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Always.
    None,
    /// When this holds.
    When(Arc<Expression>),
    /// Never: a text that was accepted once and is not any more, after an upgrade for instance. A rule we cannot read
    /// must not offer anything.
    Unreadable(Arc<str>),
}

impl CompiledRule {
    /// Parses the rule's expression.
    pub fn new(rule: Rule) -> Self {
        let text = rule
            .expression
            .as_deref()
            .filter(|text| !text.trim().is_empty());
        let expression = match text.map(|text| Expression::parse(text, cart::schema())) {
            None => Condition::None,
            Some(Ok(expression)) => Condition::When(Arc::new(expression)),
            Some(Err(diagnostics)) => {
                let first = diagnostics
                    .into_iter()
                    .next()
                    .map(|diagnostic| diagnostic.message);
                Condition::Unreadable(first.unwrap_or_default().into())
            }
        };
        CompiledRule {
            rule,
            expression,
            failed: OnceLock::new(),
            told: AtomicBool::new(false),
        }
    }

    /// Counts a failed expression, and logs it once per version of the rule: a broken rule fails on every cart.
    pub fn note_failure(&self, error: &EvalError) {
        let id = self.rule.id.to_string();
        let counter = self
            .failed
            .get_or_init(|| metrics::counter!("onterms_rule_errors_total", "rule" => id.clone()));
        counter.increment(1);
        if !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                rule_id = id,
                version = self.rule.version,
                error = ?error.code,
                "a rule's expression failed on a cart, so the rule did not apply; said once per version"
            );
        }
    }
}
