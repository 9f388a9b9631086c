//! Parsed conditions. Thousands of rules often share a few texts, so each text is parsed only once.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak},
};

use crate::{
    cart,
    expressions::{Diagnostic, Expression},
};

/// The parsed conditions of all compiled rules of the process.
static PARSED: LazyLock<Mutex<Parsed>> = LazyLock::new(Mutex::default);

/// Parsed conditions by their texts.
#[derive(Default)]
struct Parsed {
    by_text: HashMap<Arc<str>, Weak<ParsedCondition>>,
    /// Numbers below `next` that are not in use.
    free: Vec<u32>,
    next: u32,
}

/// A parsed condition, shared by all rules with this text, because all are compiled against the same schema.
#[derive(Debug)]
pub(super) struct ParsedCondition {
    text: Arc<str>,
    pub(super) expression: Arc<Expression>,
    /// Unique among the conditions in use. Numbers of dropped conditions are reused, so that numbers stay small.
    pub(super) number: u32,
}

impl ParsedCondition {
    /// The parsed condition of a text, which is parsed only if no other rule has it.
    pub(super) fn of(text: &str) -> Result<Arc<Self>, Vec<Diagnostic>> {
        if let Some(known) = parsed().find(text) {
            return Ok(known);
        }
        let expression = Arc::new(Expression::load(text, cart::schema())?);
        let mut parsed = parsed();
        // Another thread may have parsed it meanwhile.
        if let Some(known) = parsed.find(text) {
            return Ok(known);
        }
        let number = parsed.free_number();
        let condition = Arc::new(ParsedCondition {
            text: text.into(),
            expression,
            number,
        });
        let known = Arc::downgrade(&condition);
        parsed.by_text.insert(Arc::clone(&condition.text), known);
        Ok(condition)
    }
}

impl Drop for ParsedCondition {
    fn drop(&mut self) {
        let mut parsed = parsed();
        // Another thread may have parsed the text again since the last reference was dropped.
        let is_dropped = |known: &Weak<_>| known.strong_count() == 0;
        if parsed.by_text.get(&self.text).is_some_and(is_dropped) {
            parsed.by_text.remove(&self.text);
        }
        parsed.free.push(self.number);
    }
}

impl Parsed {
    fn find(&self, text: &str) -> Option<Arc<ParsedCondition>> {
        self.by_text.get(text)?.upgrade()
    }

    fn free_number(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        })
    }
}

fn parsed() -> MutexGuard<'static, Parsed> {
    PARSED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_parsed_once_and_numbers_are_given_out_again() {
        let text = "total > 99871";
        let (one, same) = (ParsedCondition::of(text), ParsedCondition::of(text));
        let (one, same) = (one.expect("a condition"), same.expect("a condition"));
        assert!(Arc::ptr_eq(&one, &same));
        let other = ParsedCondition::of("total > 99872").expect("a condition");
        assert_ne!(one.number, other.number);
        drop((one, same));
        assert!(!parsed().by_text.contains_key(text));
        let again = ParsedCondition::of(text).expect("a condition");
        assert_ne!(again.number, other.number);
        assert!(ParsedCondition::of("total >").is_err());
    }
}
