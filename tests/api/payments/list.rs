//! `GET /v1/payments`: what an operator looks for.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::{alone, execute},
    buyer::at,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

const HOUR: Duration = Duration::from_secs(3600);

/// The order ids of the payments that a filter finds.
async fn found(shop: &TestShop, filter: &str) -> Vec<String> {
    let page = shop
        .app
        .get(&format!("/v1/payments?sort=orderId&{filter}"))
        .await
        .expect(200);
    let items = page["items"].as_array().expect("a list");
    items
        .iter()
        .map(|item| item["orderId"].as_str().expect("a text").to_owned())
        .collect()
}

/// An invoice over all of a payment.
async fn invoiced(shop: &TestShop, order_id: &str, body: Value) -> Value {
    let payment = shop.authorized(order_id).await;
    shop.post(&format!("{}/invoices", at(&payment)), &body)
        .await
        .expect(201)
}

async fn settings(shop: &TestShop, settings: Value) {
    let patch = shop
        .app
        .request(Method::PATCH, &shop.integration)
        .header("If-Match", "*");
    patch
        .json(&json!({ "settings": settings }))
        .send()
        .await
        .expect(200);
}

on_both_databases! {
    async fn payments_are_found_by_what_they_are(database: Database) {
        let shop = TestShop::open(database).await;
        shop.begun("A-1").await;
        shop.pass(HOUR).await;
        let later = shop.app.now();
        let payment = shop.authorized("A-2").await;
        assert_eq!(found(&shop, "").await, ["A-1", "A-2"]);
        assert_eq!(found(&shop, "orderId=A-1").await, ["A-1"]);
        assert_eq!(found(&shop, "status=authorized").await, ["A-2"]);
        assert_eq!(found(&shop, "website=us-store&status=pending").await, ["A-1"]);
        assert_eq!(found(&shop, "unsettled=true").await, Vec::<String>::new());
        assert_eq!(found(&shop, &format!("paymentMethodId={}", shop.method)).await.len(), 2);
        let moment = later.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        assert_eq!(found(&shop, &format!("createdFrom={moment}")).await, ["A-2"]);
        assert_eq!(found(&shop, &format!("createdUntil={moment}")).await, ["A-1"]);
        let newest = shop.app.get("/v1/payments?limit=1&count=true").await.expect(200);
        assert_eq!(newest["total"], 2);
        let mut single = shop.payment(&payment).await;
        // What is sealed with the cart is in the single payment only.
        single.as_object_mut().expect("an object").remove("lines");
        assert_eq!(alone(newest["items"][0].clone()), single);
        let cursor = newest["nextCursor"].as_str().expect("a cursor");
        let next = shop.app.get(&format!("/v1/payments?limit=1&cursor={cursor}")).await.expect(200);
        assert_eq!(next["items"][0]["orderId"], "A-1");
    }

    async fn words_that_are_none_are_refused_by_their_parameters(database: Database) {
        let shop = TestShop::open(database).await;
        let refused = shop.app.get("/v1/payments?status=payed&unsettled=maybe&paymentMethod=x").await;
        assert_eq!(refused.problem(422), "invalid");
        let named: Vec<Value> = refused.json()["errors"].as_array().expect("errors").iter()
            .map(|error| error["parameter"].clone()).collect();
        for name in ["status", "unsettled", "paymentMethod"] {
            assert!(named.contains(&json!(name)), "{named:?}");
        }
    }

    async fn an_invoice_that_apruve_has_not_paid_for_a_day_is_overdue(database: Database) {
        let shop = TestShop::open(database).await;
        let invoice = invoiced(&shop, "A-1", json!({ "shipment": {} })).await;
        invoiced(&shop, "A-2", json!({ "issue": false })).await;
        shop.pass(HOUR * 24 - Duration::from_secs(1)).await;
        assert_eq!(found(&shop, "fundingOverdue=true").await, Vec::<String>::new());
        shop.pass(Duration::from_secs(1)).await;
        assert_eq!(found(&shop, "fundingOverdue=true").await, ["A-1"]);
        assert_eq!(found(&shop, "fundingOverdue=false").await, ["A-2"], "one that is not issued waits for nobody");
        settings(&shop, json!({ "fundingAlertHours": 48 })).await;
        assert_eq!(found(&shop, "fundingOverdue=true").await, Vec::<String>::new());
        settings(&shop, json!({ "fundingAlertHours": 24 })).await;

        let id = invoice["providerId"].as_str().expect("an id");
        shop.control(Method::POST, &format!("/invoices/{id}/fund"), &json!({})).await;
        let payment = &invoice["payment"];
        shop.post(&format!("{}/sync", at(payment)), &Value::Null).await.expect(200);
        assert_eq!(found(&shop, "fundingOverdue=true").await, Vec::<String>::new());
        let funding = shop.payment(payment).await["invoices"][0]["funding"].clone();
        assert_eq!((&funding["feeAmount"], &funding["netAmount"]), (&json!("3.00"), &json!("97.00")));
    }

    async fn the_unpaid_rest_of_an_invoice_that_apruve_funded_in_part_is_overdue(database: Database) {
        let shop = TestShop::open(database).await;
        for (order, parts, overdue) in [
            ("A-1", &[6000][..], true),
            ("A-2", &[6000, 4000], false),
            ("A-3", &[1, 9998], true),
            ("A-4", &[10_001], false),
        ] {
            let invoice = invoiced(&shop, order, json!({ "shipment": {} })).await;
            let id = invoice["providerId"].as_str().expect("an id");
            for part in parts {
                shop.control(Method::POST, &format!("/invoices/{id}/fund"), &json!({ "amountCents": part })).await;
            }
            shop.act(&invoice["payment"], "sync", &json!({})).await.expect(200);
            assert_eq!(found(&shop, &format!("orderId={order}&fundingOverdue=true")).await, Vec::<String>::new());
            shop.pass(HOUR * 24).await;
            let late = found(&shop, &format!("orderId={order}&fundingOverdue=true")).await;
            assert_eq!(late.len(), usize::from(overdue), "{order}");
        }
        // As a version stored it that did not look at the rest.
        execute(&shop.app, "UPDATE payments SET unfunded_since = NULL, unfunded_shipped_since = NULL").await;
        assert_eq!(found(&shop, "fundingOverdue=true").await, Vec::<String>::new());
        assert_eq!(shop.app.service.fill_unfunded().await.expect("it fills"), 2);
        assert_eq!(shop.app.service.fill_unfunded().await.expect("it fills"), 0);
        assert_eq!(found(&shop, "fundingOverdue=true").await, ["A-1", "A-3"]);
    }

    async fn where_apruve_waits_for_the_shipment_so_does_the_alarm(database: Database) {
        let shop = TestShop::open(database).await;
        settings(&shop, json!({ "requiresShipment": true })).await;
        let invoice = invoiced(&shop, "A-1", json!({})).await;
        shop.pass(HOUR * 30).await;
        assert_eq!(found(&shop, "fundingOverdue=true").await, Vec::<String>::new());
        let path = format!("{}/invoices/{}/shipments", at(&invoice["payment"]), invoice["id"].as_str().expect("an id"));
        shop.post(&path, &json!({})).await.expect(201);
        shop.pass(HOUR * 23).await;
        assert_eq!(found(&shop, "fundingOverdue=true").await, Vec::<String>::new());
        shop.pass(HOUR).await;
        assert_eq!(found(&shop, "fundingOverdue=true").await, ["A-1"]);
        settings(&shop, json!({ "financing": "self" })).await;
        assert_eq!(found(&shop, "fundingOverdue=true").await, Vec::<String>::new(), "who finances itself waits for nobody");
    }
}
