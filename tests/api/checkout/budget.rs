//! Rules that use up what one request may spend on expressions.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::{
    TestApp,
    shop::{cart, cart_with, ids},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// Takes about a third of what a cart of one line may spend, and is false.
const COSTLY: &str = "{n: 1..250000}.n.any(nItem < 0)";
/// Takes more than any cart may spend.
const BOUNDLESS: &str = "{n: 1..9999999999}.n.any(nItem < 0)";

const CHECKOUT: &str = "/v1/checkout/payment-methods";

/// A cart of so many lines.
fn cart_of(lines: usize) -> Value {
    let line =
        |place: usize| json!({ "productSku": format!("SKU-{place}"), "quantity": 1, "total": "1" });
    cart_with(json!({ "total": "3000.00", "lineItems": (0..lines).map(line).collect::<Vec<_>>() }))
}

fn rule(name: &str, sort_order: usize, method: &str, fields: Value) -> Value {
    let mut rule = json!({
        "name": name, "sortOrder": sort_order, "currency": "USD", "paymentMethods": [{ "id": method }],
    });
    for (name, value) in fields.as_object().expect("an object") {
        rule[name] = value.clone();
    }
    rule
}

/// Puts these rules in the place of all others.
async fn replace_rules(app: &TestApp, rules: &[Value]) {
    let file = json!({ "rules": rules });
    app.post("/v1/payment-rules/import?mode=replace", &file)
        .await
        .expect(200);
}

/// The codes of the reasons for a method, and how often each is given in a row.
fn codes(answer: &Value, method: &str) -> Vec<(String, usize)> {
    let methods = answer["notOffered"].as_array().expect("a list");
    let method = methods
        .iter()
        .find(|one| one["id"] == method)
        .expect("the method");
    let mut codes: Vec<(String, usize)> = Vec::new();
    for reason in method["reasons"].as_array().expect("a list") {
        let code = reason["code"].as_str().expect("a code");
        match codes.last_mut() {
            Some((last, count)) if last == code => *count += 1,
            _ => codes.push((code.to_owned(), 1)),
        }
    }
    codes
}

fn more_reasons(answer: &Value, method: &str) -> u64 {
    let mut methods = answer["notOffered"].as_array().expect("a list").iter();
    let method = methods.find(|one| one["id"] == method).expect("the method");
    method["moreReasons"].as_u64().unwrap_or(0)
}

/// The reasons of all rules of the trace, in order, each with how often it follows itself.
async fn traced(app: &TestApp, cart: &Value) -> Vec<(String, usize)> {
    let mut codes: Vec<(String, usize)> = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{CHECKOUT}?explain=full&limit=200{cursor}");
        let page = app.post(&path, cart).await.expect(200)["trace"].clone();
        for rule in page["items"].as_array().expect("a list") {
            let steps = rule["steps"].as_array().expect("a list");
            let code = steps
                .iter()
                .find_map(|step| step["reason"]["code"].as_str());
            let code = code.unwrap_or("applied");
            match codes.last_mut() {
                Some((last, count)) if last == code => *count += 1,
                _ => codes.push((code.to_owned(), 1)),
            }
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return codes,
        }
    }
}

