//! What the list and the reports do not take: every value that is wrong is named, all at once.

use serde_json::json;

use super::{accepting, moment};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn a_wrong_parameter_is_named(database: Database) {
        let app = TestApp::start(database).await;
        let second = chrono::TimeDelta::seconds(1);
        let future = moment(app.now() + second);
        for (query, parameters) in [
            (format!("aging?asOf={future}"), vec!["asOf"]),
            ("aging?asOf=2026-03-02".to_owned(), vec!["asOf"]),
            ("aging?asOf=2099-01-01".to_owned(), vec!["asOf"]),
            ("aging?asOf=yesterday".to_owned(), vec!["asOf"]),
            ("aging?asOf=2026-02-30".to_owned(), vec!["asOf"]),
            ("aging?asOf=".to_owned(), vec!["asOf"]),
            ("aging?buckets=".to_owned(), vec!["buckets"]),
            ("aging?buckets=0,60,30".to_owned(), vec!["buckets"]),
            ("aging?buckets=0,30,30".to_owned(), vec!["buckets"]),
            ("aging?buckets=0,-30".to_owned(), vec!["buckets"]),
            ("aging?buckets=30,60".to_owned(), vec!["buckets"]),
            ("aging?buckets=0,3.5".to_owned(), vec!["buckets"]),
            ("aging?buckets=0,9999".to_owned(), vec!["buckets"]),
            ("aging?buckets=0,1,2,3,4,5,6,7,8,9,10,11,12".to_owned(), vec!["buckets"]),
            ("aging?buckets=zero".to_owned(), vec!["buckets"]),
            ("aging?timezone=Europe/Atlantis".to_owned(), vec!["timezone"]),
            ("aging?timezone=".to_owned(), vec!["timezone"]),
            ("aging?timezone=%2B01:00".to_owned(), vec!["timezone"]),
            ("aging?debtor=bank".to_owned(), vec!["debtor"]),
            ("aging?by=country".to_owned(), vec!["by"]),
            ("aging?debtor=provider&by=customer".to_owned(), vec!["by"]),
            ("aging?format=xlsx".to_owned(), vec!["format"]),
            ("aging?format=CSV".to_owned(), vec!["format"]),
            ("aging?from=2026-01-01".to_owned(), vec!["from"]),
            ("aging?asof=2026-01-01".to_owned(), vec!["asof"]),
            (format!("aging?asOf={future}&buckets=1&timezone=x&by=y&debtor=z&format=q"), vec!["format", "timezone", "asOf", "debtor", "by", "buckets"]),
            ("journal?from=2026-02-30".to_owned(), vec!["from"]),
            ("journal?from=2026-02-02&until=2026-02-01".to_owned(), vec!["until"]),
            ("journal?from=2025-01-01&until=2026-02-01".to_owned(), vec!["from"]),
            ("journal?timezone=Mars/Olympus".to_owned(), vec!["timezone"]),
            ("journal?asOf=2026-01-01".to_owned(), vec!["asOf"]),
            ("funding?from=2024-02-01&until=2026-02-01".to_owned(), vec!["from"]),
            ("funding?until=never".to_owned(), vec!["until"]),
        ] {
            let answer = app.get(&format!("/v1/reports/{query}")).await;
            assert_eq!(answer.pointers(), parameters, "{query}");
        }
        for (query, parameter) in [
            ("state=open", "state"), ("status=paid", "status"), ("overdue=yes", "overdue"), ("funded=1", "funded"),
            ("dueFrom=soon", "dueFrom"), ("updatedUntil=2026-01-01", "updatedUntil"), ("sort=amount", "sort"),
            ("integrationId=7", "integrationId"), ("paymentId=7", "paymentId"), ("number=", "number"), ("customer=C-1", "customer"),
            ("limit=0", "limit"), ("cursor=abc", "cursor"),
        ] {
            assert_eq!(app.get(&format!("/v1/invoices?{query}")).await.pointers(), [parameter], "{query}");
        }
        for id in ["txn_01h455vb4pex5vsknk084sn02q", "payment_01h455vb4pex5vsknk084sn02q", "SO-1"] {
            assert_eq!(app.get(&format!("/v1/invoices/{id}")).await.problem(404), "not-found", "{id}");
        }
    }

    async fn lines_span_any_window_and_json_a_year(database: Database) {
        let app = TestApp::start(database).await;
        for (report, format, status) in [
            ("journal", "json", 422), ("journal", "csv", 200), ("journal", "jsonl", 200),
            ("funding", "json", 422), ("funding", "csv", 200), ("funding", "jsonl", 200),
        ] {
            let answer = app.get(&format!("/v1/reports/{report}?from=2024-01-01&until=2026-01-01&format={format}")).await;
            assert_eq!(answer.status.as_u16(), status, "{report} {format}: {}", answer.text);
        }
        // A leap year has 366 days.
        for (from, until, status) in [("2024-01-01", "2025-01-01", 200), ("2024-01-01", "2025-01-02", 422)] {
            let answer = app.get(&format!("/v1/reports/journal?from={from}&until={until}")).await;
            assert_eq!(answer.status.as_u16(), status, "{from} {until}");
        }
    }

    async fn what_accept_does_not_take_is_406(database: Database) {
        let app = TestApp::start(database).await;
        for (accept, expected) in [
            ("*/*", "application/json"),
            ("text/html, text/csv;q=0.9", "text/csv; charset=utf-8; header=present"),
            ("application/jsonl", "application/jsonl"),
        ] {
            let answer = accepting(&app, "/v1/reports/aging", accept).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type").as_str()), (200, expected), "{accept}");
        }
        for accept in ["text/html", "application/xml, image/*", "application/pdf"] {
            let answer = accepting(&app, "/v1/reports/aging", accept).await;
            assert_eq!(answer.problem(406), "not-acceptable", "{accept}");
            let named = accepting(&app, "/v1/reports/aging?format=csv", accept).await;
            assert_eq!(named.status, 200, "`format` takes precedence");
        }
    }

    async fn codes_of_accounts_are_texts_of_the_shop(database: Database) {
        let app = TestApp::start(database).await;
        let usual = json!({ "receivable": "1200", "providerReceivable": "1210", "revenue": "4000", "fees": "6800", "returns": "4100", "cash": "1000" });
        assert_eq!(app.get("/v1/settings").await.expect(200)["accounts"], usual);
        let put = app.put("/v1/settings", &json!({ "accounts": { "cash": " 1800 ", "fees": "4970/01" } })).await.expect(200);
        assert_eq!((&put["accounts"]["cash"], &put["accounts"]["fees"], &put["accounts"]["revenue"]), (&json!("1800"), &json!("4970/01"), &json!("4000")));
        let read = app.get("/v1/settings").await;
        assert_eq!(read.json(), put);
        let same = app.put("/v1/settings", &put).await;
        assert_eq!((same.expect(200), same.etag()), (put, read.etag()), "what GET gives PUT takes, and nothing changes");
        for (accounts, pointers) in [
            (json!({ "cash": "" }), vec!["/accounts/cash"]),
            (json!({ "cash": "  " }), vec!["/accounts/cash"]),
            (json!({ "cash": "a\tb" }), vec!["/accounts/cash"]),
            (json!({ "cash": 1000, "fees": "x".repeat(65) }), vec!["/accounts/fees", "/accounts/cash"]),
            (json!({ "cahs": "1000" }), vec!["/accounts/cahs"]),
            (json!("1000"), vec!["/accounts"]),
        ] {
            let answer = app.put("/v1/settings", &json!({ "accounts": accounts })).await;
            assert_eq!(answer.pointers(), pointers, "{accounts}");
        }
        let reset = app.put("/v1/settings", &json!({ "accounts": null })).await.expect(200);
        assert_eq!(reset["accounts"], usual);
    }
}
