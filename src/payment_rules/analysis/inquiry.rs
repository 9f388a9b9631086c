//! The shared state of one analysis: the rulebook, the time limit, and the carts that were found.

use std::{
    cell::RefCell,
    collections::HashMap,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};

use super::{
    cart_judge::{CartJudge, RuleOutcome},
    cart_space::{CartTotals, carts},
    finding::{FindingKind, RuleAnalysis, RuleFinding, RuleWitness, Undecided},
    subject::Subject,
};
use crate::{
    expressions::analysis::{Answer, Formula, Steps},
    payment_rules::{Rule, rulebook::Rulebook},
};

/// The maximum number of steps of one search. A search over a few attributes takes some hundred steps.
const STEPS: u64 = 40_000;

/// The maximum number of findings, and of undecided questions, of one analysis.
const MOST_FINDINGS: usize = 2000;

/// The maximum number of carts kept for a rule.
const MOST_SAMPLES: usize = 8;

/// A running analysis.
pub struct Inquiry<'b> {
    pub book: &'b Rulebook,
    pub judge: CartJudge,
    pub now: DateTime<Utc>,
    ends: Instant,
    /// Carts to which the rule at a place applies; an empty list if none was found.
    samples: RefCell<HashMap<usize, Vec<String>>>,
    analysis: RefCell<RuleAnalysis>,
}

impl<'b> Inquiry<'b> {
    pub fn new(book: &'b Rulebook, judge: CartJudge, now: DateTime<Utc>, time: Duration) -> Self {
        Inquiry {
            book,
            judge,
            now,
            ends: Instant::now() + time,
            samples: RefCell::default(),
            analysis: RefCell::default(),
        }
    }

    /// Whether the analysis must stop because the time is over or a limit was reached. If so, marks it as incomplete.
    pub fn is_over(&self) -> bool {
        let mut analysis = self.analysis.borrow_mut();
        analysis.is_incomplete |= Instant::now() >= self.ends;
        analysis.is_incomplete
    }

    pub fn note(&self, finding: RuleFinding) {
        let mut analysis = self.analysis.borrow_mut();
        match analysis.findings.len() < MOST_FINDINGS {
            true => analysis.findings.push(finding),
            false => analysis.is_incomplete = true,
        }
    }

    pub fn note_unknown(&self, kind: FindingKind, rules: Vec<usize>) {
        // A search that ran out of time does not make the question undecidable.
        if self.is_over() {
            return;
        }
        let mut analysis = self.analysis.borrow_mut();
        match analysis.unknown.len() < MOST_FINDINGS {
            true => analysis.unknown.push(Undecided { kind, rules }),
            false => analysis.is_incomplete = true,
        }
    }

    /// The result of the analysis.
    pub fn finish(self) -> RuleAnalysis {
        let mut analysis = self.analysis.into_inner();
        let RuleAnalysis {
            findings, unknown, ..
        } = &mut analysis;
        findings.sort_by_key(|finding| (finding.rules.first().copied(), finding.kind));
        unknown.sort_by_key(|undecided| (undecided.rules.first().copied(), undecided.kind));
        analysis
    }

    /// Searches for a cart in the currency of the first of these rules. `placed` are the rules whose destinations the
    /// formula reads.
    pub fn find(
        &self,
        formula: &Formula<'_>,
        rules: &[&Rule],
        placed: &[&Rule],
        totals: CartTotals,
    ) -> Answer {
        let Some(first) = rules.first() else {
            return Answer::Unknown;
        };
        if self.is_over() {
            return Answer::Unknown;
        }
        let merchant_country = self.book.merchant_country();
        let space = carts(first.currency, merchant_country, rules, placed, totals);
        let is_over = || Instant::now() >= self.ends;
        space.find(formula, &mut Steps::until(STEPS, &is_over))
    }

    /// Carts to which a rule applies while it is in force.
    pub fn samples_of(&self, subject: &Subject<'_>) -> Vec<String> {
        if let Some(known) = self.samples.borrow().get(&subject.place()) {
            return known.clone();
        }
        let rule = [subject.rule()];
        let samples = match self.find(&subject.applies(), &rule, &rule, CartTotals::Any) {
            Answer::Found(witness) => vec![witness.json],
            Answer::Nothing | Answer::Unknown => Vec::new(),
        };
        let mut known = self.samples.borrow_mut();
        known.insert(subject.place(), samples.clone());
        samples
    }

    /// Keeps a cart to which the rule at `place` applies.
    pub fn keep_sample(&self, place: usize, cart: String) {
        let mut samples = self.samples.borrow_mut();
        let known = samples.entry(place).or_default();
        if known.len() < MOST_SAMPLES && !known.contains(&cart) {
            known.push(cart);
        }
    }

    /// The first of these carts to which all of these rules apply according to checkout.
    pub fn witness(
        &self,
        carts: &[String],
        at: DateTime<Utc>,
        places: &[usize],
    ) -> Option<RuleWitness> {
        let apply = |cart: &&String| {
            let outcomes = (self.judge.outcomes)(self.book, cart, at, places);
            outcomes.is_some_and(|all| all.iter().all(|outcome| *outcome == RuleOutcome::Applies))
        };
        let cart = carts.iter().find(apply)?.clone();
        Some(RuleWitness { cart, at })
    }
}
