//! What the first start after an upgrade tells.

use onterms::store::{Store, StoreError};
use serde_json::{Value, json};

use crate::{
    process::Workspace,
    support::{Database, on_both_databases},
};
use diesel::RunQueryDsl;

const MESSAGE: &str = "these postal patterns match other codes than before the upgrade, or none; please check the rule";

/// What the service has logged of patterns from start to end.
fn reported(place: &Workspace) -> Vec<Value> {
    let mut service = place.serve(&[]);
    service.terminate();
    let (_, log) = service.wait();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["message"] == MESSAGE).collect()
}

on_both_databases! {
    async fn the_first_start_lists_once_the_postal_patterns_whose_meaning_changed(database: Database) {
        let place = Workspace::new().with_keys().with("DATABASE_URL", database.url());
        let (token, service) = (place.token("admin"), place.serve(&[]));
        let check = json!({ "type": "check_money_order", "name": "The check", "label": { "default": "Check" }, "settings": { "payTo": "A", "sendTo": "B" } });
        let (_, method) = service.post("/v1/integrations", &token, &check).await;
        let rule = |destinations: Value| {
            json!({ "name": "r", "sortOrder": 1, "currency": "GBP", "destinations": destinations, "paymentMethods": [{ "id": method["paymentMethodId"] }] })
        };
        let changed = json!([
            { "country": "GB", "postalCodes": ["YO1 7HH", "BN1 *", "EH22"] },
            { "country": "NL", "postalCodes": ["1000..1099"] },
            { "country": "US", "postalCodes": ["90210"] },
        ]);
        let (_, changed) = service.post("/v1/payment-rules", &token, &rule(changed)).await;
        let unchanged = json!([{ "country": "DE", "postalCodes": ["10115..10999"] }]);
        let (status, _) = service.post("/v1/payment-rules", &token, &rule(unchanged)).await;
        assert_eq!(status, 201);
        drop(service);
        assert_eq!(reported(&place), Vec::<Value>::new(), "they were written by this version");

        // As the migration leaves a database with rules, one of them unreadable.
        let store = Store::open(&database.options()).expect("the database opens");
        let statements = [
            "INSERT INTO settings (key, value) VALUES ('upgrade.listPostalPatterns', 'pending')",
            "UPDATE payment_rules SET destinations = '?' WHERE destinations LIKE '%10115%'",
        ];
        let upgrade = store.write(move |tx| {
            for statement in statements {
                diesel::sql_query(statement).execute(tx.conn())?;
            }
            Ok::<_, StoreError>(())
        });
        upgrade.await.expect("the statements");
        let lines = reported(&place);
        let found: Vec<_> = lines.iter().map(|line| [&line["rule_id"], &line["country"], &line["patterns"]]).collect();
        let id = &changed["id"];
        assert_eq!(found, [[id, &json!("GB"), &json!("BN1 *, EH22")], [id, &json!("NL"), &json!("1000..1099")]]);
        assert_eq!(lines[0]["level"], "WARN");
        assert_eq!(reported(&place), Vec::<Value>::new(), "they are told once");
    }
}
