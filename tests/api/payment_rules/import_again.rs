//! Files that come back: exported here and changed since, from elsewhere, large ones, and broken ones.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    import::{import, of, reported},
    least, make, names, path, with,
};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

/// Exports, and what an import of the same file would be refused for.
async fn export(app: &TestApp) -> (Value, String) {
    let answer = app.get("/v1/payment-rules/export").await;
    (answer.expect(200), answer.etag())
}

fn rule_named<'f>(file: &'f mut Value, name: &str) -> &'f mut Value {
    let rules = file["rules"].as_array_mut().expect("rules");
    let found = rules.iter_mut().find(|rule| rule["name"] == name);
    found.unwrap_or_else(|| panic!("no rule {name}"))
}

on_both_databases! {
    async fn an_export_says_where_it_is_from_and_which_version_each_rule_had(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let a = make(&app, &least("A", &check)).await;
        app.patch(&path(&a), &json!({ "sortOrder": 2 })).await.expect(200);
        make(&app, &least("B", &check)).await;
        let (file, etag) = export(&app).await;
        let installation = file["installation"].as_str().expect("an installation");
        assert!(installation.starts_with("installation_"), "{installation}");
        assert_eq!(export(&app).await.0["installation"], installation, "it stays");
        let settings = app.get("/v1/settings").await.expect(200);
        assert_eq!(["merchantCountry", "defaultLocale", "eventSource"].map(|name| settings[name].clone()), [json!(null), json!(null), json!(null)]);
        app.put("/v1/settings", &json!({ "merchantCountry": "US" })).await.expect(200);
        assert_eq!(export(&app).await.0["installation"], installation);
        let list = app.get("/v1/payment-rules").await.expect(200);
        for (rule, item) in file["rules"].as_array().expect("rules").iter().zip(list["items"].as_array().expect("items")) {
            let read = app.get(&path(rule)).await;
            assert_eq!(json!(read.etag()), rule["etag"]);
            assert_eq!(rule["etag"], item["etag"]);
            // What a list or an export gave may be sent back too.
            let put = app.put(&format!("{}?analyze=false", path(rule)), item).await;
            assert_eq!((put.expect(200), put.etag()), (read.expect(200), read.etag()));
        }
        assert_eq!(export(&app).await.1, etag);
    }

    async fn an_old_export_does_not_undo_a_newer_edit(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let (a, b) = (make(&app, &least("A", &check)).await, make(&app, &least("B", &check)).await);
        make(&app, &least("C", &check)).await;
        let (file, _) = export(&app).await;
        app.patch(&path(&a), &json!({ "name": "A, edited" })).await.expect(200);
        app.delete(&path(&b)).await.expect(204);
        let etag_of_a = app.get(&path(&a)).await.etag();
        let revision = export(&app).await.1;
        let conflicts = json!([
            { "id": a["id"], "name": "A, edited", "etag": etag_of_a },
            { "id": b["id"], "name": "B", "etag": null },
        ]);
        let foreseen = import(&app, "dryRun=true", &file).await;
        assert_eq!(foreseen["conflicts"], conflicts);
        assert_eq!(reported(&foreseen), of([&["B"], &["A"], &["C"], &[]]));
        let refused = app.post("/v1/payment-rules/import", &file).await;
        assert_eq!(refused.problem(409), "changed-since-export");
        let refused = refused.json();
        assert_eq!(refused["rules"], conflicts);
        let pointers: Vec<_> = refused["errors"].as_array().expect("errors").iter().map(|error| error["pointer"].clone()).collect();
        assert_eq!(pointers, ["/rules/0", "/rules/1"]);
        assert_eq!(export(&app).await.1, revision, "nothing was done");

        let send = || app.request(Method::POST, "/v1/payment-rules/import?overwrite=true").header("idempotency-key", "k").json(&file).send();
        let done = send().await.expect(200);
        assert_eq!(done["conflicts"], conflicts);
        assert_eq!(reported(&done), reported(&foreseen));
        assert_eq!(send().await.expect(200), done, "the same answer again");
        assert_eq!(app.get(&path(&a)).await.expect(200)["name"], "A");
        // The same file again would change nothing more, so there is nothing to undo.
        assert_eq!(reported(&import(&app, "", &file).await), of([&[], &[], &["A", "B", "C"], &[]]));
    }

    async fn only_rules_that_the_import_would_change_are_in_its_way(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let a = make(&app, &least("A", &check)).await;
        make(&app, &least("B", &check)).await;
        let (mut file, _) = export(&app).await;
        // Edited and edited back.
        app.patch(&path(&a), &json!({ "sortOrder": 77 })).await.expect(200);
        app.patch(&path(&a), &json!({ "sortOrder": 10 })).await.expect(200);
        rule_named(&mut file, "B")["sortOrder"] = json!(3);
        file["rules"].as_array_mut().expect("rules").push(least("New", &check));
        let done = import(&app, "", &file).await;
        assert_eq!(reported(&done), of([&["New"], &["B"], &["A"], &[]]));
        assert_eq!(done["conflicts"], json!([]));
    }

    async fn a_replace_does_not_delete_what_came_after_the_export(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let (a, b) = (make(&app, &least("A", &check)).await, make(&app, &least("B", &check)).await);
        let (mut file, _) = export(&app).await;
        // B is taken out of the file: it may go, unless it changes meanwhile.
        file["rules"].as_array_mut().expect("rules").retain(|rule| rule["name"] == "A");
        assert_eq!(import(&app, "mode=replace&dryRun=true", &file).await["conflicts"], json!([]));
        let c = make(&app, &least("C", &check)).await;
        app.patch(&path(&b), &json!({ "sortOrder": 5 })).await.expect(200);
        let refused = app.post("/v1/payment-rules/import?mode=replace", &file).await;
        assert_eq!(refused.problem(409), "changed-since-export");
        let mut named = names(&refused.json()["rules"]);
        named.sort_unstable();
        assert_eq!(named, ["B", "C"]);
        import(&app, "", &file).await;
        app.get(&path(&c)).await.expect(200);
        let done = import(&app, "mode=replace&overwrite=true", &file).await;
        let mut deleted = names(&done["deleted"]);
        deleted.sort_unstable();
        assert_eq!(deleted, ["B", "C"]);
        app.get(&path(&a)).await.expect(200);
    }

    async fn an_import_may_ask_that_the_rules_are_as_they_were(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        make(&app, &least("A", &check)).await;
        let (file, etag) = export(&app).await;
        let send = async |query: &str, etag: &str| {
            let request = app.request(Method::POST, &format!("/v1/payment-rules/import?{query}"));
            request.header("if-match", etag).json(&file).send().await
        };
        send("", &etag).await.expect(200);
        send("", "*").await.expect(200);
        make(&app, &least("B", &check)).await;
        for query in ["", "dryRun=true", "overwrite=true", "mode=replace"] {
            let stale = send(query, &etag).await;
            assert_eq!(stale.problem(412), "stale", "{query}");
            assert_eq!(stale.etag(), export(&app).await.1);
        }
        send("", &export(&app).await.1).await.expect(200);
        // Changes of other things are none of the rules.
        let now = export(&app).await.1;
        app.put("/v1/settings", &json!({ "merchantCountry": "US" })).await.expect(200);
        send("", &now).await.expect(200);
    }

    async fn a_file_from_elsewhere_finds_rules_by_their_names(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let (a, b) = (make(&app, &least("A", &check)).await, make(&app, &least("B", &check)).await);
        make(&app, &least("Twice", &check)).await;
        make(&app, &least("Twice", &check)).await;
        let theirs = "installation_01h455vb4pex5vsknk084sn02q";
        let other = |id: &str, name: &str| with(least(name, &check), json!({ "id": id, "etag": "\"9\"", "sortOrder": 1 }));
        let file = json!({ "version": 1, "installation": theirs, "revision": 3, "rules": [
            other("rule_01h455vb4pex5vsknk084sn02q", "A"),
            with(b.clone(), json!({ "name": "B, renamed", "etag": "\"9\"" })),
            other("rule_01h455vb4pex5vsknk084sn02r", "B"),
            other("rule_01h455vb4pex5vsknk084sn02s", "Twice"),
            least("Anew", &check),
        ] });
        let done = import(&app, "", &file).await;
        assert_eq!(reported(&done), of([&["B", "Twice", "Anew"], &["A", "B, renamed"], &[], &[]]));
        assert_eq!(done["conflicts"], json!([]), "its etags are of other rules");
        assert_eq!(app.get(&path(&a)).await.expect(200)["sortOrder"], 1);
        assert_eq!(app.get(&path(&b)).await.expect(200)["name"], "B, renamed");
        app.get("/v1/payment-rules/rule_01h455vb4pex5vsknk084sn02r").await.expect(200);
        let again = import(&app, "", &file).await;
        assert_eq!(reported(&again), of([&[], &[], &["A", "B, renamed", "B", "Twice", "Anew"], &[]]));
        // A file from here knows its rules by their ids alone.
        let (mut own, _) = export(&app).await;
        own["rules"] = json!([least("A", &check)]);
        assert_eq!(reported(&import(&app, "", &own).await), of([&["A"], &[], &[], &[]]));
    }

    async fn a_rule_that_lost_its_methods_is_exported_and_imported(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        make(&app, &with(least("Empty", &check), json!({ "enabled": false, "paymentMethods": [] }))).await;
        let (mut file, _) = export(&app).await;
        assert_eq!(reported(&import(&app, "mode=replace", &file).await), of([&[], &[], &["Empty"], &[]]));
        rule_named(&mut file, "Empty")["enabled"] = json!(true);
        assert_eq!(app.post("/v1/payment-rules/import", &file).await.pointers(), ["/rules/0/paymentMethods"]);
    }

    async fn every_export_is_imported_however_large(database: Database) {
        const RULES: usize = 10_001;
        let app = TestApp::start_with(database.into(), &[("server.request_timeout", "5m")]).await;
        let check = app.check("Check").await;
        let rule = |number: usize| with(least(&format!("Rule {number}"), &check), json!({
            "sortOrder": number, "expression": "total > 1000".to_owned() + &" ".repeat(400),
        }));
        let file = json!({ "rules": (0..RULES).map(rule).collect::<Vec<_>>() });
        let done = import(&app, "", &file).await;
        assert_eq!(done["created"].as_array().map(Vec::len), Some(RULES));
        let exported = app.get("/v1/payment-rules/export").await;
        assert!(exported.text.len() > 4 * 1024 * 1024, "larger than any other body");
        for query in ["dryRun=true", "mode=replace"] {
            let path = format!("/v1/payment-rules/import?{query}");
            let again = app.request(Method::POST, &path).header("if-match", &exported.etag()).raw(exported.text.clone()).send().await.expect(200);
            assert_eq!(again["unchanged"].as_array().map(Vec::len), Some(RULES), "{query}");
            assert_eq!((&again["conflicts"], &again["revision"]), (&json!([]), &exported.json()["revision"]));
        }
    }

    async fn a_file_that_breaks_is_reported_with_the_place(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rule = least("A", &check).to_string();
        for (file, status, reported) in [
            (String::new(), 400, "The body is empty"),
            ("{".to_owned(), 400, "Line 1, column 1"),
            (format!("{{\"rules\":[{rule}"), 400, "Line 1"),
            (format!("{{\"rules\":[{rule},]}}"), 400, "trailing comma"),
            (format!("{{\n\"rules\":[{rule},\n {{\"a\" 1}}]}}"), 400, "Line 3, column 7"),
            (format!("{{\n\"rules\":[{rule},\n {{\"a\":1,\n\"a\":2}}]}}"), 400, "Line 4, column 1: the name `a` is given twice"),
            (format!("{{\"rules\":[{rule},{rule}],\"rulez\":1}}"), 422, "rulez"),
            ("[]".to_owned(), 422, "object"),
            ("{\"rules\":7}".to_owned(), 422, "list"),
            ("{\"version\":1}".to_owned(), 422, "required"),
            (format!("{{\"rules\":[{{\"x\":{}{}}}]}}", "[".repeat(62), "]".repeat(62)), 400, "nested more than 64"),
            (format!("{{\"rules\":[{}]}}", rule.replace("\"sortOrder\"", "\"etag\":\"7\",\"sortOrder\"")), 422, "etag"),
        ] {
            for query in ["", "?dryRun=true"] {
                let answer = app.request(Method::POST, &format!("/v1/payment-rules/import{query}")).raw(file.clone()).send().await;
                assert_eq!(answer.status, status, "{file}: {}", answer.text);
                assert!(answer.text.contains(reported), "{file}: {}", answer.text);
            }
        }
        let beside = format!("{{\"x\":\"{}\",\"rules\":[]}}", "x".repeat(300 * 1024));
        let refused = app.request(Method::POST, "/v1/payment-rules/import").raw(beside).send().await;
        assert_eq!(refused.problem(413), "too-large");
        assert_eq!(refused.json()["limit"], 256 * 1024);
        assert_eq!(app.get("/v1/payment-rules?count=true").await.expect(200)["total"], 0);
    }
}
