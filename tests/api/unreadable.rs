//! One row that cannot be read, such as one with a word of a newer version, stops nothing but itself.

use reqwest::Method;
use serde_json::json;

use crate::{
    TestApp,
    app::{Answer, execute, until},
    shop::{cart, ids},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

const AT: &str = "'2026-03-01 12:00:00'";

/// Three events and three findings of the shop's integration.
async fn fill(shop: &TestShop) {
    let integration = shop.integration.trim_start_matches("/v1/integrations/");
    for number in 1..=3 {
        execute(&shop.app, &format!(
            "INSERT INTO webhook_events (id, integration_id, dedup_key, verified, state, attempts, repeats, version, received_at) \
             VALUES ('event_01h455vb4pex5vsknk084sn0{number}q', '{integration}', '{number}', true, 'ignored', 1, 0, 1, {AT})"
        )).await;
        execute(&shop.app, &format!(
            "INSERT INTO findings (id, code, state, message, integration_id, opened_at, last_seen_at, version, open_key) \
             VALUES ('finding_01h455vb4pex5vsknk084sn0{number}q', 'order_gone', 'open', 'x', '{integration}', {AT}, {AT}, 1, '{number}')"
        )).await;
    }
}

/// Every page of a list with one item each.
async fn pages(app: &TestApp, path: &str) -> Vec<String> {
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{path}?limit=1{next}")).await.expect(200);
        all.extend(ids(&page["items"]));
        match page["nextCursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return all,
        }
    }
}

/// Deletes something whose ETag nobody can read.
async fn delete_any(app: &TestApp, path: &str) -> Answer {
    app.request(Method::DELETE, path)
        .header("if-match", "*")
        .send()
        .await
}

on_both_databases! {
    async fn lists_show_it_with_its_id_and_everything_else_as_ever(database: Database) {
        let shop = TestShop::open(database).await;
        let app = &shop.app;
        for number in ["SO-1", "SO-2", "SO-3"] {
            shop.begun(number).await;
        }
        let check = app.check("a").await;
        app.check("b").await;
        for number in 1..3 {
            app.rule(&format!("r{number}"), number, &[&check], json!({})).await;
        }
        fill(&shop).await;
        for (path, table, change) in [
            ("/v1/payments", "payments", "currency = 'QQQ'"),
            ("/v1/payments", "transactions", "details = '{'"),
            ("/v1/payment-rules", "payment_rules", "currency = 'QQQ'"),
            ("/v1/integrations", "integrations", "settings = '['"),
            ("/v1/webhook-events", "webhook_events", "replay_id = 'a newer word'"),
            ("/v1/findings", "findings", "code = 'a_newer_word'"),
        ] {
            let before = app.get(path).await.expect(200);
            let all = ids(&before["items"]);
            let nth = if table == "transactions" { 0 } else { 1 };
            let id = &all[nth];
            let key = if table == "transactions" { "payment_id" } else { "id" };
            execute(app, &format!("UPDATE {table} SET {change} WHERE {key} = '{id}'")).await;
            let after = app.get(path).await.expect(200);
            assert_eq!(ids(&after["items"]), all, "{table}");
            let items = after["items"].as_array().expect("a list");
            for (item, before) in items.iter().zip(before["items"].as_array().expect("a list")) {
                if item["id"] != **id {
                    assert_eq!(item, before, "{table}");
                    continue;
                }
                let members: Vec<&str> = item.as_object().expect("an object").keys().map(String::as_str).collect();
                assert_eq!(members, ["id", "reason", "unreadable"], "{table}");
                assert_eq!(item["unreadable"], true);
                let reason = item["reason"].as_str().expect("a reason");
                assert!(reason.starts_with("cannot read "), "{reason}");
            }
            assert_eq!(pages(app, path).await, all, "{table}: a page goes on behind it");
        }
    }

    async fn what_fills_in_older_payments_goes_on_behind_it(database: Database) {
        let shop = TestShop::open(database).await;
        for number in ["SO-1", "SO-2", "SO-3"] {
            shop.begun(number).await;
        }
        let payments = shop.app.get("/v1/payments?sort=createdAt").await.expect(200);
        let broken = &ids(&payments["items"])[0];
        // As an older version left them.
        execute(&shop.app, "UPDATE payments SET listed_version = 0, captured = 1, invoiced = 2").await;
        execute(&shop.app, &format!("UPDATE transactions SET details = '{{' WHERE payment_id = '{broken}'")).await;
        let service = &shop.app.service;
        assert_eq!(service.fill_invoices().await.expect("it fills"), 2);
        assert_eq!(service.fill_invoices().await.expect("it fills"), 0);
        assert_eq!(service.fill_unfunded().await.expect("it fills"), 0, "nothing waits for money");
    }

    async fn an_administrator_deletes_it_and_what_it_uses(database: Database) {
        let app = TestApp::start(database).await;
        let (lost, kept) = (app.check("lost").await, app.check("kept").await);
        let rule = app.rule("broken", 1, &[&lost, &kept], json!({})).await;
        let integration = |method: &str| {
            format!("/v1/integrations/{}", method.replace("check_money_order_", "integration_"))
        };
        execute(&app, "UPDATE payment_rules SET destinations = '?'").await;
        execute(&app, "UPDATE integrations SET label = '{' WHERE name = 'Method lost'").await;
        // A rule that cannot be read cannot lose its method, and is named.
        for path in [integration(&kept), format!("{}?detach=true", integration(&kept)), integration(&lost)] {
            let refused = delete_any(&app, &path).await;
            assert_eq!(refused.problem(409), "in-use", "{path}");
            assert!(refused.text.contains(&rule), "{path}: {}", refused.text);
        }
        let stale = app.request(Method::DELETE, &format!("/v1/payment-rules/{rule}")).header("if-match", "\"7\"").send().await;
        assert_eq!(stale.problem(412), "stale");
        delete_any(&app, &format!("/v1/payment-rules/{rule}")).await.expect(204);
        assert_eq!(app.get("/v1/payment-rules").await.expect(200)["items"], json!([]));
        for path in [integration(&lost), integration(&kept)] {
            delete_any(&app, &path).await.expect(204);
        }
        let left = app.get("/v1/integrations").await.expect(200);
        assert_eq!(left["items"], json!([]));
        let log = app.get("/v1/audit-log?action=delete").await.expect(200);
        assert_eq!(log["items"].as_array().map(Vec::len), Some(3));
    }

    async fn checkout_notices_a_database_that_went_back_and_on_again(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({})).await;
        assert_eq!(app.offered(&cart()).await, std::slice::from_ref(&check));
        let newest = "number = (SELECT number FROM revision_counter)";
        // As a server tells it that had not received the last changes, and took others: the rule has the version that is known.
        for (nth, tells) in [
            // The number is less than what was seen.
            vec!["UPDATE revision_counter SET number = number - 1".to_owned()],
            // The same number was given out for something else.
            vec![format!("UPDATE revisions SET summary = 'something else' WHERE {newest}")],
            // And there is another one behind it.
            vec![
                format!("UPDATE revisions SET summary = 'yet something else' WHERE {newest}"),
                "UPDATE revision_counter SET number = number + 1".to_owned(),
            ],
        ].into_iter().enumerate() {
            let enabled = nth % 2 == 1;
            execute(&app, &format!("UPDATE payment_rules SET enabled = {enabled}")).await;
            for statement in tells {
                execute(&app, &statement).await;
            }
            let offered: Vec<String> = if enabled { vec![check.clone()] } else { Vec::new() };
            until(async || app.offered(&cart()).await == offered).await;
        }
    }
}
