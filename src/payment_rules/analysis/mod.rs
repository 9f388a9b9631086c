//! Analyses rules for contradictions, duplicates and the like. Every finding is proven: it holds for every cart, or
//! comes with a cart that shows it.
//!
//! The analysis asks three questions about a rule's expression (can it hold, not hold, fail?) and two about a pair of
//! rules (does one cover the other, do both apply to the same carts?). Each question is a condition on carts;
//! [`crate::expressions::analysis`] decides whether a cart meets it. Dates are compared here, because no expression
//! reads them. Checkout has judged every cart that a finding shows.
//!
//! Most pairs of rules need no search: a known sample cart to which only one of the two applies tells them apart.

mod cart_judge;
mod cart_space;
mod duplicate;
mod finding;
mod guards;
mod inquiry;
mod own;
mod shadow;
mod subject;

use std::time::Duration;

use chrono::{DateTime, Utc};

pub use cart_judge::{CartJudge, RuleOutcome};
pub use finding::{FindingKind, RuleAnalysis, RuleFinding, RuleWitness, Undecided};

use super::rulebook::Rulebook;
use duplicate::RuleEffect;
use inquiry::Inquiry;
use subject::Subject;

/// The time limit of the analysis of all rules.
pub const FOR_ALL: Duration = Duration::from_secs(2);
/// The time limit of the analysis of a saved rule.
pub const FOR_ONE: Duration = Duration::from_millis(100);

/// Analyses all rules.
pub fn analyze(
    book: &Rulebook,
    judge: CartJudge,
    now: DateTime<Utc>,
    time: Duration,
) -> RuleAnalysis {
    let inquiry = Inquiry::new(book, judge, now, time);
    for book_rule in book.rules().iter().take_while(|_| !inquiry.is_over()) {
        own::examine(&inquiry, book_rule);
    }
    let subjects: Vec<_> = book.rules().iter().filter_map(Subject::new).collect();
    duplicate::examine_all(&inquiry, &subjects);
    for subject in subjects.iter().take_while(|_| !inquiry.is_over()) {
        let is_before = |stop: &&Subject<'_>| {
            stop.place() < subject.place() && shadow::can_stop(stop.rule(), subject.rule())
        };
        let stops: Vec<_> = subjects.iter().filter(is_before).collect();
        shadow::examine(&inquiry, subject, &stops);
    }
    inquiry.finish()
}

/// Analyses one rule and its relations to all others; `place` is its place in the rulebook.
pub fn analyze_one(
    book: &Rulebook,
    place: usize,
    judge: CartJudge,
    now: DateTime<Utc>,
    time: Duration,
) -> RuleAnalysis {
    let inquiry = Inquiry::new(book, judge, now, time);
    if let Some(book_rule) = book.rules().get(place) {
        own::examine(&inquiry, book_rule);
        if let Some(subject) = Subject::new(book_rule).filter(|subject| subject.rule().enabled) {
            compare(&inquiry, &subject);
        }
    }
    inquiry.finish()
}

fn compare(inquiry: &Inquiry<'_>, subject: &Subject<'_>) {
    let rules = inquiry.book.rules();
    let before = rules.iter().take(subject.place()).filter_map(Subject::new);
    let stops = before.filter(|stop| shadow::can_stop(stop.rule(), subject.rule()));
    let stops: Vec<_> = stops.collect();
    shadow::examine(inquiry, subject, &stops.iter().collect::<Vec<_>>());
    if let Some(effect) = RuleEffect::of(subject.rule()) {
        let others = rules.iter().filter(|other| other.place != subject.place());
        let others = others.take_while(|_| !inquiry.is_over());
        let alike = others.filter(|it| RuleEffect::of(&it.compiled.rule).as_ref() == Some(&effect));
        for other in alike.filter_map(Subject::new) {
            match other.place() < subject.place() {
                true => duplicate::examine(inquiry, &other, subject),
                false => duplicate::examine(inquiry, subject, &other),
            };
        }
    }
    let later = rules
        .from(subject.place() + 1)
        .take_while(|_| !inquiry.is_over());
    let stopped = later.filter(|it| shadow::can_stop(subject.rule(), &it.compiled.rule));
    for later in stopped.filter_map(Subject::new) {
        shadow::examine(inquiry, &later, &[subject]);
    }
}
