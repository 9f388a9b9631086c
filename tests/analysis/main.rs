//! The analysis of rules against brute force: a domain of carts that is small enough to try each, and holds a cart of every
//! kind that the rules of these sets can tell apart.

mod expressions;
mod random;
mod small_world;
mod truth;

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use onterms::{
    checkout::CART_JUDGE,
    payment_rules::{
        analysis::{self, FindingKind, RuleAnalysis, RuleFinding, RuleOutcome},
        rulebook::Rulebook,
    },
};
use random::Random;
use small_world::World;
use truth::{Known, Truth};

const KINDS: [FindingKind; 8] = [
    FindingKind::NeverTrue,
    FindingKind::AlwaysTrue,
    FindingKind::Shadowed,
    FindingKind::Duplicate,
    FindingKind::NoUsableMethod,
    FindingKind::EmptyDates,
    FindingKind::MayFail,
    FindingKind::PatternNeverMatches,
];

/// How often each kind occurs at least in all sets.
const LEAST: usize = 50;

fn now() -> DateTime<Utc> {
    small_world::MOMENTS[1].parse().expect("a moment")
}

fn analyze(book: &Rulebook) -> RuleAnalysis {
    analysis::analyze(book, CART_JUDGE, now(), Duration::from_secs(600))
}

fn cases() -> usize {
    let cases = std::env::var("ONTERMS_CASES").ok();
    cases.and_then(|cases| cases.parse().ok()).unwrap_or(2000)
}

/// What was found of one kind, in all sets.
#[derive(Debug, Default)]
struct Tally {
    /// By brute force.
    there: usize,
    /// By the analysis, among these.
    found: usize,
    unknown: usize,
}

#[test]
fn no_claim_is_false_and_nearly_everything_is_found() {
    let world = World::new();
    let mut random = Random::new(20_261_127);
    let pool = expressions::pool(&mut random, 900);
    let mut known = Known::of(&world);
    let mut tallies: BTreeMap<FindingKind, Tally> = BTreeMap::new();
    for case in 0..cases() {
        let book = world.rulebook(&mut random, &pool);
        let truth = Truth::of(&mut known, &book);
        if case % 100 == 0 {
            truth.agrees_with_checkout(&known, &book);
        }
        let analysis = analyze(&book);
        assert!(!analysis.is_incomplete);
        for finding in &analysis.findings {
            let told = || format!("{finding:#?}\n{}", small_world::described(&book));
            assert!(truth.confirms(finding), "{}", told());
            assert!(has_witness(&book, finding), "{}", told());
        }
        for place in 0..book.rules().len() {
            for kind in KINDS {
                let tally = tallies.entry(kind).or_default();
                let about = |rules: &[usize]| rules.first() == Some(&place);
                let found = analysis.findings.iter();
                let is_found = found.clone().any(|it| it.kind == kind && about(&it.rules));
                if truth.has(place, kind) {
                    tally.there += 1;
                    tally.found += usize::from(is_found);
                }
                let mut unknown = analysis.unknown.iter();
                let is_unknown = unknown.any(|it| it.kind == kind && about(&it.rules));
                tally.unknown += usize::from(is_unknown);
                assert!(!(is_found && is_unknown), "{kind:?} is claimed and unknown");
            }
        }
    }
    println!("{tallies:#?}");
    for (kind, tally) in &tallies {
        let enough = LEAST * cases().min(2000) / 2000;
        assert!(
            tally.there >= enough,
            "{kind:?} occurs too seldom: {tally:?}"
        );
        assert!(tally.found * 100 >= tally.there * 95, "{kind:?}: {tally:?}");
    }
}

/// Whether a finding that must show a cart does, and checkout makes of that cart what the finding says.
fn has_witness(book: &Rulebook, finding: &RuleFinding) -> bool {
    let needs_one = matches!(
        finding.kind,
        FindingKind::AlwaysTrue
            | FindingKind::Shadowed
            | FindingKind::Duplicate
            | FindingKind::MayFail
    );
    let Some(witness) = &finding.witness else {
        return !needs_one;
    };
    let first = finding.rules[0];
    if !book.rules()[first].compiled.rule.enabled {
        return true;
    }
    let outcomes = (CART_JUDGE.outcomes)(book, &witness.cart, witness.at, &finding.rules);
    let outcomes = outcomes.expect("the witness is a cart");
    let stop = (CART_JUDGE.stop)(book, &witness.cart, witness.at).expect("the witness is a cart");
    match finding.kind {
        FindingKind::AlwaysTrue => outcomes == [RuleOutcome::Applies],
        FindingKind::MayFail => matches!(outcomes[..], [RuleOutcome::Failed(_)]),
        FindingKind::Duplicate => outcomes == [RuleOutcome::Applies, RuleOutcome::Applies],
        FindingKind::Shadowed => {
            let one_stops = outcomes[1..].contains(&RuleOutcome::Applies);
            outcomes[0] == RuleOutcome::Applies && one_stops && stop.is_some_and(|it| it < first)
        }
        _ => true,
    }
}

#[test]
fn a_saved_rule_gets_what_the_analysis_of_all_reports_about_it() {
    let world = World::new();
    let mut random = Random::new(7);
    let pool = expressions::pool(&mut random, 200);
    for _ in 0..60 {
        let book = world.rulebook(&mut random, &pool);
        let all = analyze(&book);
        for place in 0..book.rules().len() {
            let one =
                analysis::analyze_one(&book, place, CART_JUDGE, now(), Duration::from_secs(60));
            // A rule that repeats several is compared with the first of them, or with each.
            let of = |analysis: &RuleAnalysis, kind| {
                let findings = analysis.findings.iter();
                findings
                    .filter(|it| it.kind == kind && it.rules[0] == place)
                    .count()
                    .min(1)
            };
            for kind in KINDS {
                assert_eq!(
                    of(&one, kind),
                    of(&all, kind),
                    "{kind:?} of {place}\n{}",
                    small_world::described(&book)
                );
            }
        }
    }
}

#[test]
fn an_analysis_without_time_says_that_it_is_incomplete() {
    let world = World::new();
    let mut random = Random::new(3);
    let pool = expressions::pool(&mut random, 50);
    let book = world.rulebook(&mut random, &pool);
    let analysis = analysis::analyze(&book, CART_JUDGE, now(), Duration::ZERO);
    assert!(analysis.is_incomplete && analysis.unknown.is_empty());
    let one = analysis::analyze_one(&book, 0, CART_JUDGE, now(), Duration::ZERO);
    assert!(one.is_incomplete && one.unknown.is_empty());
}
