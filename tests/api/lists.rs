//! What all lists have in common: ranges of time, the names of before, and cursors.

use serde_json::{Value, json};

use crate::{
    app::START,
    shop::ids,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// Each list with its ranges of time, and with the former names of their ends.
fn ranges(endpoint: &str) -> Vec<(String, &'static str, Option<[&'static str; 2]>)> {
    vec![
        ("/v1/payments".to_owned(), "created", None),
        ("/v1/payments".to_owned(), "updated", None),
        ("/v1/payment-rules".to_owned(), "created", None),
        ("/v1/payment-rules".to_owned(), "updated", None),
        (
            "/v1/webhook-events".to_owned(),
            "received",
            Some(["receivedFrom", "receivedTo"]),
        ),
        (
            "/v1/audit-log".to_owned(),
            "happened",
            Some(["from", "until"]),
        ),
        ("/v1/findings".to_owned(), "opened", None),
        ("/v1/reconciliation/runs".to_owned(), "started", None),
        (
            format!("/v1/notification-endpoints/{endpoint}/deliveries"),
            "created",
            None,
        ),
    ]
}

on_both_databases! {
    async fn ranges_of_time_have_one_naming_and_contain_their_beginning_but_not_their_end(database: Database) {
        let shop = TestShop::open(database).await;
        let app = &shop.app;
        let body = json!({ "url": "https://erp.shop.example/", "types": ["ping"] });
        let endpoint = app.post("/v1/notification-endpoints", &body).await.expect(201)["id"].as_str().expect("an id").to_owned();
        app.post(&format!("/v1/notification-endpoints/{endpoint}/ping"), &json!({})).await.expect(202);
        shop.begun("SO-1").await;
        app.post("/v1/reconciliation/runs", &json!({})).await.expect(202);
        let next = "2026-03-01T12:00:00.000001Z";
        for (list, field, former) in ranges(&endpoint) {
            let (from, until) = (format!("{field}From"), format!("{field}Until"));
            let all = app.get(&list).await.expect(200)["items"].as_array().map(Vec::len).expect("a list");
            let is_empty = list.contains("webhook-events") || list.contains("findings");
            assert_eq!(all == 0, is_empty, "{list}");
            let mut names = vec![[from.as_str(), &until]];
            names.extend(former);
            for [from, until] in names {
                for (query, expected) in [
                    (format!("{from}={START}"), all),
                    (format!("{until}={next}"), all),
                    (format!("{from}={START}&{until}={next}"), all),
                    (format!("{until}={START}"), 0),
                    (format!("{from}={START}&{until}={START}"), 0),
                    (format!("{from}={next}"), 0),
                    (format!("{from}=2026-03-01T13:00:00%2B01:00"), all),
                ] {
                    let page = app.get(&format!("{list}?{query}")).await.expect(200);
                    assert_eq!(page["items"].as_array().map(Vec::len), Some(expected), "{list}?{query}");
                }
                for (query, refused) in [
                    (format!("{from}={next}&{until}={START}"), until),
                    (format!("{from}=today"), from),
                    (format!("{until}=1772366400"), until),
                    (format!("{from}={START}&{from}={START}"), from),
                ] {
                    let refusal = app.get(&format!("{list}?{query}")).await;
                    assert!(refusal.pointers()[0].starts_with(field) || refusal.pointers() == [refused], "{list}?{query}: {refusal:?}");
                }
            }
            for former in former.into_iter().flatten().filter(|it| *it != from) {
                let new = if former.ends_with("rom") { &from } else { &until };
                let both = app.get(&format!("{list}?{former}={next}&{new}={next}")).await;
                both.expect(200);
                let conflict = app.get(&format!("{list}?{former}={next}&{new}={START}")).await;
                assert_eq!(conflict.pointers(), [former], "{list}");
            }
        }
    }

    async fn references_keep_their_former_names(database: Database) {
        let shop = TestShop::open(database).await;
        let app = &shop.app;
        let check = app.check("Check").await;
        let rule = app.rule("Checks", 20, &[&check], json!({})).await;
        let integration = shop.integration.rsplit('/').next().expect("an id");
        for name in ["paymentMethodId", "paymentMethod"] {
            let page = app.get(&format!("/v1/payment-rules?{name}={check}")).await.expect(200);
            assert_eq!(ids(&page["items"]), [rule.as_str()], "{name}");
            assert_eq!(app.get(&format!("/v1/payment-rules?{name}=cash")).await.pointers(), [name]);
        }
        for name in ["integrationId", "integration"] {
            app.get(&format!("/v1/webhook-events?{name}={integration}")).await.expect(200);
            assert_eq!(app.get(&format!("/v1/webhook-events?{name}=x")).await.pointers(), [name]);
        }
        app.get(&format!("/v1/payment-rules?paymentMethodId={check}&paymentMethod={check}")).await.expect(200);
        let two = app.get(&format!("/v1/payment-rules?paymentMethodId={check}&paymentMethod={}", shop.method)).await;
        assert_eq!(two.pointers(), ["paymentMethod"]);
        assert_eq!(two.json()["errors"][0]["code"], "conflict");
    }

    async fn a_cursor_belongs_to_its_list_its_filters_and_its_order(database: Database) {
        let shop = TestShop::open(database).await;
        let app = &shop.app;
        for order in ["SO-1", "SO-2", "SO-3"] {
            shop.begun(order).await;
        }
        let first = app.get("/v1/payments?limit=1&status=pending&orderId=SO-1&limit=1").await;
        assert_eq!(first.pointers(), ["limit"]);
        let first = app.get("/v1/payments?limit=1&status=pending&website=us-store").await.expect(200);
        let cursor = first["nextCursor"].as_str().expect("more");
        for (path, is_taken) in [
            ("/v1/payments?status=pending&website=us-store", true),
            ("/v1/payments?website=us-store&status=pending&limit=2&count=true", true),
            ("/v1/payments?status=pending", false),
            ("/v1/payments?status=pending&website=eu", false),
            ("/v1/payments?status=pending&status=paid&website=us-store", false),
            ("/v1/payments?status=pending&website=us-store&sort=createdAt", false),
            ("/v1/audit-log?actor=admin", false),
            ("/v1/payment-rules?enabled=true", false),
        ] {
            let answer = app.get(&format!("{path}&cursor={cursor}")).await;
            match is_taken {
                true => assert_eq!(answer.expect(200)["items"][0]["orderId"], "SO-2", "{path}"),
                false => assert_eq!(answer.pointers(), ["cursor"], "{path}"),
            }
        }
    }

    async fn rules_are_found_by_website_stop_and_dates_and_show_the_labels_of_their_methods(database: Database) {
        let shop = TestShop::open(database).await;
        let app = &shop.app;
        let check = app.check("Check").await;
        let (us, eu) = (json!({ "websites": ["us"], "stopProcessing": true }), json!({ "websites": ["eu", "u"] }));
        let us = app.rule("US", 1, &[&check, &shop.method], us).await;
        let eu = app.rule("EU", 2, &[&check], eu).await;
        let march = json!({ "activeFrom": "2026-03-10T00:00:00Z", "activeUntil": "2026-03-20T00:00:00Z" });
        let march = app.rule("March", 3, &[&check], march).await;
        let all = ids(&app.get("/v1/payment-rules").await.expect(200)["items"]);
        let terms = all.iter().find(|id| ![&us, &eu, &march].contains(id)).expect("the shop's first rule").clone();
        for (filter, expected) in [
            ("website=us", vec![&us, &march, &terms]),
            ("website=eu", vec![&eu, &march, &terms]),
            ("website=u", vec![&eu, &march, &terms]),
            ("website=US", vec![&march, &terms]),
            ("website=%25", vec![&march, &terms]),
            ("stopProcessing=true", vec![&us]),
            ("stopProcessing=false&website=us", vec![&march, &terms]),
            ("activeAt=2026-03-09T23:59:59Z", vec![&us, &eu, &terms]),
            ("activeAt=2026-03-10T00:00:00Z&website=eu", vec![&eu, &march, &terms]),
            ("activeAt=2026-03-20T00:00:00Z&website=eu", vec![&eu, &terms]),
        ] {
            let page = app.get(&format!("/v1/payment-rules?{filter}&count=true")).await.expect(200);
            let found = ids(&page["items"]);
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter}");
            assert_eq!(page["total"], expected.len(), "{filter}");
        }
        assert_eq!(app.get("/v1/payment-rules?stopProcessing=1&activeAt=x&website=%00").await.pointers(), ["website", "stopProcessing", "activeAt"]);

        let labels = |rule: &Value| rule["paymentMethods"].as_array().expect("a list").iter()
            .map(|it| it["label"].as_str().unwrap_or("none").to_owned()).collect::<Vec<_>>();
        let path = format!("/v1/payment-rules/{us}");
        let one = app.get(&path).await;
        let shown = one.expect(200);
        assert_eq!(labels(&shown), ["Check", "Pay on terms"]);
        let listed = app.get("/v1/payment-rules?stopProcessing=true").await.expect(200);
        assert_eq!(labels(&listed["items"][0]), ["Check", "Pay on terms"]);
        // What GET gave may be sent back, and changes nothing.
        let put = app.put(&path, &shown).await;
        assert_eq!((labels(&put.expect(200)), put.etag()), (vec!["Check".to_owned(), "Pay on terms".to_owned()], one.etag()));
        let renamed = app.patch(&format!("/v1/integrations/{}", check.replace("check_money_order", "integration")), &json!({ "label": { "default": "By check" } })).await;
        renamed.expect(200);
        let disabled = app.post(&format!("{path}/disable"), &json!({})).await.expect(200);
        assert_eq!(labels(&disabled), ["By check", "Pay on terms"]);
        let copy = app.post(&format!("{path}/duplicate"), &json!({})).await.expect(201);
        assert_eq!(labels(&copy), ["By check", "Pay on terms"]);
        // They are no part of what is kept of the rule.
        for path in ["/v1/audit-log?resourceType=payment_rule".to_owned(), "/v1/payment-rules/export".to_owned()] {
            let text = app.get(&path).await.text;
            assert!(text.contains("US") && !text.contains("By check"), "{path}: {text}");
        }
        let bulk = json!({ "action": "disable", "filter": { "website": "eu", "stopProcessing": false, "activeAt": "2026-03-01T00:00:00Z" } });
        let bulk = app.post("/v1/payment-rules/bulk", &bulk).await.expect(200);
        assert_eq!((&bulk["count"], &bulk["changed"]), (&json!(2), &json!(2)));
    }

    async fn methods_that_are_not_offered_have_their_labels_in_the_buyers_language(database: Database) {
        let shop = TestShop::open(database).await;
        let app = &shop.app;
        app.apruve("Other").await;
        let cart = crate::shop::cart();
        for (query, label) in [("", "Pay on terms"), ("&locale=fr", "Payer à terme"), ("&locale=de", "Pay on terms")] {
            let answer = app.post(&format!("/v1/checkout/payment-methods?explain=summary{query}"), &cart).await.expect(200);
            let other = &answer["notOffered"][0];
            assert_eq!((&other["label"], &other["shortLabel"]), (&json!(label), &json!("Apruve")), "{query}");
        }
    }
}
