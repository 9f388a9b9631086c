//! Lists carry the ETag with which each of their resources is answered alone.

use reqwest::Method;
use serde_json::json;

use crate::{
    payments::shop_floor::text,
    support::{Database, on_both_databases},
    test_shop::TestShop,
    webhooks::payments::{deliver_webhooks, listen},
};

impl TestShop {
    async fn lists_with_etags(&self, lists: &[&str]) {
        for list in lists {
            let items = self.app.get(list).await.expect(200)["items"]
                .as_array()
                .expect("items")
                .clone();
            assert!(!items.is_empty(), "{list}");
            for item in items {
                let id = item["id"].as_str().expect("an id");
                let read = self.app.get(&format!("{list}/{id}")).await;
                assert_eq!(item["etag"], read.etag(), "{list}/{id}");
                assert!(
                    read.expect(200)["etag"].is_null(),
                    "alone it is in the header"
                );
            }
        }
    }
}

on_both_databases! {
    async fn a_list_carries_the_etag_of_each_item(database: Database) {
        let shop = TestShop::open(database).await;
        let app = &shop.app;
        app.check("Check").await;
        shop.authorized("SO-1").await;
        shop.begun("SO-2").await;
        app.patch(&shop.integration, &serde_json::json!({ "name": "Renamed" })).await.expect(200);
        shop.lists_with_etags(&["/v1/integrations", "/v1/payment-rules", "/v1/payments"]).await;
    }

    async fn a_list_carries_the_etag_of_what_has_findings_too(database: Database) {
        let shop = TestShop::of_services(database).await;
        listen(&shop).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let changed = format!("/overrides/{}", text(&invoice, "providerId"));
        shop.control(Method::PUT, &changed, &json!({ "amount_cents": 5_000 })).await;
        shop.at_invoice(&invoice, "fund").await;
        let events = deliver_webhooks(&shop).await;
        assert!(events.iter().any(|it| it["findings"] != json!([])), "{events:#?}");
        assert_ne!(shop.payment(&payment).await["findings"], json!([]));
        shop.lists_with_etags(&["/v1/payments", "/v1/webhook-events", "/v1/findings"]).await;
    }
}
