//! `GET /v1/payments`: what an operator looks for.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::{alone, execute},
    bazaar::Bazaar,
    buyer::at,
    support::{Database, on_both_databases},
};

const HOUR: Duration = Duration::from_secs(3600);

/// The order ids of the payments that a filter finds.
async fn found(bazaar: &Bazaar, filter: &str) -> Vec<String> {
    let page = bazaar
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
async fn invoiced(bazaar: &Bazaar, order_id: &str, body: Value) -> Value {
    let payment = bazaar.authorized(order_id).await;
    bazaar
        .post(&format!("{}/invoices", at(&payment)), &body)
        .await
        .expect(201)
}

async fn settings(bazaar: &Bazaar, settings: Value) {
    let patch = bazaar
        .app
        .request(Method::PATCH, &bazaar.integration)
        .header("If-Match", "*");
    patch
        .json(&json!({ "settings": settings }))
        .send()
        .await
        .expect(200);
}

on_both_databases! {
    async fn payments_are_found_by_what_they_are(database: Database) {
        let bazaar = Bazaar::open(database).await;
        bazaar.begun("A-1").await;
        bazaar.pass(HOUR).await;
        let later = bazaar.app.now();
        let payment = bazaar.authorized("A-2").await;
        assert_eq!(found(&bazaar, "").await, ["A-1", "A-2"]);
        assert_eq!(found(&bazaar, "orderId=A-1").await, ["A-1"]);
        assert_eq!(found(&bazaar, "status=authorized").await, ["A-2"]);
        assert_eq!(found(&bazaar, "website=us-store&status=pending").await, ["A-1"]);
        assert_eq!(found(&bazaar, "unsettled=true").await, Vec::<String>::new());
        assert_eq!(found(&bazaar, &format!("paymentMethodId={}", bazaar.method)).await.len(), 2);
        let moment = later.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        assert_eq!(found(&bazaar, &format!("createdFrom={moment}")).await, ["A-2"]);
        assert_eq!(found(&bazaar, &format!("createdUntil={moment}")).await, ["A-1"]);
        let newest = bazaar.app.get("/v1/payments?limit=1&count=true").await.expect(200);
        assert_eq!(newest["total"], 2);
        let mut single = bazaar.payment(&payment).await;
        // What lies sealed with the cart stands in the single payment only.
        single.as_object_mut().expect("an object").remove("lines");
        assert_eq!(alone(newest["items"][0].clone()), single);
        let cursor = newest["nextCursor"].as_str().expect("a cursor");
        let next = bazaar.app.get(&format!("/v1/payments?limit=1&cursor={cursor}")).await.expect(200);
        assert_eq!(next["items"][0]["orderId"], "A-1");
    }

    async fn words_that_are_none_are_refused_by_their_parameters(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let refused = bazaar.app.get("/v1/payments?status=payed&unsettled=maybe&paymentMethod=x").await;
        assert_eq!(refused.problem(422), "invalid");
        let named: Vec<Value> = refused.json()["errors"].as_array().expect("errors").iter()
            .map(|error| error["parameter"].clone()).collect();
        for name in ["status", "unsettled", "paymentMethod"] {
            assert!(named.contains(&json!(name)), "{named:?}");
        }
    }

    async fn an_invoice_that_apruve_has_not_paid_for_a_day_is_overdue(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let invoice = invoiced(&bazaar, "A-1", json!({ "shipment": {} })).await;
        invoiced(&bazaar, "A-2", json!({ "issue": false })).await;
        bazaar.pass(HOUR * 24 - Duration::from_secs(1)).await;
        assert_eq!(found(&bazaar, "fundingOverdue=true").await, Vec::<String>::new());
        bazaar.pass(Duration::from_secs(1)).await;
        assert_eq!(found(&bazaar, "fundingOverdue=true").await, ["A-1"]);
        assert_eq!(found(&bazaar, "fundingOverdue=false").await, ["A-2"], "one that is not issued waits for nobody");
        settings(&bazaar, json!({ "fundingAlertHours": 48 })).await;
        assert_eq!(found(&bazaar, "fundingOverdue=true").await, Vec::<String>::new());
        settings(&bazaar, json!({ "fundingAlertHours": 24 })).await;

        let id = invoice["providerId"].as_str().expect("an id");
        bazaar.control(Method::POST, &format!("/invoices/{id}/fund"), &json!({})).await;
        let payment = &invoice["payment"];
        bazaar.post(&format!("{}/sync", at(payment)), &Value::Null).await.expect(200);
        assert_eq!(found(&bazaar, "fundingOverdue=true").await, Vec::<String>::new());
        let funding = bazaar.payment(payment).await["invoices"][0]["funding"].clone();
        assert_eq!((&funding["feeAmount"], &funding["netAmount"]), (&json!("3.00"), &json!("97.00")));
    }

    async fn the_unpaid_rest_of_an_invoice_that_apruve_funded_in_part_is_overdue(database: Database) {
        let bazaar = Bazaar::open(database).await;
        for (order, parts, overdue) in [
            ("A-1", &[6000][..], true),
            ("A-2", &[6000, 4000], false),
            ("A-3", &[1, 9998], true),
            ("A-4", &[10_001], false),
        ] {
            let invoice = invoiced(&bazaar, order, json!({ "shipment": {} })).await;
            let id = invoice["providerId"].as_str().expect("an id");
            for part in parts {
                bazaar.control(Method::POST, &format!("/invoices/{id}/fund"), &json!({ "amountCents": part })).await;
            }
            bazaar.act(&invoice["payment"], "sync", &json!({})).await.expect(200);
            assert_eq!(found(&bazaar, &format!("orderId={order}&fundingOverdue=true")).await, Vec::<String>::new());
            bazaar.pass(HOUR * 24).await;
            let late = found(&bazaar, &format!("orderId={order}&fundingOverdue=true")).await;
            assert_eq!(late.len(), usize::from(overdue), "{order}");
        }
        // As a version stored it that did not look at the rest.
        execute(&bazaar.app, "UPDATE payments SET unfunded_since = NULL, unfunded_shipped_since = NULL").await;
        assert_eq!(found(&bazaar, "fundingOverdue=true").await, Vec::<String>::new());
        assert_eq!(bazaar.app.service.fill_unfunded().await.expect("it fills"), 2);
        assert_eq!(bazaar.app.service.fill_unfunded().await.expect("it fills"), 0);
        assert_eq!(found(&bazaar, "fundingOverdue=true").await, ["A-1", "A-3"]);
    }

    async fn where_apruve_waits_for_the_shipment_so_does_the_alarm(database: Database) {
        let bazaar = Bazaar::open(database).await;
        settings(&bazaar, json!({ "requiresShipment": true })).await;
        let invoice = invoiced(&bazaar, "A-1", json!({})).await;
        bazaar.pass(HOUR * 30).await;
        assert_eq!(found(&bazaar, "fundingOverdue=true").await, Vec::<String>::new());
        let path = format!("{}/invoices/{}/shipments", at(&invoice["payment"]), invoice["id"].as_str().expect("an id"));
        bazaar.post(&path, &json!({})).await.expect(201);
        bazaar.pass(HOUR * 23).await;
        assert_eq!(found(&bazaar, "fundingOverdue=true").await, Vec::<String>::new());
        bazaar.pass(HOUR).await;
        assert_eq!(found(&bazaar, "fundingOverdue=true").await, ["A-1"]);
        settings(&bazaar, json!({ "financing": "self" })).await;
        assert_eq!(found(&bazaar, "fundingOverdue=true").await, Vec::<String>::new(), "who finances itself waits for nobody");
    }
}
