//! `GET /v1/invoices`: Apruve's invoices and offline sales in one list.

use std::time::Duration;

use serde_json::{Value, json};

use super::{check_method, items, moment, sale};
use crate::{
    buyer::at,
    payments::shop_floor::text,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

const DAY: Duration = Duration::from_secs(86_400);

fn names(items: &[Value], field: &str) -> Vec<String> {
    let mut names: Vec<String> = items.iter().map(|it| text(it, field).to_owned()).collect();
    names.sort_unstable();
    names
}

on_both_databases! {
    async fn an_offline_sale_is_one_invoice_until_it_is_paid_or_canceled(database: Database) {
        let shop = TestShop::of_services(database).await;
        let method = check_method(&shop, "checks").await;
        let due = moment(shop.app.now() + DAY * 30);
        let cart = json!({ "customer": { "id": "C-1", "name": "ACME" } });
        let paid = sale(&shop, &method, "SO-1", json!({ "dueAt": due, "poNumber": "PO-7" }), cart).await;
        let canceled = sale(&shop, &method, "SO-2", json!({ "netDays": 10 }), json!({})).await;

        let listed = items(&shop.app, "/v1/invoices?orderId=SO-1").await;
        assert_eq!(listed.len(), 1);
        let invoice = &listed[0];
        assert_eq!(invoice["id"], paid["transactions"][0]["id"], "its purchase's");
        assert_eq!(invoice["paymentId"], paid["id"]);
        for (field, value) in [
            ("number", "SO-1"), ("poNumber", "PO-7"), ("website", "us-store"), ("customerId", "C-1"), ("customerName", "ACME"),
            ("debtor", "buyer"), ("currency", "USD"), ("state", "succeeded"), ("status", "open"), ("dueAt", due.as_str()),
        ] {
            assert_eq!(invoice[field], value, "{field}");
        }
        assert_eq!(invoice["amounts"], json!({ "total": "100.00", "canceled": "0.00", "paid": "0.00", "funded": "0.00", "returned": "0.00", "remaining": "100.00" }));
        assert_eq!((&invoice["overdue"], &invoice["daysPastDue"]), (&json!(false), &json!(0)));
        assert_eq!(shop.app.get(&format!("/v1/invoices/{}", text(invoice, "id"))).await.expect(200), *invoice);

        shop.act(&paid, "capture", &json!({ "amount": "40" })).await.expect(201);
        let part = items(&shop.app, "/v1/invoices?orderId=SO-1").await;
        assert_eq!((&part[0]["status"], &part[0]["amounts"]["remaining"]), (&json!("open"), &json!("60.00")));
        shop.act(&paid, "capture", &json!({})).await.expect(201);
        shop.act(&paid, "refunds", &json!({ "amount": "15", "currency": "USD" })).await.expect(201);
        let closed = items(&shop.app, "/v1/invoices?status=closed").await;
        assert_eq!(closed[0]["amounts"], json!({ "total": "100.00", "canceled": "0.00", "paid": "100.00", "funded": "0.00", "returned": "15.00", "remaining": "0.00" }));

        shop.act(&canceled, "cancel", &json!({})).await.expect(201);
        let gone = items(&shop.app, "/v1/invoices?status=canceled").await;
        assert_eq!((&gone[0]["number"], &gone[0]["amounts"]["canceled"], &gone[0]["amounts"]["remaining"]), (&json!("SO-2"), &json!("100.00"), &json!("0.00")));
    }

    async fn an_invoice_at_apruve_is_followed_from_its_issue_to_the_money(database: Database) {
        let shop = TestShop::of_services(database).await;
        let payment = shop.authorized("SO-1").await;
        let first = shop.act(&payment, "invoices", &json!({ "amount": "60", "issue": false })).await.expect(201);
        let draft = items(&shop.app, &format!("/v1/invoices?number={}", text(&first, "number"))).await;
        assert_eq!((&draft[0]["status"], &draft[0]["debtor"]), (&json!("pending"), &json!("provider")));
        assert!(draft[0]["issuedAt"].is_null() && draft[0]["providerDueAt"].is_null(), "{draft:?}");
        shop.act(&payment, &format!("invoices/{}/issue", text(&first, "id")), &json!({})).await.expect(201);
        let second = shop.act(&payment, "invoices", &json!({ "amount": "40" })).await.expect(201);
        let open = items(&shop.app, "/v1/invoices?status=open").await;
        assert_eq!(open.len(), 2);
        assert_eq!(open[0]["providerDueAt"], moment(shop.app.now() + DAY));
        shop.pass(DAY).await;
        let overdue = items(&shop.app, "/v1/invoices?overdue=true").await;
        assert_eq!(names(&overdue, "id"), names(&[first.clone(), second.clone()], "id"));
        assert_eq!(overdue[0]["daysPastDue"], 1);
        assert!(items(&shop.app, "/v1/invoices?overdue=false").await.is_empty());

        shop.at_invoice(&first, "fund").await;
        shop.synced(&payment).await;
        let funded = items(&shop.app, "/v1/invoices?funded=true").await;
        assert_eq!(names(&funded, "id"), [text(&first, "id")]);
        assert_eq!(funded[0]["amounts"]["funded"], "60.00");
        assert_eq!((&funded[0]["funding"]["feeAmount"], &funded[0]["funding"]["netAmount"]), (&json!("1.80"), &json!("58.20")));
        assert_eq!(names(&items(&shop.app, "/v1/invoices?overdue=true&funded=false").await, "id"), [text(&second, "id")]);
        let shown = &shop.payment(&payment).await["invoices"];
        assert_eq!(shown[0]["dueAt"], funded[0]["dueAt"], "one name means one thing");
    }

    async fn each_filter_finds_its_own(database: Database) {
        let shop = TestShop::of_services(database).await;
        let method = check_method(&shop, "checks").await;
        let due = |days: u32| moment(shop.app.now() + DAY * days);
        for (order, website, customer, po, days) in [
            ("SO-1", "us-store", "C-1", "PO-1", 10),
            ("SO-2", "us-store", "C-2", "PO-2", 20),
            ("SO-3", "eu-store", "C-1", "PO-2", 30),
        ] {
            let cart = json!({ "website": website, "customer": { "id": customer } });
            sale(&shop, &method, order, json!({ "dueAt": due(days), "poNumber": po }), cart).await;
        }
        let later = moment(shop.app.now() + DAY);
        shop.pass(DAY * 2).await;
        let (payment, invoice) = shop.with_invoice("SO-4").await;
        let integration = text(&invoice_of(&shop, "SO-1").await, "integrationId").to_owned();
        for (filter, expected) in [
            ("website=us-store&customerId=C-1".to_owned(), vec!["SO-1"]),
            ("website=eu-store".to_owned(), vec!["SO-3"]),
            ("customerId=C-1".to_owned(), vec!["SO-1", "SO-3"]),
            ("poNumber=PO-2".to_owned(), vec!["SO-2", "SO-3"]),
            ("number=SO-2".to_owned(), vec!["SO-2"]),
            (format!("providerId={}", text(&invoice, "providerId")), vec!["SO-4"]),
            (format!("paymentId={}", text(&payment, "id")), vec!["SO-4"]),
            (format!("integrationId={integration}"), vec!["SO-1", "SO-2", "SO-3"]),
            (format!("dueFrom={}&dueUntil={}", due(8), due(18)), vec!["SO-1"]),
            (format!("dueFrom={}&customerId=C-2", due(8)), vec!["SO-2"]),
            (format!("updatedUntil={later}"), vec!["SO-1", "SO-2", "SO-3"]),
            (format!("updatedFrom={later}"), vec!["SO-4"]),
            ("state=succeeded".to_owned(), vec!["SO-1", "SO-2", "SO-3", "SO-4"]),
            ("state=failed".to_owned(), vec![]),
            ("status=closed".to_owned(), vec![]),
        ] {
            let found = items(&shop.app, &format!("/v1/invoices?{filter}")).await;
            assert_eq!(names(&found, "orderId"), expected, "{filter}");
        }
        let page = shop.app.get("/v1/invoices?sort=dueAt&limit=2&count=true").await.expect(200);
        assert_eq!(page["total"], 4);
        let cursor = text(&page, "nextCursor");
        let rest = items(&shop.app, &format!("/v1/invoices?sort=dueAt&limit=2&cursor={cursor}")).await;
        let all: Vec<Value> = page["items"].as_array().expect("a list").iter().cloned().chain(rest).collect();
        let dues: Vec<&str> = all.iter().map(|it| text(it, "dueAt")).collect();
        assert!(all.len() == 4 && dues.is_sorted(), "{dues:?}");
    }

    async fn a_token_of_a_website_sees_its_invoices_alone(database: Database) {
        let shop = TestShop::of_services(database).await;
        let method = check_method(&shop, "checks").await;
        sale(&shop, &method, "SO-us", json!({}), json!({ "website": "us-store" })).await;
        sale(&shop, &method, "SO-none", json!({}), json!({ "website": null })).await;
        let mine = invoice_of(&shop, "SO-us").await;
        for (websites, expected) in [(vec!["us-store"], vec!["SO-us"]), (vec!["eu-store"], vec![]), (vec![""], vec![]), (vec![], vec![])] {
            let token = shop.app.token_of(&websites);
            let get = |path: String| shop.app.bare(reqwest::Method::GET, &path).bearer(&token).send();
            let found = get("/v1/invoices".to_owned()).await.expect(200);
            assert_eq!(names(found["items"].as_array().expect("a list"), "orderId"), expected, "{websites:?}");
            let single = get(format!("/v1/invoices/{}", text(&mine, "id"))).await;
            assert_eq!(single.status.as_u16(), if expected.is_empty() { 404 } else { 200 }, "{websites:?}");
            for report in ["aging?by=website&format=csv", "journal?format=csv&from=2026-02-01", "funding?format=csv"] {
                let answer = get(format!("/v1/reports/{report}")).await;
                assert_eq!(answer.status, 200, "{}", answer.text);
                assert!(!answer.text.contains("SO-none"), "{report} {}", answer.text);
                let lines = answer.text.lines().count();
                assert_eq!(lines > 1, !expected.is_empty() && !report.starts_with("funding"), "{report} {websites:?}: {}", answer.text);
            }
        }
    }

    async fn an_erased_buyer_is_not_named_by_an_invoice(database: Database) {
        let shop = TestShop::of_services(database).await;
        let method = check_method(&shop, "checks").await;
        let buyer = json!({ "customer": { "id": "C-1", "name": "Jane Doe" }, "customerUser": { "id": "U-1", "email": "jane@example.com" } });
        let payment = sale(&shop, &method, "SO-1", json!({}), buyer).await;
        let id = text(&payment, "id").parse().expect("an id");
        let erased = shop.app.service.store().write(move |tx| onterms::payments::store::erase_person(tx, id));
        assert!(erased.await.expect("it is written"));
        let invoice = invoice_of(&shop, "SO-1").await;
        assert_eq!((&invoice["customerId"], &invoice["customerName"]), (&json!("C-1"), &Value::Null));
        assert!(shop.app.get(&at(&payment)).await.expect(200)["buyer"]["customerName"].is_null());
    }
}

async fn invoice_of(shop: &TestShop, order: &str) -> Value {
    let found = items(&shop.app, &format!("/v1/invoices?orderId={order}")).await;
    found.into_iter().next().expect("an invoice")
}
