//! Conditions that several rules have: thousands of rules often share a few, and a walk need not evaluate one twice.

use std::{collections::HashMap, sync::Arc};

use super::{CompiledRule, Condition};

/// The texts of conditions that at least two rules have, with their numbers.
pub(super) struct SharedConditions(HashMap<Arc<str>, u32>);

impl SharedConditions {
    pub(super) fn among(rules: &[Arc<CompiledRule>]) -> Self {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for text in rules.iter().filter_map(|rule| text_of(rule)) {
            *counts.entry(text).or_default() += 1;
        }
        let shared = counts.into_iter().filter(|(_, count)| *count > 1);
        let numbered = shared
            .zip(0..)
            .map(|((text, _), number)| (text.into(), number));
        SharedConditions(numbered.collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn number_of(&self, rule: &CompiledRule) -> Option<u32> {
        self.0.get(text_of(rule)?).copied()
    }
}

/// The same text means the same condition: all are compiled against one schema.
fn text_of(rule: &CompiledRule) -> Option<&str> {
    match &rule.expression {
        Condition::When(_) => rule.rule.expression.as_deref().map(str::trim),
        Condition::None | Condition::Unreadable(_) => None,
    }
}
