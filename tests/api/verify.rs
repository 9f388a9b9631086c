//! What `onterms verify` finds. It runs after every story, too.

use onterms::{payments::verify, store::Store};
use serde_json::json;

use crate::{
    app::execute,
    buyer::at,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// How many payments there are, and what does not hold for them, without their ids.
async fn verified(store: &Store) -> (u64, Vec<String>) {
    let (mut payments, mut found) = (0, Vec::new());
    let told = |some, differences: Vec<verify::FailedCheck>| {
        payments += some;
        found.extend(differences.into_iter().map(|it| it.what));
    };
    verify::verify(store, told).await.expect("it reads");
    (payments, found)
}

on_both_databases! {
    async fn a_ledger_that_was_kept_holds_and_one_that_was_touched_is_reported(database: Database) {
        let shop = TestShop::open(database).await;
        let store = shop.app.service.store();
        assert_eq!(verified(store).await, (0, Vec::new()));
        shop.begun("SO-1").await;
        let payment = shop.authorized("SO-2").await;
        shop.post(&format!("{}/invoices", at(&payment)), &json!({ "amount": "40.00" })).await.expect(201);
        assert_eq!(verify::count(store).await.expect("it reads"), 2);
        assert_eq!(verified(store).await, (2, Vec::new()));

        execute(&shop.app, "UPDATE payments SET captured = 1 WHERE order_id = 'SO-2'").await;
        let (_, found) = verified(store).await;
        assert_eq!(found, ["`captured` is stored as 1 and comes to 0."]);
        execute(&shop.app, "UPDATE payments SET captured = 0, next_look_at = NULL WHERE order_id IN ('SO-1', 'SO-2')").await;
        let (_, found) = verified(store).await;
        assert_eq!(found, ["`has next_look_at` is stored as false and comes to true."]);

        execute(&shop.app, "UPDATE transactions SET amount = 20000 WHERE action = 'invoice'").await;
        let (_, found) = verified(store).await;
        assert!(found.contains(&"invoiced is 20000, more than authorized, 10000.".to_owned()), "{found:?}");
    }
}
