//! The process is killed before it wrote anything down, and while it applies a webhook.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    agreement,
    buyer::{at, fresh_key},
    support::{Database, on_both_databases},
    test_cluster::TestCluster,
};

on_both_databases! {
    async fn a_kill_before_anything_was_written_leaves_nothing_and_the_request_may_be_sent_again(database: Database) {
        let (cluster, first) = TestCluster::open(database).await;
        let payment = cluster.authorized(&first, "SO-1").await;
        let invoice = cluster.invoiced(&first, &payment, json!({})).await;
        let theirs = invoice["providerId"].as_str().expect("an id");
        // What is unknown is read back before anything new is begun; there the process is killed.
        cluster.fault("POST", &format!("/invoices/{theirs}/invoice_returns"), "after", "cut").await;
        let refund = json!({ "invoiceId": invoice["id"], "amount": "15.00", "currency": "USD" });
        let (status, unknown) = cluster.post(&first, &format!("{}/refunds", at(&payment)), &refund).await;
        assert_eq!(status, 202, "{unknown}");
        cluster.fault("GET", "/orders/*", "before", "hold").await;
        cluster.fault("GET", "/merchants/*/corporate_accounts", "before", "hold").await;
        let requests = [
            (format!("{}/invoices/{}/shipments", at(&payment), invoice["id"].as_str().expect("an id")), json!({})),
            ("/v1/payments/on-behalf".to_owned(), cluster.on_behalf("SO-2")),
        ];
        let requests = requests.map(|(path, body)| (fresh_key(), path, body));
        let asked: Vec<_> = requests
            .iter()
            .map(|(key, path, body)| cluster.request(&first, key, path, body))
            .map(|request| actix_web::rt::spawn(request.send()))
            .collect();
        cluster.all_held().await;
        drop(first);
        for answer in asked {
            assert_eq!(answer.await.expect("no panic"), None, "nobody was answered");
        }
        cluster.release().await;
        let second = cluster.serve();
        let listed = cluster.get(&second, "/v1/payments?orderId=SO-2&count=true").await;
        assert_eq!(listed["total"], 0);
        let found = cluster.until(&second, &at(&payment), "the refund", |it| it["unsettled"] == false).await;
        assert_eq!(found["amounts"]["returned"], "15.00");
        agreement::agree(&found, &cluster.held().await);
        let shipment = |it: &Value| agreement::count(it, "transactions", "action", "shipment");
        assert_eq!(shipment(&found), 0);
        for (key, path, body) in &requests {
            let (status, done) = cluster.send(&second, key, path, body).await.expect("an answer");
            assert!(status == 201 || status == 202, "{path}: {status} {done}");
        }
        let held = cluster.held().await;
        assert_eq!(agreement::count(&held, "orders", "merchant_order_id", "SO-2"), 1);
        agreement::agree(&cluster.get(&second, &at(&payment)).await, &held);
    }

    async fn a_cancellation_of_everything_goes_on_where_a_kill_stopped_it(database: Database) {
        let (cluster, first) = TestCluster::open(database).await;
        let payment = cluster.authorized(&first, "SO-1").await;
        let invoice = cluster.invoiced(&first, &payment, json!({ "amount": "40.00" })).await;
        let theirs = format!("/invoices/{}/cancel", invoice["providerId"].as_str().expect("an id"));
        let order = format!("/orders/{}/cancel", payment["provider"]["orderId"].as_str().expect("an id"));
        cluster.fault("POST", &theirs, "after", "hold").await;
        let (key, path, body) = (fresh_key(), format!("{}/cancel", at(&payment)), json!({ "scope": "all" }));
        let asked = actix_web::rt::spawn(cluster.request(&first, &key, &path, &body).send());
        cluster.all_held().await;
        drop(first);
        assert_eq!(asked.await.expect("no panic"), None, "nobody was answered");
        cluster.release().await;
        let second = cluster.serve();
        cluster
            .eventually("the cancellation", || async {
                let (status, answer) = cluster.send(&second, &key, &path, &body).await.expect("an answer");
                let runs = status == 409 && answer["type"] == "/problems/still-running";
                assert!(runs || status == 201 || status == 202, "{status} {answer}");
                (status == 201).then_some(())
            })
            .await;
        let canceled = cluster.get(&second, &at(&payment)).await;
        assert_eq!((&canceled["status"], &canceled["amounts"]["due"]), (&json!("canceled"), &json!("0.00")));
        assert_eq!((cluster.posts(&theirs).await, cluster.posts(&order).await), (1, 1));
        agreement::agree(&canceled, &cluster.held().await);
    }

    async fn a_webhook_whose_application_is_killed_is_applied_once_by_the_next_process(database: Database) {
        let (cluster, first) = TestCluster::open(database).await;
        cluster.listen(&first).await;
        let payment = cluster.authorized(&first, "SO-1").await;
        let invoice = cluster.invoiced(&first, &payment, json!({ "shipment": {} })).await;
        let theirs = invoice["providerId"].as_str().expect("an id");
        let order = payment["provider"]["orderId"].as_str().expect("an id");
        let rests = |list: &Value| list["items"].as_array().is_some_and(|all| all.iter().all(|it| it["state"] != "received"));
        let events = "/v1/webhook-events?limit=200&count=true";
        cluster.control(Method::POST, "/webhooks/flush", &Value::Null).await;
        cluster.until(&first, events, "the events before", rests).await;
        // Held at the last thing that is read: all is known, and nothing is written.
        cluster.fault("GET", &format!("/invoices/{theirs}/invoice_returns"), "after", "hold").await;
        cluster.control(Method::POST, &format!("/invoices/{theirs}/fund"), &Value::Null).await;
        cluster.all_held().await;
        let accepted = cluster.get(&first, "/v1/webhook-events?event=invoice.funded&count=true").await;
        assert_eq!(accepted["total"], 1);
        let before = cluster.get(&first, &at(&payment)).await;
        assert_eq!(before["amounts"]["captured"], "0.00", "{before:#}");
        drop(first);
        cluster.release().await;
        let second = cluster.serve();
        let paid = cluster.until(&second, &at(&payment), "the capture", |it| it["status"] == "paid").await;
        cluster.until(&second, events, "the events", rests).await;
        let applied = cluster.get(&second, "/v1/webhook-events?event=invoice.funded").await;
        assert_eq!(applied["items"][0]["state"], "applied");
        agreement::agree(&paid, &cluster.held().await);
        assert_eq!(cluster.posts(&format!("/orders/{order}/invoices")).await, 1);
    }
}
