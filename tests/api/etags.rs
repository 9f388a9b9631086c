//! Lists carry the ETag with which each of their resources is answered alone.

use crate::{
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

on_both_databases! {
    async fn a_list_carries_the_etag_of_each_item(database: Database) {
        let shop = TestShop::open(database).await;
        let app = &shop.app;
        app.check("Check").await;
        shop.authorized("SO-1").await;
        shop.begun("SO-2").await;
        app.patch(&shop.integration, &serde_json::json!({ "name": "Renamed" })).await.expect(200);
        for list in ["/v1/integrations", "/v1/payment-rules", "/v1/payments"] {
            let items = app.get(list).await.expect(200)["items"].as_array().expect("items").clone();
            assert!(!items.is_empty(), "{list}");
            for item in items {
                let id = item["id"].as_str().expect("an id");
                let read = app.get(&format!("{list}/{id}")).await;
                assert_eq!(item["etag"], read.etag(), "{list}/{id}");
                assert!(read.expect(200)["etag"].is_null(), "alone it is in the header");
            }
        }
    }
}
