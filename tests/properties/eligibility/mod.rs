//! A property test of eligibility with random rulebooks and carts. The walk, its explanations and a plain model of it decide
//! alike, however much is explained and wherever the budget for expressions ends. A rule that the walk skips would not have
//! changed the result.
//!
//! `PROPTEST_CASES` sets the number of rulebooks, `PROPTEST_RNG_SEED` selects them.

mod drawn;
mod model;

use std::collections::BTreeSet;

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};

use self::{
    drawn::{Drawn, at, book, drawn},
    model::{expected, judged, outcome_of, unhurried},
};
use crate::{
    cart,
    checkout::{
        answer::{Explanation, eligibility},
        eligibility::EligibilityContext,
        explain::not_offered,
        steps::Verdicts,
        trace::{TraceRange, Traced, trace},
        walk::walk,
    },
    credit::CreditView,
    expressions::Budget,
    locale::Wanted,
    payment_rules::rulebook::{Condition, Rulebook},
    providers::ProviderKind,
};

/// How many conditions a walk evaluates to the same end if it passes over nothing.
fn conditions(
    book: &Rulebook,
    context: &EligibilityContext<'_, '_>,
    expected: &model::Expected,
) -> usize {
    let end = expected.stop.or(expected.spent).unwrap_or(usize::MAX);
    let reached = book.rules().iter().filter(|rule| {
        let outcome = judged(rule, context, &mut Budget::new(1_000_000));
        let is_evaluated =
            outcome.is_none_or(|code| code.is_none_or(|code| code.starts_with("expression")));
        is_evaluated && matches!(rule.compiled.expression, Condition::When(_)) && rule.place <= end
    });
    reached.count()
}

fn code(reason: &impl serde::Serialize) -> String {
    let reason = json!(reason);
    reason["code"].as_str().unwrap_or("?").to_owned()
}

/// The members that every answer has, however much it explains.
fn plain(answer: &[u8]) -> Value {
    let answer: Value = serde_json::from_slice(answer).expect("JSON");
    let offered = answer["offered"].as_array().cloned().unwrap_or_default();
    let ids: Vec<Value> = offered.iter().map(|method| method["id"].clone()).collect();
    json!([
        ids,
        answer["incomplete"],
        answer["paymentRequired"],
        answer["revision"]
    ])
}

