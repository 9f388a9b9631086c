//! Where findings are shown, and how those who have read a resource learn of them.

use std::{sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use super::listed;
use crate::{
    buyer::at,
    payments::shop_floor::text,
    support::{Database, on_both_databases},
    test_shop::TestShop,
    webhooks::payments::{deliver_webhooks, listen, open},
};

/// What Apruve has of an invoice changes.
async fn changed(shop: &TestShop, invoice: &Value, to: Value) {
    let id = text(invoice, "providerId");
    shop.control(Method::PUT, &format!("/overrides/{id}"), &to)
        .await;
}

fn codes(shown: &Value) -> Vec<&str> {
    let findings = shown["findings"].as_array().expect("a list");
    findings.iter().map(|it| text(it, "code")).collect()
}

on_both_databases! {
    async fn an_invoice_that_changed_at_apruve_is_a_finding_and_the_event_says_so(database: Database) {
        let shop = TestShop::of_services(database).await;
        listen(&shop).await;
        let payment = shop.authorized("SO-1").await;
        let invoice = shop.invoiced(&payment, "60").await;
        shop.invoiced(&payment, "40").await;
        deliver_webhooks(&shop).await;
        changed(&shop, &invoice, json!({ "amount_cents": 5_000 })).await;
        shop.at_invoice(&invoice, "fund").await;
        let events = deliver_webhooks(&shop).await;
        let funded = events.iter().find(|it| it["event"] == "invoice.funded").expect("an event");
        assert_eq!(codes(funded), ["invoice_differs"]);
        assert_ne!(funded["outcome"], "The payment already was as Apruve says.");
        let finding = &funded["findings"][0];
        assert_eq!(finding["providerReference"], invoice["providerId"]);
        assert_eq!((text(finding, "expected"), text(finding, "observed")), ("60.00", "50.00"));
        assert_eq!(codes(&shop.payment(&payment).await), ["invoice_differs"]);
        changed(&shop, &invoice, json!({})).await;
        assert_eq!(codes(&shop.synced(&payment).await), [] as [&str; 0]);
    }

    async fn who_has_read_a_payment_learns_that_its_findings_changed(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, _) = shop.with_two_orders("SO-1").await;
        let read = async |etag: &str| {
            let request = shop.app.request(Method::GET, &at(&payment)).header("if-none-match", etag);
            request.send().await
        };
        let before = shop.app.get(&at(&payment)).await;
        assert_eq!(read(&before.etag()).await.status, 304);
        shop.synced(&payment).await;
        let opened = read(&before.etag()).await;
        assert_eq!(codes(&opened.expect(200)), ["second_order"]);
        assert_eq!(opened.expect(200)["version"], before.expect(200)["version"], "the payment itself is as it was");
        assert_eq!(read(&opened.etag()).await.status, 304);
        let id = text(&opened.json()["findings"][0], "id").to_owned();
        shop.post(&format!("/v1/findings/{id}/acknowledge"), &json!({ "note": "Known" })).await.expect(200);
        let known = read(&opened.etag()).await.expect(200);
        assert_eq!((text(&known["findings"][0], "state"), text(&known["findings"][0], "note")), ("acknowledged", "Known"));
    }

    async fn what_could_not_be_read_in_full_resolves_nothing(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, second) = shop.with_two_orders("SO-1").await;
        let invoice = shop.invoiced(&payment, "60").await;
        changed(&shop, &invoice, json!({ "amount_cents": 5_000 })).await;
        let mut both = codes(&shop.synced(&payment).await).join(" ");
        assert_eq!(both, "invoice_differs second_order");
        changed(&shop, &invoice, json!({})).await;
        let (status, _) = shop.call(Method::POST, &format!("/orders/{second}/cancel"), &json!({})).await;
        assert!(status.is_success());
        for path in ["/orders", "/invoices/*/invoice_returns"] {
            let fault = json!({ "method": "GET", "path": path, "count": null, "effect": { "kind": "answer", "status": 500 } });
            shop.fault(&fault).await;
            both = codes(&shop.synced(&payment).await).join(" ");
            assert_eq!(both, "invoice_differs second_order", "without {path}");
            shop.mended().await;
        }
        assert_eq!(codes(&shop.synced(&payment).await), [] as [&str; 0]);
    }

    async fn events_that_are_forgotten_leave_their_findings(database: Database) {
        let shop = open(database).await;
        shop.with_two_orders("SO-1").await;
        let events = deliver_webhooks(&shop).await;
        assert!(events.iter().any(|event| codes(event) == ["second_order"]), "{events:#?}");
        shop.app.pass(Duration::from_secs(91 * 24 * 60 * 60));
        shop.app.service.sweep().await.expect("a sweep");
        let left = shop.app.get("/v1/webhook-events").await.expect(200);
        assert_eq!(left["items"], json!([]));
        assert_eq!(listed(&shop.app, "code=second_order").await.len(), 1);
    }

    async fn an_offline_payment_has_none(database: Database) {
        let shop = TestShop::open_with(Arc::new(database), &[], |_| {}).await;
        let payment = shop.by_check("SO-1").await;
        assert_eq!(payment["findings"], json!([]));
        assert_eq!(shop.synced(&payment).await["findings"], json!([]));
    }
}
