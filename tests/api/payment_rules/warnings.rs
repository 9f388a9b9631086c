//! What is doubtful about a rule is said where it is saved.

use serde_json::{Value, json};

use super::{least, make, path, with};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

fn codes(answer: &Value) -> Vec<String> {
    let warnings = answer["warnings"].as_array().cloned().unwrap_or_default();
    warnings
        .iter()
        .map(|warning| {
            assert_eq!(warning["pointer"], "/expression");
            assert!(
                warning["message"]
                    .as_str()
                    .is_some_and(|message| !message.is_empty())
            );
            warning["code"].as_str().expect("a code").to_owned()
        })
        .collect()
}

fn owned((rule, pointer, code): (&str, &str, &str)) -> [String; 3] {
    [rule, pointer, code].map(str::to_owned)
}

/// The warnings of an answer about many rules: the rule's name, the place in it, and the code; sorted.
fn of_rules(answer: &Value) -> Vec<[String; 3]> {
    let warnings = answer["warnings"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let mut told: Vec<[String; 3]> = warnings
        .iter()
        .map(|it| [&it["rule"]["name"], &it["pointer"], &it["code"]].map(text))
        .collect();
    told.sort_unstable();
    told
}

/// More than a twentieth of what all rules may spend on a cart of 200 lines, or soon so with more lines.
const COSTLY: [&str; 7] = [
    "lineItems.all(lineItems.any(lineItem.productSku = 'a' or lineItem.quantity > 5))",
    "total < 0 and lineItems.any(lineItems.any(lineItem.quantity * 2 > 5 and lineItem.productSku != 'a'))",
    "lineItems.any(lineItem.product.inventoryLevels.any(lineItems.any(lineItem.quantity > 5)))",
    "{n: 1..9999999999}.n.any(nItem < 0)",
    // Little for 200 lines, and everything for 3,000.
    "lineItems.any(lineItems.any(lineItem.quantity > 5))",
    "currency = 'EUR' and lineItems.all(lineItems.all(lineItem.productSku != 'x'))",
    "lineItems.sum(lineItems.sum(lineItem.quantity * 2 + 1) * 2) > 5",
];

/// Less than that.
const CHEAP: [&str; 5] = [
    "total > 5",
    "lineItems.any(lineItem.productSku matches '/^B/')",
    "lineItems.all(lineItem.quantity > 5 and lineItem.product.sku != 'x')",
    "lineItems.sum(lineItem.quantity) > 100 and lineItems.any(lineItem.productUnit.code = 'item')",
    "lineItems.any(lineItem.kitItemLineItems.any(kitItemLineItem.quantity > 4))",
];

on_both_databases! {
    async fn a_costly_expression_is_saved_with_a_warning(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        for (texts, expected) in [(&COSTLY[..], &["costly"][..]), (&CHEAP[..], &[][..])] {
            for text in texts {
                let draft = with(least("rule", &check), json!({ "expression": text }));
                let made = make(&app, &draft).await;
                assert_eq!(codes(&made), expected, "{text}");
                assert_eq!(made.get("warnings").is_some(), !expected.is_empty(), "{text}");
                let checked = app.post("/v1/expressions/check", &json!({ "expression": text })).await.expect(200);
                assert_eq!((&checked["valid"], codes(&checked)), (&json!(true), codes(&made)), "{text}");
            }
        }
    }

    async fn every_way_of_saving_warns_and_takes_its_own_answer_back(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let plain = make(&app, &least("rule", &check)).await;
        let one = path(&plain);
        let quickly = format!("{one}?analyze=false");
        let doubtful = json!({ "expression": "currency not in [1, 2]" });
        let changed = app.patch(&quickly, &doubtful).await.expect(200);
        assert_eq!(codes(&changed), ["unlike_types"]);
        assert_eq!(app.get(&one).await.expect(200).get("warnings"), None);
        let put = app.put(&quickly, &with(changed.clone(), json!({ "name": "another" }))).await.expect(200);
        assert_eq!((codes(&put), &put["name"]), (vec!["unlike_types".to_owned()], &json!("another")));
        let copy = app.post(&format!("{one}/duplicate?analyze=false"), &json!({})).await.expect(201);
        assert_eq!(codes(&copy), ["unlike_types"]);
        let custom = json!({ "expression": "customer.tier != null and customer.tier = 'gold'" });
        let custom = app.patch(&quickly, &custom).await.expect(200);
        assert!(codes(&custom).contains(&"custom_attribute".to_owned()), "{custom}");
    }

    async fn whatever_saves_many_rules_warns_of_each(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let doubtful = |name: &str| {
            let places = json!([{ "country": "NO", "region": "NO-54" }]);
            with(least(name, &check), json!({ "expression": "currency not in [1, 2]", "destinations": places }))
        };
        let file = json!({ "version": 1, "rules": [doubtful("A"), least("plain", &check), doubtful("B")] });
        let expected = [
            ("A", "/destinations/0/region", "region_withdrawn"), ("A", "/expression", "unlike_types"),
            ("B", "/destinations/0/region", "region_withdrawn"), ("B", "/expression", "unlike_types"),
        ];
        let of_a = &expected[..2];
        let told = app.post("/v1/payment-rules/import?dryRun=true", &file).await.expect(200);
        assert_eq!(of_rules(&told), expected.map(owned));
        let imported = app.post("/v1/payment-rules/import", &file).await.expect(200);
        assert_eq!(of_rules(&imported), expected.map(owned));
        assert_eq!(imported.get("moreWarnings"), None);
        let rules = app.get("/v1/payment-rules?sort=name").await.expect(200);
        let a = rules["items"].as_array().into_iter().flatten().find(|rule| rule["name"] == "A").expect("A").clone();
        assert_eq!(imported["warnings"][0]["rule"]["id"], a["id"]);
        assert!(imported["warnings"][0]["message"].as_str().is_some_and(|message| message.contains("NO-56")));
        let revision = imported["revision"].clone();

        let bulk = async |action: &str, of: Value| {
            let mut body = json!({ "action": action });
            body.as_object_mut().expect("an object").extend(of.as_object().cloned().unwrap_or_default());
            app.post("/v1/payment-rules/bulk?analyze=false", &body).await.expect(200)
        };
        assert_eq!(bulk("enable", json!({ "filter": {} })).await.get("warnings"), None, "nothing was switched on");
        assert_eq!(bulk("disable", json!({ "filter": {} })).await.get("warnings"), None, "what is off does no harm");
        assert_eq!(of_rules(&bulk("enable", json!({ "ids": [a["id"]] })).await), of_a.iter().copied().map(owned).collect::<Vec<_>>());
        bulk("disable", json!({ "filter": {} })).await;
        let body = json!({ "action": "enable", "filter": { "currency": "USD" } });
        for replayed in ["", "true"] {
            let request = app.request(reqwest::Method::POST, "/v1/payment-rules/bulk?analyze=false").header("idempotency-key", "all on");
            let answer = request.json(&body).send().await;
            assert_eq!(answer.header("idempotent-replayed"), replayed);
            assert_eq!(of_rules(&answer.expect(200)), expected.map(owned));
        }

        let off = app.post(&format!("{}/disable", path(&a)), &json!({})).await.expect(200);
        assert_eq!(off.get("warnings"), None);
        for _ in ["on", "on already"] {
            let on = app.post(&format!("{}/enable?analyze=false", path(&a)), &json!({})).await.expect(200);
            let codes: Vec<&Value> = on["warnings"].as_array().into_iter().flatten().map(|it| &it["code"]).collect();
            assert_eq!(codes, ["region_withdrawn", "unlike_types"]);
        }
        app.delete(&path(&a)).await;
        let newest = app.get("/v1/payment-rules/export").await.etag();
        let restore = app.request(reqwest::Method::POST, &format!("/v1/rule-revisions/{revision}/restore"));
        let restored = restore.header("if-match", &newest).send().await.expect(200);
        assert_eq!(of_rules(&restored), of_a.iter().copied().map(owned).collect::<Vec<_>>());
    }
}
