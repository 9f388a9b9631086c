//! What is asked of the service: every list with each of its filters and sorts, single resources, and all of its own work.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use diesel::prelude::*;
use onterms::{
    findings,
    store::{Conn, StoreError, schema::webhook_replays, timestamp},
};
use serde_json::{Value, json};

use crate::{
    TestApp,
    load::{self, id},
};

/// How often workers poll.
pub const FLAGS: [(&str, &str); 4] = [
    ("payments.sweep", "20ms"),
    ("reconciliation.poll", "20ms"),
    ("reconciliation.every", "1s"),
    ("webhooks.poll", "20ms"),
];

/// The one integration, which cannot be reached, and its method.
pub async fn integration(app: &TestApp) -> [String; 2] {
    let made = app
        .post("/v1/integrations", &json!({
            "type": "apruve", "name": "Apruve", "label": { "default": "Terms" },
            "settings": {
                "merchantId": "9a9c3389fdc281b5c6c8d542a7e91ff6", "apiKey": "0123456789abcdef0123456789abcdef",
                "baseUrl": "http://127.0.0.1:1",
            },
        }))
        .await
        .expect(201);
    ["id", "paymentMethodId"].map(|field| made[field].as_str().expect("an id").to_owned())
}

/// A cursor in the middle of a list.
fn cursor(sort: &str, value: &str, id: &str) -> String {
    let cursor = json!({ "sort": sort, "values": [value], "id": id });
    URL_SAFE_NO_PAD.encode(cursor.to_string())
}

/// Asks for each list with each filter and each sort, with a small limit and with the usual one.
pub async fn lists(app: &TestApp, [integration, method]: &[String; 2]) {
    let moment = DateTime::from_timestamp(1_769_774_400 + 50_000, 0).expect("a moment");
    let (moment, text) = (timestamp::to_cursor(moment), moment.to_rfc3339());
    let due_at = |nth: i64| DateTime::from_timestamp(1_769_774_400 + 40_000_000 + nth, 0);
    let due = due_at(150_000).expect("a moment").to_rfc3339();
    let (payment, event) = (id("payment", 50_000), id("event", 50_000));
    let mut queries: Vec<(&str, String)> = Vec::new();
    for filter in [
        String::new(),
        "orderId=SO-77777".to_owned(),
        "website=rare".to_owned(),
        "status=declined".to_owned(),
        format!("paymentMethodId={method}"),
        "reference=ref77".to_owned(),
        "unsettled=true".to_owned(),
        "fundingOverdue=true".to_owned(),
        format!("createdFrom={text}"),
        format!("integrationId={integration}"),
        "poNumber=PO-3".to_owned(),
        "customerId=rare".to_owned(),
        "providerOrderId=order77777".to_owned(),
        "currency=EUR".to_owned(),
        "currency=EUR&amountFrom=10&amountUntil=11".to_owned(),
        "q=SO-7777".to_owned(),
        "q=so-77777".to_owned(),
        "q=ref7777".to_owned(),
        "q=nothing".to_owned(),
        "q=rare".to_owned(),
    ] {
        queries.push(("/v1/payments", filter));
    }
    for (field, value) in [
        ("createdAt", moment.as_str()),
        ("updatedAt", &moment),
        ("orderId", "SO-5"),
        ("amount", "1000"),
    ] {
        for sort in [field.to_owned(), format!("-{field}")] {
            let place = cursor(&sort, value, &payment);
            queries.push(("/v1/payments", format!("sort={sort}")));
            queries.push(("/v1/payments", format!("sort={sort}&cursor={place}")));
        }
    }
    // `overdue=true` by `createdAt` is not among them: PostgreSQL may walk along what is not overdue. Nor are windows of one date
    // in the order of another.
    for filter in [
        "overdue=true&sort=dueAt".to_owned(),
        "overdue=true&customerId=C-0".to_owned(),
        "funded=true".to_owned(),
        format!("dueFrom={due}&sort=dueAt"),
        format!("dueUntil={due}&sort=-dueAt"),
        String::new(),
        "orderId=SO-77777".to_owned(),
        "number=INV-77777".to_owned(),
        "providerId=ref77777".to_owned(),
        "poNumber=PO-77777".to_owned(),
        "customerId=C-777".to_owned(),
        "website=rare".to_owned(),
        "state=failed".to_owned(),
        "status=canceled".to_owned(),
        format!("integrationId={integration}"),
        format!("paymentId={payment}"),
    ] {
        queries.push(("/v1/invoices", filter));
    }
    for field in ["createdAt", "updatedAt", "dueAt"] {
        for sort in [field.to_owned(), format!("-{field}")] {
            let place = cursor(&sort, &moment, &id("txn", 50_000));
            queries.push(("/v1/invoices", format!("sort={sort}")));
            queries.push(("/v1/invoices", format!("sort={sort}&cursor={place}")));
        }
    }
    for filter in [
        String::new(),
        "state=failed".to_owned(),
        "event=rare.event".to_owned(),
        format!("integrationId={integration}"),
        format!("paymentId={}", id("payment", 0)),
        "verified=false".to_owned(),
        format!("receivedFrom={text}"),
    ] {
        queries.push(("/v1/webhook-events", filter));
    }
    for (field, value) in [("receivedAt", moment.as_str()), ("state", "parked")] {
        for sort in [field.to_owned(), format!("-{field}")] {
            let place = cursor(&sort, value, &event);
            queries.push(("/v1/webhook-events", format!("sort={sort}")));
            queries.push(("/v1/webhook-events", format!("sort={sort}&cursor={place}")));
        }
    }
    for filter in [
        String::new(),
        "after=50000".to_owned(),
        "after=50000&type=payment.expired".to_owned(),
        "after=90000&type=payment.*&website=rare".to_owned(),
        format!("after=50000&subject={}", id("payment", 99_999)),
    ] {
        queries.push(("/v1/events", filter));
    }
    let listed = format!(
        "/v1/notification-endpoints/{}/deliveries",
        id("endpoint", 0)
    );
    for filter in [
        String::new(),
        "state=failed".to_owned(),
        format!("eventId={}", id("evt", 77_777)),
        format!("createdFrom={text}"),
        "sort=createdAt".to_owned(),
        "state=failed&sort=createdAt".to_owned(),
    ] {
        queries.push((&listed, filter));
    }
    for (path, query) in queries {
        for limit in ["", "&limit=1"] {
            app.get(
                &format!("{path}?{query}{limit}")
                    .replace("?&", "?")
                    .replace('+', "%2B"),
            )
            .await
            .expect(200);
        }
    }
    let some = id("payment", 77_777);
    for path in [
        format!("/v1/payments/{some}"),
        format!("/v1/invoices/{}", id("txn", 77_777)),
        format!("/v1/payments/{some}/events"),
        "/v1/orders/SO-77777/payment-status".to_owned(),
        format!("/v1/webhook-events/{event}"),
        "/v1/findings".to_owned(),
        "/v1/reconciliation/runs".to_owned(),
        "/v1/audit-log".to_owned(),
    ] {
        // Some rows hold nothing that can be shown; they were looked for all the same.
        let answer = app.get(&path).await;
        assert!([200, 500].contains(&answer.status.as_u16()), "{answer:?}");
    }
}

