//! `GET /v1/integrations`.

use super::{apruve, create, names, payment_term};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn a_list_is_narrowed_by_type_state_and_part_of_the_name(database: Database) {
        let app = TestApp::start(database).await;
        create(&app, &apruve("Apruve US")).await;
        create(&app, &payment_term("Net 30")).await;
        let mut off = payment_term("100% net_60");
        off["enabled"] = false.into();
        create(&app, &off).await;
        for (query, expected) in [
            ("", vec!["100% net_60", "Apruve US", "Net 30"]),
            ("?type=apruve", vec!["Apruve US"]),
            ("?enabled=false", vec!["100% net_60"]),
            ("?name=NET", vec!["100% net_60", "Net 30"]),
            ("?name=%25", vec!["100% net_60"]),
            ("?name=t_6", vec!["100% net_60"]),
            ("?name=t%5C_6", vec![]),
            ("?type=payment_term&enabled=true", vec!["Net 30"]),
            ("?sort=-name", vec!["Net 30", "Apruve US", "100% net_60"]),
            ("?sort=type,-name", vec!["Apruve US", "Net 30", "100% net_60"]),
        ] {
            let list = app.get(&format!("/v1/integrations{query}")).await.expect(200);
            assert_eq!(names(&list["items"]), expected, "{query}");
        }
    }

    async fn a_name_is_found_in_any_case_and_spelling(database: Database) {
        let app = TestApp::start(database).await;
        let stored = ["Österreich", "O\u{308}STERREICH", "Straße", "Дом"];
        for name in stored {
            create(&app, &payment_term(name)).await;
        }
        for (name, mut found) in [
            ("österreich", vec![stored[0], stored[1]]),
            ("ÖSTERREICH", vec![stored[0], stored[1]]),
            ("STRASS", vec![stored[2]]),
            ("ДОМ", vec![stored[3]]),
            ("osterreich", vec![]),
        ] {
            let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let list = app.get(&format!("/v1/integrations?name={encoded}")).await.expect(200);
            let mut listed = names(&list["items"]);
            listed.sort_unstable();
            found.sort_unstable();
            assert_eq!(listed, found, "{name}");
        }
        for list in ["/v1/integrations", "/v1/payment-rules"] {
            let long = |length: usize| format!("{list}?name={}", "%EF%B7%BA".repeat(length));
            app.get(&long(255)).await.expect(200);
            assert_eq!(app.get(&long(256)).await.pointers(), ["name"]);
        }
        let (address, _) = create(&app, &payment_term("Before")).await;
        app.patch(&address, &serde_json::json!({ "name": "ÄNDERUNG" })).await.expect(200);
        let list = app.get("/v1/integrations?name=%C3%A4nder").await.expect(200);
        assert_eq!(names(&list["items"]), ["ÄNDERUNG"]);
    }

    async fn pages_follow_each_other_in_every_order_without_gaps(database: Database) {
        let app = TestApp::start(database).await;
        for number in 0..5 {
            app.post("/v1/integrations", &payment_term(&format!("Terms {number}"))).await.expect(201);
            // Two share a moment, so that the id has to decide.
            if number % 2 == 1 {
                app.pass(std::time::Duration::from_millis(1));
            }
        }
        for sort in ["name", "-name", "createdAt", "-createdAt,type", "type,-updatedAt"] {
            let whole = app.get(&format!("/v1/integrations?sort={sort}")).await.expect(200);
            let mut seen = Vec::new();
            let mut next = format!("/v1/integrations?sort={sort}&limit=2&count=true");
            while !next.is_empty() {
                let answer = app.get(&next).await;
                let page = answer.expect(200);
                assert_eq!(page["total"], 5);
                seen.extend(names(&page["items"]).into_iter().map(str::to_owned));
                let link = answer.header("link");
                assert_eq!(link.is_empty(), page["nextCursor"].is_null());
                next = link.trim_start_matches('<').split('>').next().unwrap_or_default().to_owned();
            }
            assert_eq!(seen, names(&whole["items"]), "{sort}");
        }
    }

    async fn a_parameter_that_is_not_valid_is_named(database: Database) {
        let app = TestApp::start(database).await;
        for (query, parameter) in [
            ("type=paypal", "type"),
            ("enabled=yes", "enabled"),
            ("limit=201", "limit"),
            ("sort=label", "sort"),
            ("cursor=x", "cursor"),
            // {"sort":"createdAt","values":["yesterday"],"id":"x"}
            ("sort=createdAt&cursor=eyJzb3J0IjoiY3JlYXRlZEF0IiwidmFsdWVzIjpbInllc3RlcmRheSJdLCJpZCI6IngifQ", "cursor"),
            ("nmae=x", "nmae"),
        ] {
            let answer = app.get(&format!("/v1/integrations?{query}")).await;
            assert_eq!(answer.pointers(), [parameter], "{query}");
        }
    }
}
