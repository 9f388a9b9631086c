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
                let made = app.post("/v1/payment-rules", &draft).await.expect(201);
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
        let doubtful = json!({ "expression": "currency not in [1, 2]" });
        let changed = app.patch(&one, &doubtful).await.expect(200);
        assert_eq!(codes(&changed), ["unlike_types"]);
        assert_eq!(app.get(&one).await.expect(200).get("warnings"), None);
        let put = app.put(&one, &with(changed.clone(), json!({ "name": "another" }))).await.expect(200);
        assert_eq!((codes(&put), &put["name"]), (vec!["unlike_types".to_owned()], &json!("another")));
        let copy = app.post(&format!("{one}/duplicate"), &json!({})).await.expect(201);
        assert_eq!(codes(&copy), ["unlike_types"]);
        let custom = json!({ "expression": "customer.tier != null and customer.tier = 'gold'" });
        let custom = app.patch(&one, &custom).await.expect(200);
        assert!(codes(&custom).contains(&"custom_attribute".to_owned()), "{custom}");
    }
}
