//! Explanations that thousands of rules would make long.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

const CHECKOUT: &str = "/v1/checkout/payment-methods";

fn cart() -> Value {
    json!({ "currency": "USD", "total": "100.00" })
}

/// The whole set of rules: so many, each with this expression, that name one method.
async fn import(app: &TestApp, method: &str, count: usize, expression: &str) {
    let rules: Vec<Value> = (0..count)
        .map(|place| {
            json!({
                "name": format!("rule {place:04}"), "sortOrder": place, "currency": "USD",
                "expression": expression, "paymentMethods": [{ "id": method }],
            })
        })
        .collect();
    let file = json!({ "rules": rules });
    app.post("/v1/payment-rules/import?mode=replace", &file)
        .await
        .expect(200);
}

fn codes(not_offered: &Value) -> Vec<String> {
    let reasons = not_offered["reasons"].as_array().expect("a list");
    reasons
        .iter()
        .map(|reason| reason["code"].as_str().expect("a word").to_owned())
        .collect()
}

on_both_databases! {
    async fn a_method_shows_the_first_twenty_reasons_and_how_many_more_there_are(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        for (rules, told, more) in [(0, 1, None), (1, 1, None), (20, 20, None), (21, 20, Some(1)), (45, 20, Some(25))] {
            import(&app, &check, rules, "total > 1000").await;
            for explain in ["summary", "full"] {
                let answer = app.post(&format!("{CHECKOUT}?explain={explain}"), &cart()).await.expect(200);
                let method = &answer["notOffered"][0];
                assert_eq!(codes(method).len(), told, "{rules}");
                assert_eq!(method["moreReasons"], json!(more), "{rules}");
                let names: Vec<_> = method["reasons"].as_array().into_iter().flatten().map(|reason| &reason["rule"]["name"]).collect();
                assert!(names.is_sorted_by_key(|name| name.to_string()), "{names:?}");
            }
        }
    }

    async fn what_the_method_itself_has_against_the_cart_is_reported_all_the_same(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        import(&app, &check, 30, "total > 1000").await;
        let integration = check.replace("check_money_order_", "integration_");
        app.post(&format!("/v1/integrations/{integration}/deactivate"), &json!({})).await.expect(200);
        let answer = app.post(&format!("{CHECKOUT}?explain=summary"), &cart()).await.expect(200);
        let method = &answer["notOffered"][0];
        let codes = codes(method);
        assert_eq!((codes.len(), codes[0].as_str(), codes[19].as_str()), (20, "expression_false", "method_disabled"));
        assert_eq!(method["moreReasons"], 11);
    }

    async fn a_full_explanation_comes_in_pages_of_one_revision(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        import(&app, &check, 230, "total > 1000").await;
        let evaluate = json!({ "cart": cart() });
        let tries = [(format!("{CHECKOUT}?explain=full&"), cart()), ("/v1/payment-rules/evaluate?".to_owned(), evaluate)];
        for (address, body) in tries {
            for (limit, sizes) in [("", &[100, 100, 30][..]), ("limit=115", &[115, 115]), ("limit=200", &[200, 30])] {
                let (mut cursor, mut seen, mut pages) = (String::new(), Vec::new(), Vec::new());
                loop {
                    let page = app.post(&format!("{address}{limit}{cursor}"), &body).await.expect(200)["trace"].clone();
                    let items = page["items"].as_array().expect("a list").clone();
                    pages.push(items.len());
                    seen.extend(items.iter().map(|item| item["rule"]["name"].as_str().expect("a name").to_owned()));
                    match page["nextCursor"].as_str() {
                        Some(next) => cursor = format!("&cursor={next}"),
                        None => break,
                    }
                }
                assert_eq!(pages, sizes, "{address}{limit}");
                assert!(seen.len() == 230 && seen.is_sorted(), "{seen:?}");
            }
            let first = app.post(&format!("{address}limit=1"), &body).await.expect(200);
            let cursor = first["trace"]["nextCursor"].as_str().expect("a cursor").to_owned();
            app.rule(&format!("new {}", address.len()), 1, &[&check], json!({})).await;
            let late = app.post(&format!("{address}cursor={cursor}"), &body).await;
            assert_eq!(late.problem(409), "revision-changed");
            import(&app, &check, 230, "total > 1000").await;
            for wrong in ["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=MTc", "cursor=", "cursor=MTcuLTE"] {
                let name = wrong.split('=').next().expect("a name");
                assert_eq!(app.post(&format!("{address}{wrong}"), &body).await.pointers(), [name], "{wrong}");
            }
        }
        // They say which part of the trace, which is there with `full` alone.
        for explain in ["none", "summary"] {
            let answer = app.post(&format!("{CHECKOUT}?explain={explain}&limit=5"), &cart()).await;
            assert_eq!(answer.pointers(), ["limit"]);
        }
    }

    async fn explanations_count_against_a_limit_of_their_own(database: Database) {
        let app = TestApp::start_with(Arc::new(database), &[("rate_limits.explain", "2")]).await;
        app.check("c").await;
        for explain in ["summary", "full"] {
            let answer = app.post(&format!("{CHECKOUT}?explain={explain}"), &cart()).await;
            answer.expect(200);
            assert!(answer.header("ratelimit").starts_with("\"explain\""), "{answer:?}");
        }
        let refused = app.post(&format!("{CHECKOUT}?explain=summary"), &cart()).await;
        assert_eq!(refused.problem(429), "too-many-requests");
        app.post(CHECKOUT, &cart()).await.expect(200);
        app.post(&format!("{CHECKOUT}?explain=none"), &cart()).await.expect(200);
    }
}
