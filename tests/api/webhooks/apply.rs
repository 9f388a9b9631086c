//! What follows from an event.

use std::{sync::Arc, time::Duration};

use diesel::prelude::*;
use onterms::store::{StoreError, schema::payments};
use serde_json::json;

use super::{Account, at_rest, until, webhook};
use crate::{
    TestApp,
    apruve::{Apruve, Behaviour},
    support::{Database, on_both_databases},
};

const ORDER: &[(&str, &str)] = &[(
    "/orders/o1",
    r#"{"id":"o1","merchant_order_id":"SO-1","status":"accepted","amount_cents":100,"currency":"USD"}"#,
)];
const INVOICE: &[(&str, &str)] = &[(
    "/invoices/i1",
    r#"{"id":"i1","order_id":"o1","status":"open","amount_cents":100,"currency":"USD"}"#,
)];

on_both_databases! {
    async fn an_event_of_the_feed_has_our_time_whatever_the_webhook_says(database: Database) {
        let app = TestApp::start(database).await;
        let account = Account::new(&app, "Apruve US").await;
        for created_at in ["1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z"] {
            let body = json!({ "uuid": created_at, "created_at": created_at, "event": "credit_available.updated" });
            account.hears(&app, body.to_string()).await.expect(200);
        }
        assert_eq!(at_rest(&app).await[1]["occurredAt"], "2999-01-01T00:00:00Z");
        let reported = crate::events::reported(&app, "type=credit.changed").await;
        let times: Vec<_> = reported.iter().map(|it| &it["time"]).collect();
        assert_eq!(times, ["2026-03-01T12:00:00Z"; 2]);
    }

    async fn an_event_that_names_only_an_invoice_finds_its_order_by_reading_it(database: Database) {
        let app = TestApp::start(database).await;
        let stand_in = Apruve::start(Behaviour::Knows(INVOICE));
        let account = Account::at(&app, "Apruve US", &stand_in).await;
        let shipment = json!({ "id": "s1", "invoice_id": "i1", "links": { "invoice": "http://127.0.0.1:1/evil" } });
        account.hears(&app, webhook("u1", "shipment.created", shipment)).await.expect(200);
        let event = at_rest(&app).await.remove(0);
        assert_eq!((&event["apruveOrderId"], &event["apruveInvoiceId"]), (&json!("o1"), &json!("i1")));
        assert_eq!(event["state"], "parked");
        let asked: Vec<_> = stand_in.asked().into_iter().map(|asked| asked.path).collect();
        assert_eq!(asked, ["/api/v4/invoices/i1", "/api/v4/orders/o1"]);
    }

    async fn what_cannot_be_read_now_is_tried_again_later(database: Database) {
        let app = TestApp::start(database).await;
        let stand_in = Apruve::start(Behaviour::Status(500));
        let account = Account::at(&app, "Apruve US", &stand_in).await;
        account.hears(&app, webhook("u1", "invoice.funded", json!({ "id": "i1" }))).await.expect(200);
        let event = until(&app, |events| !events[0]["outcome"].is_null()).await.remove(0);
        assert_eq!(event["state"], "received");
        assert_eq!(event["outcome"], "Its invoice could not be read: Apruve answered with status 500.");
        assert_eq!(event["nextAttemptAt"], "2026-03-01T12:00:05Z");
        app.pass(Duration::from_secs(5));
        let event = until(&app, |events| events[0]["nextAttemptAt"] == "2026-03-01T12:00:35Z").await.remove(0);
        assert_eq!(event["attempts"], 2);
    }

    async fn an_event_whose_worker_was_lost_is_taken_over_when_its_lease_ends(database: Database) {
        let database = Arc::new(database);
        let first = TestApp::start_with(Arc::clone(&database), &[]).await;
        let stand_in = Apruve::start(Behaviour::KnowsAtLast(INVOICE));
        let account = Account::at(&first, "Apruve US", &stand_in).await;
        account.hears(&first, webhook("u1", "shipment.created", json!({ "invoice_id": "i1" }))).await.expect(200);
        // The first worker hangs in its call for as long as this test runs.
        until(&first, |events| events[0]["attempts"] == 1).await;
        let second = TestApp::start_with(database, &[]).await;
        second.pass(Duration::from_secs(119));
        let held = until(&second, |events| events[0]["attempts"] == 1).await.remove(0);
        assert_eq!((&held["state"], &held["nextAttemptAt"]), (&json!("received"), &json!("2026-03-01T12:02:00Z")));
        second.pass(Duration::from_secs(1));
        let taken_over = at_rest(&second).await.remove(0);
        assert_eq!((&taken_over["state"], &taken_over["attempts"]), (&json!("parked"), &json!(2)));
    }

    async fn a_parked_event_is_looked_at_again_when_a_payment_for_it_appears(database: Database) {
        let app = TestApp::start(database).await;
        let stand_in = Apruve::start(Behaviour::Knows(ORDER));
        let account = Account::at(&app, "Apruve US", &stand_in).await;
        for (uuid, order) in [("u1", "o1"), ("u2", "o2")] {
            account.hears(&app, webhook(uuid, "order.accepted", json!({ "id": order }))).await.expect(200);
            app.pass(Duration::from_millis(1));
        }
        let parked = at_rest(&app).await;
        let told: Vec<_> = parked.iter().map(|event| (event["state"].clone(), event["outcome"].clone())).collect();
        assert_eq!(told, [
            (json!("parked"), json!("No payment has its order, or not yet.")),
            (json!("parked"), json!("Its order does not exist at Apruve, or not yet.")),
        ]);
        // Of another account, so that it is not taken for this order's: only the read of it is seen.
        let integration = json!({ "id": account.id, "type": "apruve" });
        crate::integrations::begin_payment(&app, &integration, "payment_01h455vb4pex5vsknk084sn02q").await;
        let named = app.service.store().write(|tx| {
            let row = diesel::update(payments::table).set(payments::merchant_order_id.eq("SO-1"));
            Ok::<_, StoreError>(row.execute(tx.conn())?)
        });
        assert_eq!(named.await.expect("a row"), 1);
        let again = until(&app, |events| events[0]["attempts"] == 2).await;
        assert_eq!(again[1]["attempts"], 1);
    }
}
