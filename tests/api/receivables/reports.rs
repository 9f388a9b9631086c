//! The reports as their readers get them.

use std::time::Duration;

use serde_json::{Value, json};

use super::{check_method, moment, sale};
use crate::{
    payments::shop_floor::text,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

const DAY: Duration = Duration::from_secs(86_400);

/// The lines of a CSV without quotes, each as its fields.
fn fields(text: &str) -> Vec<Vec<&str>> {
    assert!(
        text.ends_with("\r\n") && !text.starts_with('\u{feff}'),
        "{text:?}"
    );
    text.trim_end()
        .split("\r\n")
        .map(|line| line.split(',').collect())
        .collect()
}

on_both_databases! {
    async fn aging_separates_groups_debtors_and_currencies(database: Database) {
        let shop = TestShop::of_services(database).await;
        let method = check_method(&shop, "checks").await;
        let euros = json!({ "currency": "EUR", "name": "Checks in EUR", "sortOrder": 21, "paymentMethods": [{ "id": method }] });
        shop.app.post("/v1/payment-rules", &euros).await.expect(201);
        let acme = json!({ "customer": { "id": "C-1", "name": "=ACME" } });
        let in_euros = json!({
            "customer": { "id": "C-1", "name": "=ACME" }, "currency": "EUR", "subtotal": { "value": "90.00", "currency": "EUR" },
            "lineItems": [{ "productSku": "1GB82", "quantity": 2, "price": { "value": "45.00", "currency": "EUR" } }],
        });
        let due = moment(shop.app.now() + DAY);
        sale(&shop, &method, "SO-1", json!({ "dueAt": due }), acme.clone()).await;
        sale(&shop, &method, "SO-2", json!({}), acme).await;
        sale(&shop, &method, "SO-3", json!({ "dueAt": due }), in_euros).await;
        let before = moment(shop.app.now());
        shop.pass(DAY * 33).await;
        shop.with_invoice("SO-4").await;

        let shown = shop.app.get("/v1/reports/aging?by=website").await.expect(200);
        assert_eq!(shown["asOf"], moment(shop.app.now()));
        assert_eq!((&shown["timezone"], &shown["by"]), (&json!("UTC"), &json!("website")));
        assert_eq!(shown["buckets"], json!(["notDue", "1-30", "31-60", "61-90", "91+"]));
        let row = |debtor, currency, invoices, not_due, later, total| json!({
            "debtor": debtor, "website": "us-store", "currency": currency, "invoices": invoices, "notDue": not_due, "1-30": "0.00",
            "31-60": later, "61-90": "0.00", "91+": "0.00", "total": total,
        });
        assert_eq!(shown["rows"], json!([
            row("buyer", "EUR", 1, "0.00", "100.00", "100.00"),
            row("provider", "USD", 1, "100.00", "0.00", "100.00"),
            row("buyer", "USD", 2, "100.00", "100.00", "200.00"),
        ]));
        let totals: Vec<(&str, &str, &str)> = shown["totals"].as_array().expect("a list").iter()
            .map(|it| (text(it, "debtor"), text(it, "currency"), text(it, "total"))).collect();
        assert_eq!(totals, [("provider", "USD", "100.00"), ("buyer", "EUR", "100.00"), ("buyer", "USD", "200.00")]);

        let customers = shop.app.get("/v1/reports/aging?by=customer&buckets=0,7&format=csv").await;
        assert_eq!(customers.header("content-type"), "text/csv; charset=utf-8; header=present");
        assert_eq!(customers.header("content-disposition"), "attachment; filename=\"aging-2026-04-03.csv\"");
        let now = moment(shop.app.now());
        assert_eq!(fields(&customers.text), [
            vec!["rowType", "asOf", "debtor", "customerId", "customerName", "currency", "invoices", "notDue", "1-7", "8+", "total"],
            vec!["row", &now, "buyer", "C-1", "'=ACME", "EUR", "1", "0.00", "0.00", "100.00", "100.00"],
            vec!["row", &now, "buyer", "C-1", "'=ACME", "USD", "2", "100.00", "0.00", "100.00", "200.00"],
            vec!["total", &now, "buyer", "", "", "EUR", "1", "0.00", "0.00", "100.00", "100.00"],
            vec!["total", &now, "buyer", "", "", "USD", "2", "100.00", "0.00", "100.00", "200.00"],
        ]);

        let lines = shop.app.get("/v1/reports/aging?format=jsonl&debtor=provider").await;
        let lines: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!((&lines[0]["rowType"], &lines[0]["integrationName"]), (&json!("row"), &json!("Apruve US")));
        assert_eq!((&lines[1]["rowType"], &lines[1]["integrationId"], &lines[1]["total"]), (&json!("total"), &Value::Null, &json!("100.00")));

        // The report of an earlier moment is as it was then.
        let then = shop.app.get(&format!("/v1/reports/aging?by=website&asOf={before}")).await.expect(200);
        assert_eq!(then["rows"].as_array().map(Vec::len), Some(2), "{then}");
        assert_eq!(then["rows"][1]["notDue"], "200.00");
        let earlier = shop.app.get("/v1/reports/aging?asOf=2026-02-28").await.expect(200);
        assert_eq!((&earlier["asOf"], &earlier["rows"]), (&json!("2026-02-28T23:59:59.999999Z"), &json!([])));
    }

    async fn a_day_is_a_day_of_the_time_zone(database: Database) {
        let shop = TestShop::of_services(database).await;
        let method = check_method(&shop, "checks").await;
        // The evening before in New York.
        sale(&shop, &method, "SO-1", json!({ "dueAt": "2026-03-02T03:00:00Z" }), json!({})).await;
        shop.pass(DAY).await;
        for (zone, bucket) in [("UTC", "1"), ("America/New_York", "1"), ("Asia/Tokyo", "1")] {
            let shown = shop.app.get(&format!("/v1/reports/aging?buckets=0,1&timezone={zone}")).await.expect(200);
            assert_eq!(shown["rows"][0][bucket], "100.00", "{zone} {shown}");
        }
        shop.pass(DAY).await;
        // March 3 at noon: a day after the 2nd in UTC, two days after the 1st in New York.
        for (zone, bucket) in [("UTC", "1"), ("America/New_York", "2+"), ("Asia/Tokyo", "1")] {
            let shown = shop.app.get(&format!("/v1/reports/aging?buckets=0,1&timezone={zone}")).await.expect(200);
            assert_eq!(shown["rows"][0][bucket], "100.00", "{zone} {shown}");
        }
    }

    async fn funding_is_summed_by_day(database: Database) {
        let shop = TestShop::of_services(database).await;
        let (first, one) = shop.with_invoice("SO-1").await;
        let (second, two) = shop.with_invoice("SO-2").await;
        let (third, three) = shop.with_invoice("SO-3").await;
        for (payment, invoice) in [(&first, &one), (&second, &two)] {
            shop.at_invoice(invoice, "fund").await;
            shop.synced(payment).await;
        }
        shop.pass(DAY).await;
        shop.at_invoice(&three, "fund").await;
        shop.synced(&third).await;
        shop.act(&first, "refunds", &json!({ "invoiceId": one["id"], "amount": "20", "currency": "USD" })).await.expect(201);
        let shown = shop.app.get("/v1/reports/funding?from=2026-03-01").await.expect(200);
        let row = |line: &Value| ["date", "currency", "invoices", "gross", "fee", "returns", "net"].map(|name| line[name].clone());
        let rows: Vec<_> = shown["rows"].as_array().expect("a list").iter().map(row).collect();
        assert_eq!(rows, [
            [json!("2026-03-01"), json!("USD"), json!(2), json!("200.00"), json!("6.00"), json!("20.00"), json!("174.00")],
            [json!("2026-03-02"), json!("USD"), json!(1), json!("100.00"), json!("3.00"), json!("0.00"), json!("97.00")],
        ]);
        let totals: Vec<_> = shown["totals"].as_array().expect("a list").iter().map(row).collect();
        assert_eq!(totals, [[Value::Null, json!("USD"), json!(3), json!("300.00"), json!("9.00"), json!("20.00"), json!("271.00")]]);
        let day = shop.app.get("/v1/reports/funding?from=2026-03-02&until=2026-03-03").await.expect(200);
        assert_eq!(day["rows"].as_array().map(Vec::len), Some(1), "{day}");
    }

    async fn sums_of_the_largest_amounts_are_exact(database: Database) {
        let shop = TestShop::open(database).await;
        let method = check_method(&shop, "checks").await;
        let largest = "92233720368547758.07";
        let cart = json!({
            "total": largest, "subtotal": null, "taxAmount": "0",
            "lineItems": [{ "productSku": "MOON", "quantity": 1, "price": { "value": largest, "currency": "USD" } }],
        });
        for order_id in ["SO-1", "SO-2", "SO-3"] {
            sale(&shop, &method, order_id, json!({}), cart.clone()).await;
        }
        let sum = "276701161105643274.21";
        let journal = shop.app.get("/v1/reports/journal?from=2026-03-01").await.expect(200);
        let totals: Vec<(&str, &str)> = journal["totals"].as_array().expect("a list").iter()
            .map(|it| (text(it, "debit"), text(it, "credit"))).collect();
        assert_eq!(totals, [(sum, "0.00"), ("0.00", sum)]);
        let aging = shop.app.get("/v1/reports/aging?by=customer").await.expect(200);
        assert_eq!(text(&aging["totals"][0], "total"), sum);
    }

    async fn the_journal_books_each_transaction_on_the_accounts_of_the_shop(database: Database) {
        let shop = TestShop::of_services(database).await;
        shop.app.put("/v1/settings", &json!({ "accounts": { "cash": "-1800" } })).await.expect(200);
        let method = check_method(&shop, "checks").await;
        let check = sale(&shop, &method, "SO-1", json!({}), json!({})).await;
        shop.act(&check, "capture", &json!({ "amount": "70" })).await.expect(201);
        shop.act(&check, "cancel", &json!({})).await.expect(201);
        shop.act(&check, "refunds", &json!({ "amount": "10", "currency": "USD" })).await.expect(201);
        let (payment, invoice) = shop.with_invoice("SO-2").await;
        shop.act(&payment, "refunds", &json!({ "invoiceId": invoice["id"], "amount": "40", "currency": "USD" })).await.expect(201);
        shop.at_invoice(&invoice, "fund").await;
        shop.synced(&payment).await;

        let shown = shop.app.get("/v1/reports/journal?from=2026-03-01").await.expect(200);
        let line = |line: &Value| ["orderId", "action", "account", "debit", "credit"].map(|name| text(line, name).to_owned()).join(" ");
        let mut lines: Vec<String> = shown["rows"].as_array().expect("a list").iter().map(line).collect();
        lines.sort();
        let mut expected = [
            "SO-1 purchase receivable 100.00 0.00", "SO-1 purchase revenue 0.00 100.00",
            "SO-1 capture cash 70.00 0.00", "SO-1 capture receivable 0.00 70.00",
            "SO-1 cancel revenue 30.00 0.00", "SO-1 cancel receivable 0.00 30.00",
            "SO-1 refund returns 10.00 0.00", "SO-1 refund cash 0.00 10.00",
            "SO-2 invoice providerReceivable 100.00 0.00", "SO-2 invoice revenue 0.00 100.00",
            "SO-2 refund returns 40.00 0.00", "SO-2 refund providerReceivable 0.00 40.00",
            "SO-2 capture cash 58.20 0.00", "SO-2 capture fees 1.80 0.00", "SO-2 capture providerReceivable 0.00 60.00",
        ];
        expected.sort_unstable();
        assert_eq!(lines, expected);
        let total = |account: &str| {
            let totals = shown["totals"].as_array().expect("a list");
            let found = totals.iter().find(|it| it["account"] == account).expect("a total");
            [text(found, "accountCode").to_owned(), text(found, "debit").to_owned(), text(found, "credit").to_owned()]
        };
        assert_eq!(total("cash"), ["-1800", "128.20", "10.00"]);
        assert_eq!(total("revenue"), ["4000", "30.00", "200.00"]);
        let csv = shop.app.get("/v1/reports/journal?from=2026-03-01&format=csv").await.text;
        assert!(csv.contains(",cash,'-1800,USD,70.00,0.00,"), "a code is a text: {csv}");
    }
}
