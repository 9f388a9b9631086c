//! The list: what it leaves out, in what order, and page by page.

use serde_json::json;

use super::{least, make, names, path, with};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

async fn three_rules(app: &TestApp) -> (String, String) {
    let (first, second) = (app.check("First").await, app.check("Second").await);
    for rule in [
        with(
            least("beta_50%", &first),
            json!({ "sortOrder": 2, "destinations": [{ "country": "US" }, { "country": "CA" }] }),
        ),
        with(
            least("Alpha", &second),
            json!({ "sortOrder": 2, "currency": "EUR", "destinations": [{ "country": "DE" }] }),
        ),
        with(
            least("gamma", &first),
            json!({ "sortOrder": 1, "enabled": false }),
        ),
    ] {
        make(app, &rule).await;
        app.pass(std::time::Duration::from_secs(1));
    }
    (first, second)
}

on_both_databases! {
    async fn a_name_is_found_in_any_case_and_spelling(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let stored = ["Österreich, klein", "ÖSTERREICH, GROSS", "O\u{308}sterreich, zerlegt", "Straße 7", "Москва", "Ὀδυσσεύς", "100 %_\\ ＡＢ"];
        for name in stored {
            make(&app, &least(name, &check)).await;
        }
        for (name, found) in [
            ("Österreich", &stored[..3]), ("österreich", &stored[..3]), ("ÖSTERREICH", &stored[..3]), ("o\u{308}STERreich", &stored[..3]),
            ("osterreich", &[]), ("STRASSE", &stored[3..4]), ("straße", &stored[3..4]), ("москва", &stored[4..5]), ("СКВ", &stored[4..5]),
            ("ὀδυσσεύσ", &stored[5..6]), ("ab", &stored[6..]), ("%_\\", &stored[6..]), ("%ab", &[]), ("KLEIN", &stored[..1]),
        ] {
            let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let list = app.get(&format!("/v1/payment-rules?count=true&name={encoded}")).await.expect(200);
            assert_eq!(names(&list["items"]), found, "{name}");
            assert_eq!(list["total"], found.len(), "{name}");
            let body = json!({ "action": "disable", "filter": { "name": name } });
            assert_eq!(app.post("/v1/payment-rules/bulk", &body).await.expect(200)["count"], found.len(), "{name}");
        }
        let first = app.get("/v1/payment-rules?limit=1").await.expect(200)["items"][0].clone();
        app.patch(&path(&first), &json!({ "name": "Umbenannt in ÄÖÜ" })).await.expect(200);
        let found = app.get("/v1/payment-rules?name=%C3%A4%C3%B6%C3%BC").await.expect(200);
        assert_eq!(names(&found["items"]), ["Umbenannt in ÄÖÜ"]);
    }

    async fn a_country_finds_rules_for_its_territories_under_every_code_of_theirs(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        for (name, destination) in [
            ("us", json!({ "country": "US" })),
            ("us-ca", json!({ "country": "US", "region": "US-CA", "postalCodes": ["902*"] })),
            ("us-pr", json!({ "country": "US", "region": "US-PR" })),
            ("pr", json!({ "country": "PR" })),
            ("pr-codes", json!({ "country": "PR", "postalCodes": ["009*"] })),
            ("pr-pr", json!({ "country": "PR", "region": "US-PR", "postalCodes": ["009*"] })),
            ("fr-re", json!({ "country": "FR", "region": "FR-RE" })),
            ("re", json!({ "country": "RE" })),
            ("cn-91", json!({ "country": "CN", "region": "CN-91" })),
            ("tw-tpe", json!({ "country": "TW", "region": "TW-TPE" })),
            ("nl-bq2", json!({ "country": "NL", "region": "NL-BQ2" })),
            ("bq-se", json!({ "country": "BQ", "region": "BQ-SE" })),
            ("no-21", json!({ "country": "NO", "region": "NO-21" })),
        ] {
            make(&app, &with(least(name, &check), json!({ "destinations": [{ "country": "DE" }, destination] }))).await;
        }
        for (country, expected) in [
            ("US", vec!["us", "us-ca", "us-pr", "pr", "pr-codes", "pr-pr"]),
            ("PR", vec!["us-pr", "pr", "pr-codes", "pr-pr"]),
            ("VI", vec![]), ("FR", vec!["fr-re", "re"]), ("RE", vec!["fr-re", "re"]), ("GP", vec![]),
            ("CN", vec!["cn-91"]), ("HK", vec!["cn-91"]), ("TW", vec!["tw-tpe"]),
            ("NL", vec!["nl-bq2", "bq-se"]), ("BQ", vec!["nl-bq2", "bq-se"]), ("AW", vec![]),
            ("NO", vec!["no-21"]), ("SJ", vec!["no-21"]), ("CA", vec![]),
        ] {
            let list = app.get(&format!("/v1/payment-rules?count=true&country={country}")).await.expect(200);
            let mut found = names(&list["items"]);
            found.sort_unstable();
            let mut sorted = expected.clone();
            sorted.sort_unstable();
            assert_eq!(found, sorted, "{country}");
            assert_eq!(list["total"], expected.len(), "{country}");
            let body = json!({ "action": "disable", "filter": { "country": country } });
            assert_eq!(app.post("/v1/payment-rules/bulk", &body).await.expect(200)["count"], expected.len(), "{country}");
        }
        assert_eq!(app.get("/v1/payment-rules?country=DE&count=true").await.expect(200)["total"], 13);
    }

    async fn each_filter_leaves_out_what_it_should(database: Database) {
        let app = TestApp::start(database).await;
        let (first, _) = three_rules(&app).await;
        let by_method = format!("paymentMethod={first}");
        let nobodys = by_method.replace("check_money_order", "apruve");
        for (query, expected) in [
            ("", vec!["gamma", "beta_50%", "Alpha"]),
            ("enabled=true", vec!["beta_50%", "Alpha"]),
            ("enabled=false", vec!["gamma"]),
            ("currency=EUR", vec!["Alpha"]),
            ("name=A", vec!["gamma", "beta_50%", "Alpha"]),
            ("name=ALPH", vec!["Alpha"]),
            ("name=%25", vec!["beta_50%"]),
            ("name=_", vec!["beta_50%"]),
            ("name=%5C", vec![]),
            (&by_method, vec!["gamma", "beta_50%"]),
            (&nobodys, vec![]),
            ("country=CA", vec!["beta_50%"]),
            ("country=FR", vec![]),
            ("country=US&enabled=false", vec![]),
        ] {
            let list = app.get(&format!("/v1/payment-rules?count=true&{query}")).await.expect(200);
            assert_eq!(names(&list["items"]), expected, "{query}");
            assert_eq!(list["total"], expected.len(), "{query}");
        }
    }

    async fn every_order_goes_on_where_its_page_ended(database: Database) {
        let app = TestApp::start(database).await;
        three_rules(&app).await;
        for field in ["sortOrder", "name", "currency", "enabled", "createdAt", "updatedAt", "enabled,-sortOrder"] {
            for sort in [field.to_owned(), format!("-{field}")] {
                let whole = app.get(&format!("/v1/payment-rules?sort={sort}")).await.expect(200);
                let mut next = format!("/v1/payment-rules?limit=1&sort={sort}");
                let mut seen = Vec::new();
                loop {
                    let page = app.get(&next).await;
                    seen.extend(names(&page.expect(200)["items"]));
                    match page.header("link").split_once('>') {
                        Some((link, _)) => next = link.trim_start_matches('<').to_owned(),
                        None => break,
                    }
                }
                assert_eq!(seen, names(&whole["items"]), "{sort}");
                assert_eq!(seen.len(), 3, "{sort}");
            }
        }
    }

    async fn a_parameter_that_is_not_valid_is_rejected_by_name(database: Database) {
        let app = TestApp::start(database).await;
        for (query, parameter) in [
            ("enabled=yes", "enabled"),
            ("currency=usd", "currency"),
            ("paymentMethod=apruve", "paymentMethod"),
            ("country=UK", "country"),
            ("sort=expression", "sort"),
            ("limit=0", "limit"),
            ("cursor=x", "cursor"),
            // { "sort": "createdAt", "values": ["x"], "id": "y" }
            ("sort=createdAt&cursor=eyJzb3J0IjoiY3JlYXRlZEF0IiwidmFsdWVzIjpbIngiXSwiaWQiOiJ5In0", "cursor"),
            ("nmae=x", "nmae"),
        ] {
            let answer = app.get(&format!("/v1/payment-rules?{query}")).await;
            assert_eq!(answer.pointers(), [parameter], "{query}");
        }
    }
}
