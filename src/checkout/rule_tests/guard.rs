//! Runs the tests of the rules before every change of what checkout sees.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{FailedRuleTest, explain, passes};
use crate::{
    auth::Websites,
    clock::Clock,
    guarded_write::{BrokenTests, GuardVerdict, GuardedState, Rehearsal, WriteGuard},
    http::problem::{Kind, Problem},
    payment_rules::{
        rule_tests::{RuleTest, store},
        rulebook::{Candidate, RulebookCache},
    },
    store::{StoreError, Tx, revisions},
};

/// The maximum number of tests that a refusal explains.
const MOST_EXPLAINED: usize = 20;

/// The guard of all writes that checkout can see.
pub struct RuleTestGuard {
    rulebooks: RulebookCache,
    clock: Clock,
}

impl RuleTestGuard {
    /// Compares with the present rulebook. Tests without an instant are judged at the current time.
    pub fn new(rulebooks: RulebookCache, clock: Clock) -> Self {
        RuleTestGuard { rulebooks, clock }
    }
}

impl WriteGuard for RuleTestGuard {
    fn state(&self, tx: &mut Tx<'_>) -> Result<Option<GuardedState>, StoreError> {
        let set = store::find_set(tx)?;
        if set.tests == 0 {
            return Ok(None);
        }
        Ok(Some(GuardedState {
            revision: revisions::current(tx)?,
            tests: set.version,
        }))
    }

    fn read(&self, tx: &mut Tx<'_>) -> Result<Box<dyn Rehearsal>, StoreError> {
        Ok(Box::new(TestRun {
            tests: store::load(tx)?,
            candidate: Candidate::read(tx, self.rulebooks.newest())?,
            now: self.clock.now(),
        }))
    }
}

/// The tests, and the rulebooks before and after a change.
struct TestRun {
    tests: Vec<RuleTest>,
    candidate: Candidate,
    now: DateTime<Utc>,
}

impl Rehearsal for TestRun {
    fn judge(self: Box<Self>, websites: &Websites) -> GuardVerdict {
        let now = self.now;
        let (before, after) = self.candidate.compile();
        let mut verdict = GuardVerdict::default();
        let (mut broken, mut names) = (Vec::new(), Vec::new());
        for (place, test) in self.tests.iter().enumerate() {
            if passes(test, &after, now) {
                continue;
            }
            let is_broken = !Arc::ptr_eq(&before, &after) && passes(test, &before, now);
            if is_broken {
                names.push(test.name.clone());
            }
            // Tests of other websites count too, but are not shown.
            if !test.is_for(websites) {
                continue;
            }
            let failed = explain(test, &after, now, None);
            verdict.warnings.push(failed.warning(place));
            if is_broken && broken.len() < MOST_EXPLAINED {
                broken.push(explain(test, &after, now, Some(websites)));
            }
        }
        verdict.broken = (!names.is_empty()).then(|| BrokenTests {
            problem: refusal(broken, names.len()),
            names,
        });
        verdict
    }
}

fn refusal(broken: Vec<FailedRuleTest>, count: usize) -> Problem {
    let detail = match broken.as_slice() {
        [only] if count == 1 => format!(
            "The test “{}” passes now and would fail. {}",
            only.name, only.message
        ),
        _ => format!("{count} tests of the rules pass now and would fail; see `tests`."),
    };
    let problem = Problem::new(Kind::RuleTestsFailed, detail);
    let problem = match count - broken.len() {
        0 => problem,
        more => problem.with("moreTests", more),
    };
    problem.with("tests", broken)
}