/// What went on in a case, so that the whole run can be seen to have tried everything.
fn agree(drawn: &Drawn) -> Result<BTreeSet<String>, TestCaseError> {
    let text = drawn.cart.to_string();
    let cart = cart::read(&text).expect("a cart");
    let book = book(drawn);
    let view = CreditView::new(&drawn.known, at(), true);
    let mut context = EligibilityContext::new(&cart, at()).with_credit(Some(&view));
    context.budget = Budget::new(drawn.steps);
    let mut verdicts = Verdicts::new(&context);
    let mut alone = Vec::new();
    let walk = walk(&book, &context, |rule, verdict| {
        alone.push(rule.place);
        verdicts.note(rule, verdict);
    });
    let expected = expected(&book, &context);
    prop_assert_eq!(&outcome_of(&walk), &expected, "{:?}", drawn);
    let unhurried = unhurried(&book, &context);
    match expected.spent {
        None => prop_assert_eq!(&expected, &unhurried, "{:?}", drawn),
        Some(_) => prop_assert!(
            unhurried.offered.starts_with(&expected.offered),
            "{:?}",
            drawn
        ),
    }
    let mut seen = BTreeSet::new();
    if alone.len() < conditions(&book, &context, &expected) {
        seen.insert("passed over".to_owned());
    }

    let told = not_offered(&book, &context, &walk, &mut verdicts);
    let all = TraceRange {
        start: 0,
        limit: 200,
        revision: None,
    };
    let (traced, _) = trace(&book, &context, &walk, &mut verdicts, all);
    let offered: BTreeSet<usize> = expected.offered.iter().map(|(_, method)| *method).collect();
    let left: Vec<_> = (0..book.methods().len())
        .filter(|method| !offered.contains(method))
        .collect();
    prop_assert_eq!(told.len(), left.len(), "{:?}", drawn);
    let mut boundless = Budget::new(1_000_000);
    for (one, place) in told.iter().zip(left) {
        let card = &book.methods()[place];
        prop_assert_eq!(one.card.method.id, card.method.id);
        prop_assert!(!one.reasons.is_empty(), "{:?}", drawn);
        for rule in book.rules_naming(place) {
            let id = rule.compiled.rule.id;
            let about = |reason: &&crate::checkout::reason::Reason| {
                reason.rule.as_ref().is_some_and(|rule| rule.id == id)
            };
            let reason = one.reasons.iter().find(about);
            let is_spent = expected.spent.is_some_and(|spent| spent <= rule.place);
            let is_behind = |end: Option<usize>| end.is_some_and(|end| end < rule.place);
            let has_condition = matches!(rule.compiled.expression, Condition::When(_));
            let by_itself = judged(rule, &context, &mut boundless);
            boundless = Budget::new(1_000_000);
            let should = match by_itself {
                Some(Some(code)) if !code.starts_with("expression") => code,
                // Behind a spent budget nothing is judged.
                _ if is_spent && has_condition => "budget_spent",
                Some(Some(code)) => code,
                _ if is_behind(expected.stop) => "stopped_by",
                _ if is_behind(expected.spent) => "budget_spent",
                // Not known, or the method does not fit.
                _ => "unfit",
            };
            let Some(reason) = reason else {
                prop_assert_eq!(should, "unfit", "{:?}", drawn);
                continue;
            };
            let told = json!(reason);
            seen.insert(code(reason));
            // An explanation whose own budget ended is incomplete.
            if told["incomplete"] == true {
                seen.insert("incomplete explanation".to_owned());
            } else if should != "unfit" {
                prop_assert_eq!(code(reason), should, "{:?} {}", drawn, told);
            }
        }
        for reason in &one.reasons {
            let is_spent = code(reason) == "budget_spent";
            prop_assert!(!is_spent || expected.spent.is_some(), "{:?}", drawn);
        }
    }

    let by_trace: Vec<Value> = traced
        .iter()
        .flat_map(|rule| &rule.methods)
        .filter(|method| method.offered)
        .map(|method| json!(method.id))
        .collect();
    let ids: Vec<Value> = expected
        .offered
        .iter()
        .map(|(_, method)| json!(book.methods()[*method].method.id.to_string()))
        .collect();
    prop_assert_eq!(by_trace, ids, "{:?}", drawn);
    let stopped = traced.iter().position(|rule| rule.stopped);
    prop_assert_eq!(stopped, expected.stop, "{:?}", drawn);

    let nobody = Wanted::default();
    let full = eligibility(&book, &walk, &Explanation::default(), &context, &nobody);
    let (credit, all) = (drawn.known.model(&cart), book.methods());
    for (place, card) in all.iter().enumerate().filter(|(_, it)| it.method.enabled) {
        let total = cart.total().map_or(0, |total| total.minor());
        let most = ProviderKind::Apruve.most(cart.currency());
        if card.method.terms.credit().is_none() || total > most.minor() {
            continue;
        }
        seen.extend(credit.iter().map(|(code, hides)| format!("{code} {hides}")));
        let hiding: Vec<&str> = credit.iter().filter(|it| it.1).map(|it| it.0).collect();
        let id = json!(card.method.id.to_string());
        if let Some(one) = told.iter().find(|it| it.card.method.id == card.method.id) {
            let is_told = |wanted: &&str| one.reasons.iter().any(|it| code(it) == **wanted);
            prop_assert!(hiding.iter().all(is_told), "{:?}", drawn);
        } else {
            prop_assert!(offered.contains(&place) && hiding.is_empty(), "{:?}", drawn);
            let answer: Value = serde_json::from_slice(&full).expect("JSON");
            let list = answer["offered"].as_array().cloned().unwrap_or_default();
            let shown = list
                .iter()
                .find(|it| it["id"] == id)
                .cloned()
                .unwrap_or_default();
            let warned = shown["warnings"].as_array().cloned().unwrap_or_default();
            let warned: Vec<String> = warned.iter().map(code).collect();
            let expected: Vec<&str> = credit.iter().map(|it| it.0).collect();
            prop_assert_eq!(warned, expected, "{:?}", drawn);
        }
    }
    let answer = |told: Explanation| plain(&eligibility(&book, &walk, &told, &context, &nobody));
    let short = answer(Explanation::default());
    prop_assert_eq!(
        short[1] == json!(true),
        expected.spent.is_some(),
        "{:?}",
        drawn
    );
    prop_assert_eq!(
        &answer(Explanation {
            not_offered: Some(told),
            trace: Some(Traced {
                items: traced,
                next_cursor: None
            }),
        }),
        &short,
        "{:?}",
        drawn
    );
    let again = not_offered(&book, &context, &walk, &mut verdicts);
    let reasons = Explanation {
        not_offered: Some(again),
        trace: None,
    };
    prop_assert_eq!(&answer(reasons), &short, "{:?}", drawn);

    seen.insert(format!("spent {}", expected.spent.is_some()));
    seen.insert(format!("stopped {}", expected.stop.is_some()));
    if expected.spent.is_some() && !expected.offered.is_empty() {
        seen.insert("offered before the budget was spent".to_owned());
    }
    Ok(seen)
}

#[test]
fn whatever_the_rules_and_the_budget_the_explanation_is_what_is_decided() {
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 2000;
    }
    let seen = std::cell::RefCell::new(BTreeSet::new());
    let run = TestRunner::new(config).run(&drawn(), |drawn| {
        seen.borrow_mut().extend(agree(&drawn)?);
        Ok(())
    });
    if let Err(failure) = run {
        panic!("{failure}");
    }
    let seen = seen.into_inner();
    for what in [
        "currency_mismatch",
        "website_mismatch",
        "needs_billing_address",
        "destination_mismatch",
        "rule_disabled",
        "outside_dates",
        "expression_false",
        "expression_error",
        "stopped_by",
        "budget_spent",
        "incomplete explanation",
        "spent true",
        "spent false",
        "stopped true",
        "offered before the budget was spent",
        "passed over",
        "credit_insufficient true",
        "credit_insufficient false",
        "credit_hold true",
        "credit_unknown true",
        "credit_unknown false",
        "no_account true",
        "provider_unreachable true",
        "provider_unreachable false",
        "credentials_invalid true",
    ] {
        assert!(seen.contains(what), "{what} was never tried: {seen:?}");
    }
}