fn unfinished(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(webhook_replays::table
        .filter(diesel::dsl::not(webhook_replays::finished))
        .count()
        .get_result(conn)?)
}

/// Lets everything run that runs by itself.
pub async fn work(app: &TestApp, dialect: &load::Dialect) {
    let store = app.service.store();
    store
        .read(findings::store::count_unresolved)
        .await
        .expect("a count");
    app.service.fill_buyers().await.expect("carts are read");
    app.service
        .note_overdue()
        .await
        .expect("overdue payments are noted");
    app.service
        .watch_invoices()
        .await
        .expect("overdue invoices are noted");
    app.service
        .fill_invoices()
        .await
        .expect("invoices are listed");
    let swept = app.service.sweep().await.expect("old rows are swept");
    assert!(swept >= 20, "there were old ones");
    for statement in load::make_due(dialect) {
        crate::app::execute(app, &statement).await;
    }
    app.post("/v1/reconciliation/runs", &json!({}))
        .await
        .expect(202);
    let replay = json!({ "since": "2026-01-31T10:00:00Z", "until": "2026-01-31T10:15:00Z" });
    let replay = app
        .post("/v1/webhook-events/replay", &replay)
        .await
        .expect(202);
    let path = format!(
        "/v1/webhook-replays/{}",
        replay["id"].as_str().expect("an id")
    );
    // Their bodies cannot be opened, so that they wait for another attempt; but each was taken up.
    crate::app::until(async || store.read(unfinished).await.expect("a count") == 0).await;
    let progress = app.get(&path).await.expect(200);
    assert_eq!(progress["total"], 900, "{progress}");
    // A scheduled comparison begins when the clock says so.
    crate::app::until(async || {
        app.pass(std::time::Duration::from_secs(1));
        let runs = app.get("/v1/reconciliation/runs").await.expect(200);
        let is_scheduled = |run: &Value| run["trigger"] == "scheduled";
        runs["items"]
            .as_array()
            .is_some_and(|all| all.iter().any(is_scheduled))
    })
    .await;
}
