//! What a trial counts, and who works it off.

use std::{sync::Arc, time::Duration};

use onterms::auth::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use super::{PATH, draft, ended, moved, open, record, result};
use crate::{
    TestApp,
    app::{execute, until},
    shop::cart,
    support::{Database, on_both_databases},
};

/// A cart without lines.
fn of(total: &str, currency: &str) -> Value {
    let mut cart = cart();
    for name in ["lineItems", "subtotal"] {
        cart[name] = Value::Null;
    }
    cart["total"] = json!(total);
    cart["currency"] = json!(currency);
    cart
}

fn amounts(affected: &Value) -> Vec<String> {
    let amounts = affected["amounts"].as_array().cloned().unwrap_or_default();
    let amount = |it: &Value| {
        format!(
            "{} {}",
            it["amount"].as_str().expect("a text"),
            it["currency"].as_str().expect("a code")
        )
    };
    amounts.iter().map(amount).collect()
}

on_both_databases! {
    async fn carts_that_a_method_gains_and_loses_are_counted_with_their_amounts(database: Database) {
        let app = open(database).await;
        let (check, terms) = (app.check("check").await, app.terms("terms").await);
        let live = app.rule("Live", 1, &[&check], json!({ "expression": "total <= 100" })).await;
        let carts = [of("50.00", "USD"), of("100.00", "USD"), of("150.00", "USD"), of("250.00", "USD"), of("70", "JPY")];
        record(&app, &carts, 5).await;

        let nothing = result(&app, &json!({ "rules": [draft("total <= 100", &[&check])] })).await;
        assert_eq!(nothing, json!({
            "carts": 5, "changed": 0, "undecidable": 0, "methods": [],
            "withoutMethod": { "carts": 0, "amounts": [], "examples": [] },
        }));

        let tried = result(&app, &json!({ "rules": [draft("total > 50 and total < 200", &[&check, &terms])] })).await;
        assert_eq!((moved(&tried, &check), moved(&tried, &terms)), ((1, 1), (2, 0)), "{tried}");
        assert_eq!((&tried["carts"], &tried["changed"], &tried["undecidable"]), (&json!(5), &json!(3), &json!(0)));
        let by_name = |id: &str| tried["methods"].as_array().and_then(|all| all.iter().find(|it| it["id"] == id)).cloned();
        let checks = by_name(&check).expect("it changes");
        assert_eq!(checks["name"], "Method check");
        assert_eq!((amounts(&checks["gained"]), amounts(&checks["lost"])), (vec!["150.00 USD".to_owned()], vec!["50.00 USD".to_owned()]));
        assert_eq!(amounts(&by_name(&terms).expect("it changes")["gained"]), ["250.00 USD"]);
        assert_eq!((&tried["withoutMethod"]["carts"], amounts(&tried["withoutMethod"])), (&json!(1), vec!["50.00 USD".to_owned()]));

        // An example can be sent to evaluate as it is.
        let example = &checks["gained"]["examples"][0];
        let again = app.post("/v1/payment-rules/evaluate", &json!({ "cart": example["cart"] })).await.expect(200);
        assert_eq!(again["offered"], json!([]));

        // A revision, and the rules of an export, which name methods by type and name.
        let before = app.get("/v1/revisions?limit=1").await.expect(200)["items"][0]["number"].clone();
        app.patch(&format!("/v1/payment-rules/{live}"), &json!({ "expression": "total > 1000" })).await.expect(200);
        let looked_back = result(&app, &json!({ "revision": before })).await;
        assert_eq!(moved(&looked_back, &check), (2, 0), "{looked_back}");
        let rules = json!([{
            "name": "Of a file", "sortOrder": 1, "currency": "JPY", "paymentMethods": [{ "type": "check_money_order", "name": "Method check" }],
        }]);
        let by_file = result(&app, &json!({ "rules": rules })).await;
        assert_eq!(moved(&by_file, &check), (1, 0));
        assert_eq!(amounts(&by_file["methods"][0]["gained"]), ["70 JPY"]);
        // No rules at all are a set of rules, too.
        assert_eq!(result(&app, &json!({ "rules": [] })).await["changed"], 0);
    }

    async fn carts_with_nothing_to_pay_are_offered_nothing_and_examples_are_ten(database: Database) {
        let app = open(database).await;
        let check = app.check("check").await;
        let carts: Vec<Value> = (1..=12).map(|it| of(&format!("{it}.00"), "USD")).chain([of("0.00", "USD")]).collect();
        record(&app, &carts, 13).await;
        let tried = result(&app, &json!({ "rules": [draft("", &[&check])] })).await;
        assert_eq!((moved(&tried, &check), &tried["carts"]), ((12, 0), &json!(13)), "{tried}");
        let gained = &tried["methods"][0]["gained"];
        assert_eq!((gained["examples"].as_array().map(Vec::len), amounts(gained)), (Some(10), vec!["78.00 USD".to_owned()]));
    }

    async fn a_window_narrows_the_carts_and_may_have_none(database: Database) {
        let app = open(database).await;
        let check = app.check("check").await;
        let first = app.now();
        record(&app, &[of("1.00", "USD")], 1).await;
        app.pass(Duration::from_secs(3600));
        let second = app.now();
        record(&app, &[of("2.00", "USD"), of("3.00", "USD")], 3).await;
        let rules = json!([draft("", &[&check])]);
        for (window, carts) in [
            (json!({}), 3),
            (json!({ "from": first }), 3),
            (json!({ "from": second }), 2),
            (json!({ "until": second }), 1),
            (json!({ "from": first, "until": second }), 1),
            (json!({ "until": first }), 0),
            (json!({ "from": "2099-01-01T00:00:00Z" }), 0),
            (json!({ "from": first, "until": "2099-01-01T00:00:00Z" }), 3),
        ] {
            let mut body = window.clone();
            body["rules"] = rules.clone();
            let tried = result(&app, &body).await;
            assert_eq!((&tried["carts"], moved(&tried, &check)), (&json!(carts), (carts, 0)), "{window}");
        }
    }

    async fn dates_of_rules_are_judged_by_the_moment_of_the_request(database: Database) {
        let app = open(database).await;
        let check = app.check("check").await;
        record(&app, &[of("1.00", "USD")], 1).await;
        app.pass(Duration::from_secs(3600));
        let mut rule = draft("", &[&check]);
        rule["activeFrom"] = json!(app.now());
        assert_eq!(moved(&result(&app, &json!({ "rules": [rule] })).await, &check), (1, 0));
        rule["activeFrom"] = json!(app.now() + Duration::from_secs(1));
        assert_eq!(moved(&result(&app, &json!({ "rules": [rule] })).await, &check), (0, 0));
    }

    async fn a_repeated_request_is_the_same_trial_and_its_beginning_is_audited(database: Database) {
        let app = open(database).await;
        let check = app.check("check").await;
        let body = json!({ "rules": [draft("", &[&check])] });
        let ask = async || app.request(Method::POST, PATH).header("Idempotency-Key", "one").json(&body).send().await;
        let (first, again) = (ask().await, ask().await);
        assert_eq!((first.expect(202)["id"].clone(), first.header("location")), (again.expect(202)["id"].clone(), again.header("location")));
        assert_eq!(again.header("idempotent-replayed"), "true");
        let id = first.json()["id"].as_str().expect("an id").to_owned();
        let log = app.get(&format!("/v1/audit-log?resourceId={id}")).await.expect(200);
        assert_eq!((log["items"].as_array().map(Vec::len), &log["items"][0]["action"]), (Some(1), &json!("start")));
    }

    async fn a_trial_of_a_killed_worker_goes_on_where_its_progress_was_kept(database: Database) {
        let database = Arc::new(database);
        let flags = [("recording.sample", "1")];
        let app = TestApp::start_with(Arc::clone(&database), &flags).await;
        let check = app.check("check").await;
        record(&app, &[of("1.00", "USD"), of("2.00", "USD")], 2).await;
        app.pass(Duration::from_secs(60));
        let middle = app.now();
        record(&app, &[of("4.00", "USD")], 3).await;
        app.pass(Duration::from_secs(60));
        let body = json!({ "rules": [draft("total > 1", &[&check])], "until": middle });
        let begun = app.post(PATH, &body).await;
        let path = begun.header("location");
        let first = ended(&app, &path).await;
        assert_eq!((&first["progress"]["evaluated"], moved(&first["result"], &check)), (&json!(2), (1, 0)));
        // As if it had been over all three carts, and its worker had been killed after the first two.
        execute(&app, "UPDATE what_ifs SET status = 'running', finished_at = NULL, read_until = '2026-03-02 12:00:00', total = 3, \
            lease = 'killed', leased_until = '2026-03-01 13:00:00', attempts = 1").await;
        let other = TestApp::start_with(database, &flags).await;
        // The lease holds for both replicas.
        let more = result(&app, &json!({ "rules": [] })).await;
        assert_eq!(more["carts"], 3);
        assert_eq!(app.get(&path).await.expect(200)["status"], "running");
        other.pass(Duration::from_secs(2 * 3600));
        until(async || app.get(&path).await.expect(200)["status"] == "finished").await;
        let ended = app.get(&path).await.expect(200);
        assert_eq!((&ended["progress"], moved(&ended["result"], &check)), (&json!({ "total": 3, "evaluated": 3 }), (2, 0)));
        assert_eq!(ended["result"]["carts"], 3);
    }

    async fn a_trial_that_never_gets_on_fails(database: Database) {
        let app = open(database).await;
        let check = app.check("check").await;
        let path = app.post(PATH, &json!({ "rules": [draft("", &[&check])] })).await.header("location");
        ended(&app, &path).await;
        execute(&app, "UPDATE what_ifs SET status = 'running', finished_at = NULL, attempts = 5").await;
        let failed = ended(&app, &path).await;
        assert_eq!((&failed["status"], &failed["result"]), (&json!("failed"), &Value::Null));
        // Rules that nobody can read any more, after an upgrade for instance.
        execute(&app, "UPDATE what_ifs SET status = 'running', attempts = 0, rules = '[{}]'").await;
        assert_eq!(ended(&app, &path).await["status"], "failed");
    }

    async fn only_callers_who_may_write_rules_may_try_them(database: Database) {
        let app = open(database).await;
        let check = app.check("check").await;
        let body = json!({ "rules": [draft("", &[&check])] });
        let path = app.post(PATH, &body).await.header("location");
        for (scopes, status) in [(vec![Scope::RulesRead, Scope::Checkout], 403), (vec![Scope::RulesWrite], 200)] {
            let token = app.token("somebody", &scopes);
            let read = app.bare(Method::GET, &path).bearer(&token).send().await;
            assert_eq!(read.status, status);
        }
        for (method, path) in [(Method::POST, PATH), (Method::GET, path.as_str())] {
            let bound = app.bare(method, path).bearer(&app.token_of(&["us"])).json(&body).send().await;
            assert_eq!(bound.problem(403), "website-token");
        }
        for unknown in ["whatif_01h455vb4pex5vsknk084sn02q", "x", "rule_01h455vb4pex5vsknk084sn02q"] {
            assert_eq!(app.get(&format!("{PATH}/{unknown}")).await.problem(404), "not-found", "{unknown}");
        }
    }
}
