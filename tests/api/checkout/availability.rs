//! May this checkout start at all?

use serde_json::json;

use crate::{
    TestApp,
    shop::{cart, cart_with, ids},
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn what_cannot_be_judged_yet_counts_as_possible(database: Database) {
        let app = TestApp::start(database).await;
        let (apruve, check, terms) = (app.apruve("a").await, app.check("c").await, app.terms("t").await);
        let canada = json!({ "destinations": [{ "country": "CA" }], "expression": "total > 1000", "stopProcessing": true });
        app.rule("canada", 1, &[&apruve], canada).await;
        app.rule("off", 2, &[&check], json!({ "enabled": false })).await;
        app.rule("rest", 3, &[&terms], json!({})).await;
        let path = "/v1/checkout/availability";
        let guest = cart_with(json!({ "billingAddress": null, "customer": null }));
        let answer = app.post(path, &guest).await.expect(200);
        assert_eq!(ids(&answer["possible"]), [apruve, terms.clone()]);
        assert_eq!(answer["needs"], json!(["billingAddress"]));
        let answer = app.post(path, &cart()).await.expect(200);
        assert_eq!(ids(&answer["possible"]), [terms]);
        assert_eq!(answer["needs"], json!([]));
    }
}