on_both_databases! {
    async fn the_walk_ends_where_the_budget_is_spent(database: Database) {
        let app = TestApp::start(database).await;
        let (before, searched) = (app.check("before").await, app.check("searched").await);
        let (stop, everyone) = (app.check("stop").await, app.check("everyone").await);
        let mut rules = vec![rule("before", 0, &before, json!({}))];
        rules.extend((1..=300).map(|place| {
            let text = format!(
                "lineItems.any(lineItem.productSku matches '/^X{place}/' or lineItem.productSku matches '/Y$/')"
            );
            rule(&format!("search {place}"), place, &searched, json!({ "expression": text }))
        }));
        rules.push(rule("stop", 301, &stop, json!({ "stopProcessing": true })));
        rules.push(rule("everyone", 302, &everyone, json!({})));
        replace_rules(&app, &rules).await;
        let cart = cart_of(3000);

        let plain = app.post(CHECKOUT, &cart).await.expect(200);
        assert_eq!(ids(&plain["offered"]), [before.as_str()]);
        assert_eq!(plain["incomplete"], true);
        let summary = app.post(&format!("{CHECKOUT}?explain=summary"), &cart).await.expect(200);
        assert_eq!(ids(&summary["offered"]), [before.as_str()]);
        assert_eq!(summary["incomplete"], true);
        for method in [&stop, &everyone] {
            assert_eq!(codes(&summary, method), [("budget_spent".to_owned(), 1)]);
        }
        assert_eq!(codes(&summary, &searched), [("expression_false".to_owned(), 20)]);
        assert_eq!(more_reasons(&summary, &searched), 280);
        // The others are in the trace: some were judged, and the rest was not come to.
        let told = traced(&app, &cart).await;
        let [(_, 1), (judged, some), (spent, others), ..] = &told[..] else {
            panic!("{told:?}");
        };
        assert_eq!((judged.as_str(), spent.as_str(), some + others), ("expression_false", "budget_spent", 302));

        // The same rules leave a cart of ten lines enough.
        let small = app.post(&format!("{CHECKOUT}?explain=summary"), &cart_of(10)).await.expect(200);
        assert_eq!(ids(&small["offered"]), [before.as_str(), stop.as_str()]);
        assert_eq!(small["incomplete"], Value::Null);
        assert_eq!(codes(&small, &everyone), [("stopped_by".to_owned(), 1)]);
    }

    async fn what_a_cart_may_spend_grows_with_its_lines(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let costly = |place| rule("costly", place, &check, json!({ "expression": COSTLY }));
        replace_rules(&app, &(0..4).map(costly).chain([rule("all", 9, &check, json!({}))]).collect::<Vec<_>>()).await;
        assert_eq!(app.post(CHECKOUT, &cart_of(1)).await.expect(200)["incomplete"], true);
        assert_eq!(app.offered(&cart_of(1)).await, [] as [&str; 0]);
        assert_eq!(app.offered(&cart_of(200)).await, [check.as_str()]);
    }

    async fn rules_that_can_change_nothing_cost_nothing(database: Database) {
        let app = TestApp::start(database).await;
        let (check, other) = (app.check("c").await, app.check("d").await);
        let boundless = |place, method: &str| rule("costly", place, method, json!({ "expression": BOUNDLESS }));
        replace_rules(&app, &[
            rule("all", 1, &check, json!({})),
            boundless(2, &check),
            rule("stop", 3, &check, json!({ "stopProcessing": true })),
            boundless(4, &other),
            boundless(5, &other),
        ]).await;
        for explain in ["none", "summary", "full"] {
            let answer = app.post(&format!("{CHECKOUT}?explain={explain}"), &cart()).await.expect(200);
            assert_eq!(ids(&answer["offered"]), [check.as_str()], "{explain}");
            assert_eq!(answer["incomplete"], Value::Null, "{explain}");
        }
        // The explanation has a budget of its own; where it is spent, a reason says that it is not complete.
        let summary = app.post(&format!("{CHECKOUT}?explain=summary"), &cart()).await.expect(200);
        let reasons = summary["notOffered"][0]["reasons"].clone();
        for place in [0, 1] {
            assert_eq!(reasons[place]["code"], "stopped_by");
            assert_eq!(reasons[place]["incomplete"], true);
        }
        let full = app.post(&format!("{CHECKOUT}?explain=full"), &cart()).await.expect(200);
        assert_eq!(full["trace"]["items"][1]["applied"], false);
    }

    async fn a_cart_that_is_not_judged_to_the_end_is_not_paid_for(database: Database) {
        let shop = TestShop::open(database).await;
        let body = shop.new_payment("SO-1");
        let method = body["paymentMethodId"].as_str().expect("a method").to_owned();
        let late = shop.app.check("late").await;
        let fields = json!({ "expression": BOUNDLESS });
        let spender = shop.app.rule("spender", 1_000, &[&late], fields).await;
        let plain = shop.app.post(CHECKOUT, &body["cart"]).await.expect(200);
        assert_eq!((ids(&plain["offered"]), &plain["incomplete"]), (vec![method], &json!(true)));
        for wanted in [body["paymentMethodId"].clone(), json!(late)] {
            let mut body = body.clone();
            body["paymentMethodId"] = wanted;
            let refused = shop.post("/v1/payments", &body).await;
            assert_eq!(refused.problem(409), "not-eligible");
            let reason = &refused.json()["reasons"][0];
            assert_eq!(reason["code"], "budget_spent");
            assert_eq!((&reason["rule"]["id"], &reason["stoppedBy"]["id"]), (&json!(spender), &json!(spender)));
        }
        shop.app.post(&format!("/v1/payment-rules/{spender}/disable"), &json!({})).await.expect(200);
        assert_eq!(shop.post("/v1/payments", &body).await.expect(201)["status"], "pending");
    }

    async fn however_much_is_explained_the_same_is_offered(database: Database) {
        let app = TestApp::start(database).await;
        let methods = [app.check("a").await, app.check("b").await, app.terms("c").await, app.check("d").await];
        let one = (
            prop::sample::select(vec![
                COSTLY, COSTLY, COSTLY, BOUNDLESS, "total > 1", "total < 1", "customerUser.email = 'x'",
                "customer.tier != 'x'", "",
            ]),
            prop::sample::select(methods.to_vec()),
            prop::bool::weighted(0.15),
            prop::bool::weighted(0.9),
        );
        let mut runner = TestRunner::deterministic();
        let (mut complete, mut incomplete) = (0, 0);
        for _ in 0..12 {
            let drawn = prop::collection::vec(one.clone(), 1..9).new_tree(&mut runner).expect("rules").current();
            let rules: Vec<_> = drawn.iter().enumerate().map(|(place, (text, method, stops, enabled))| {
                let fields = json!({ "expression": text, "stopProcessing": stops, "enabled": enabled });
                rule(&format!("{place}"), place, method, fields)
            }).collect();
            replace_rules(&app, &rules).await;
            let plain = app.post(CHECKOUT, &cart()).await.expect(200);
            let offered = ids(&plain["offered"]);
            let is_incomplete = plain["incomplete"] == true;
            if is_incomplete { incomplete += 1 } else { complete += 1 }
            for explain in ["summary", "full"] {
                let told = app.post(&format!("{CHECKOUT}?explain={explain}"), &cart()).await.expect(200);
                assert_eq!((ids(&told["offered"]), &told["incomplete"]), (offered.clone(), &plain["incomplete"]), "{drawn:?}");
                let mut all: BTreeSet<_> = ids(&told["notOffered"]).into_iter().collect();
                assert_eq!(all.len() + offered.len(), methods.len(), "{drawn:?}");
                all.extend(offered.clone());
                assert_eq!(all.len(), methods.len(), "{drawn:?}");
                for method in told["notOffered"].as_array().expect("a list") {
                    let reasons = method["reasons"].as_array().expect("a list");
                    assert!(!reasons.is_empty(), "{drawn:?}");
                    let spent = reasons.iter().any(|reason| reason["code"] == "budget_spent");
                    assert!(!spent || is_incomplete, "{drawn:?}: {method}");
                }
                if explain == "full" {
                    let by_trace: Vec<_> = told["trace"]["items"].as_array().expect("a list").iter()
                        .flat_map(|rule| rule["methods"].as_array().cloned().unwrap_or_default())
                        .filter(|method| method["offered"] == true)
                        .map(|method| method["id"].as_str().expect("an id").to_owned())
                        .collect();
                    assert_eq!(by_trace, offered, "{drawn:?}");
                }
            }
        }
        assert!(complete > 0 && incomplete > 0, "{complete} {incomplete}");
    }
}
