//! Bodies that say nothing to try.

use serde_json::{Value, json};

use super::{PATH, draft, open};
use crate::support::{Database, on_both_databases};

on_both_databases! {
    async fn each_fault_of_a_body_is_reported_at_its_place(database: Database) {
        let app = open(database).await;
        let check = app.check("check").await;
        let rules = json!([draft("total > 1", &[&check])]);
        let rule = |more: Value| {
            let mut rule = draft("", &[&check]);
            rule.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            json!({ "rules": [rule] })
        };
        let window = |from: Value, until: Value| json!({ "rules": rules, "from": from, "until": until });
        let many: Vec<Value> = (0..1001).map(|_| json!({})).collect();
        for (body, pointers, code) in [
            (json!({}), vec!["/rules"], "required"),
            (json!({ "rules": null }), vec!["/rules"], "required"),
            (json!({ "revision": null }), vec!["/rules"], "required"),
            (json!({ "rules": rules, "revision": 1 }), vec!["/revision"], "not_both"),
            (json!({ "rules": {} }), vec!["/rules"], "wrong_type"),
            (json!({ "rules": "all" }), vec!["/rules"], "wrong_type"),
            (json!({ "rules": many }), vec!["/rules"], "too_many"),
            (json!({ "rules": [5] }), vec!["/rules/0"], "wrong_type"),
            (json!({ "rules": [null] }), vec!["/rules/0"], "wrong_type"),
            (rule(json!({ "currency": "usd" })), vec!["/rules/0/currency"], "unknown_currency"),
            (rule(json!({ "expression": "total >" })), vec!["/rules/0/expression"], "unexpected_end"),
            (rule(json!({ "paymentMethods": [{ "id": "apruve_01h455vb4pex5vsknk084sn02q" }] })), vec!["/rules/0/paymentMethods/0/id"], "unknown_payment_method"),
            (rule(json!({ "paymentMethods": [{ "type": "apruve", "name": "Nobody" }] })), vec!["/rules/0/paymentMethods/0/id"], "unknown_payment_method"),
            (rule(json!({ "sort": 1 })), vec!["/rules/0/sort"], "unknown_field"),
            (json!({ "revision": 99 }), vec!["/revision"], "unknown_revision"),
            (json!({ "revision": -1 }), vec!["/revision"], "out_of_range"),
            (json!({ "revision": 1.5 }), vec!["/revision"], "out_of_range"),
            (json!({ "revision": "1" }), vec!["/revision"], "out_of_range"),
            (window(json!("2026-03-02T00:00:00Z"), json!("2026-03-01T00:00:00Z")), vec!["/until"], "before_from"),
            (window(json!("2026-03-01T00:00:00Z"), json!("2026-03-01T00:00:00Z")), vec!["/until"], "before_from"),
            (window(json!("yesterday"), Value::Null), vec!["/from"], "not_an_instant"),
            (window(Value::Null, json!("2026-03-01")), vec!["/until"], "not_an_instant"),
            (window(json!(5), Value::Null), vec!["/from"], "not_an_instant"),
            (json!({ "rules": rules, "since": "2026-03-01T00:00:00Z" }), vec!["/since"], "unknown_field"),
            (json!({ "rules": [5], "from": "x", "revision": 99, "more": 1 }), vec!["/from", "/more", "/revision", "/revision", "/rules/0"], ""),
        ] {
            let answer = app.post(PATH, &body).await;
            let mut found = answer.pointers();
            found.sort_unstable();
            assert_eq!(found, pointers, "{}", answer.text);
            if !code.is_empty() {
                assert_eq!(answer.json()["errors"][0]["code"], code, "{}", answer.text);
            }
        }
        let too_many = app.post(PATH, &json!({ "rules": (0..1001).map(|_| json!({})).collect::<Vec<_>>() })).await;
        assert!(too_many.text.contains("at most 1000"), "{}", too_many.text);
        assert_eq!(app.post(PATH, &json!([])).await.problem(422), "invalid");
    }
}
