//! Places in a rule: what is refused, and what a rule may go on saying.

use reqwest::Method;
use serde_json::{Value, json};

use super::{least, make, path, with};
use crate::{
    TestApp,
    app::execute,
    support::{Database, on_both_databases},
};

fn at(check: &str, destinations: Value) -> Value {
    with(least("A", check), json!({ "destinations": destinations }))
}

/// A pattern that was taken once, put where only an older version could have put it.
async fn store_pattern(app: &TestApp, pattern: &str) {
    let destinations = json!([{ "country": "GB", "postalCodes": [pattern, "EH22"] }]).to_string();
    execute(
        app,
        &format!("UPDATE payment_rules SET destinations = '{destinations}', version = version + 1"),
    )
    .await;
}

on_both_databases! {
    async fn a_pattern_that_never_matches_is_refused_with_the_form_that_would(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let rule = make(&app, &at(&check, json!([]))).await;
        for (country, pattern, instead) in [
            ("GB", "1000..1999", "BT1..BT95"), ("GB", "W1D3*", "W1D 3*"), ("US", "90210-99000", "90210..99000"),
            ("PR", "00901-00999", "00901..00999"), ("JE", "BT1", "JE2"), ("IE", "D2", "D02"), ("CA", "K1A", "K1A*"),
            ("NL", "1000-1099", "1000..1099"), ("PT", "900..999", "9000..9999"), ("PL", "56", "56*"), ("BR", "19050", "19050*"),
            ("JP", "900", "900*"), ("DE", "10115-10999", "10115..10999"), ("FR", "75", "75*"), ("ES", "28", "28*"), ("IT", "001", "001*"),
        ] {
            let wrong = at(&check, json!([{ "country": "LV", "postalCodes": ["LV-1010"] }, { "country": country, "postalCodes": ["x,y", pattern] }]));
            let made = app.post("/v1/payment-rules", &wrong).await;
            assert_eq!(made.pointers(), ["/destinations/1/postalCodes/0", "/destinations/1/postalCodes/1"]);
            let errors = made.json()["errors"].clone();
            assert_eq!(errors[1]["code"], "pattern_never_matches");
            let message = errors[1]["message"].as_str().unwrap_or_default();
            assert!(message.contains(&format!("`{instead}`")), "{message}");
            let put = app.put(&path(&rule), &wrong).await;
            assert_eq!(put.pointers(), made.pointers());
            let patch = app.patch(&path(&rule), &json!({ "destinations": wrong["destinations"] })).await;
            assert_eq!(patch.pointers(), made.pointers());
            let file = json!({ "version": 1, "rules": [wrong] });
            let imported = app.post("/v1/payment-rules/import?dryRun=true", &file).await;
            assert_eq!(imported.pointers(), ["/rules/0/destinations/1/postalCodes/0", "/rules/0/destinations/1/postalCodes/1"]);
        }
    }

    async fn a_stored_pattern_that_never_matches_stays(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let rule = path(&make(&app, &at(&check, json!([{ "country": "GB", "postalCodes": ["EH22"] }]))).await);
        store_pattern(&app, "1000..1999").await;
        let read = app.get(&rule).await.expect(200);
        assert_eq!(read["destinations"][0]["postalCodes"], json!(["1000..1999", "EH22"]));
        let renamed = app.put(&rule, &with(read.clone(), json!({ "name": "B" }))).await.expect(200);
        assert_eq!(renamed["destinations"], read["destinations"]);
        let patched = app.patch(&rule, &json!({ "name": "C" })).await.expect(200);
        assert_eq!(patched["warnings"][0]["code"], "pattern_never_matches");
        assert_eq!(patched["warnings"][0]["pointer"], "/destinations/0/postalCodes/0");
        // It may move to another place in the list, but no other pattern may join it, and not another country.
        let moved = json!([{ "country": "GB", "postalCodes": ["EH22", "1000..1999"] }]);
        app.patch(&rule, &json!({ "destinations": moved })).await.expect(200);
        let joined = json!([{ "country": "GB", "postalCodes": ["1000..1999", "2000..2999"] }]);
        assert_eq!(app.patch(&rule, &json!({ "destinations": joined })).await.pointers(), ["/destinations/0/postalCodes/1"]);
        let elsewhere = json!([{ "country": "JE", "postalCodes": ["1000..1999"] }]);
        assert_eq!(app.patch(&rule, &json!({ "destinations": elsewhere })).await.pointers(), ["/destinations/0/postalCodes/0"]);
        let export = app.get("/v1/payment-rules/export").await.expect(200);
        app.post("/v1/payment-rules/import", &export).await.expect(200);
        // Every export of this installation can be imported, also where the rule is not any more; a changed pattern is refused.
        let mut changed = export.clone();
        changed["rules"][0]["destinations"][0]["postalCodes"][0] = json!("90210");
        let refused = app.post("/v1/payment-rules/import", &changed).await;
        assert_eq!(refused.pointers(), ["/rules/0/destinations/0/postalCodes/0"]);
        app.request(Method::POST, &format!("{rule}/duplicate")).send().await.expect(201);
        app.delete(&rule).await;
        let imported = app.post("/v1/payment-rules/import?overwrite=true", &export).await.expect(200);
        assert_eq!(imported["created"][0]["name"], "C");
    }

    async fn only_what_this_installation_has_stored_is_imported_though_it_never_matches(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let made = make(&app, &at(&check, json!([{ "country": "GB", "postalCodes": ["EH22"] }]))).await;
        store_pattern(&app, "1000..1999").await;
        // Saved once more, so that a revision has it too.
        app.patch(&path(&made), &json!({ "sortOrder": 3 })).await.expect(200);
        let export = app.get("/v1/payment-rules/export").await.expect(200);
        let here = export["installation"].clone();
        let elsewhere = json!("installation_01h455vb4pex5vsknk084sn02q");
        let exported = export["rules"][0].clone();
        let id = exported["id"].clone();
        let etag = exported["etag"].clone();
        let unknown = json!("rule_01h455vb4pex5vsknk084sn02q");
        let refused = ["/rules/0/destinations/0/postalCodes/0"];
        let none = Value::Null;
        let no_id = json!({ "id": null, "etag": null, "name": "Another" });
        let import = async |installation: &Value, rule: Value| {
            let file = json!({ "version": 1, "installation": installation, "rules": [rule] });
            app.post("/v1/payment-rules/import?overwrite=true&dryRun=true", &file).await
        };
        for (installation, change, taken) in [
            (&here, json!({}), true),
            // The rule is here and says it: whatever the file says of its version and where it is from.
            (&here, json!({ "etag": null }), true),
            (&here, json!({ "etag": "\"999\"" }), true),
            (&none, json!({ "etag": null }), true),
            (&elsewhere, json!({ "name": "Renamed" }), true),
            // By its name, for a file from elsewhere alone.
            (&elsewhere, json!({ "id": unknown }), true),
            (&none, json!({ "id": null }), true),
            (&here, json!({ "id": null, "etag": null }), false),
            (&here, json!({ "id": unknown, "etag": etag }), false),
            (&elsewhere, json!({ "id": unknown, "name": "Another" }), false),
            (&none, with(no_id.clone(), json!({ "etag": "\"1\"" })), false),
            (&here, with(no_id.clone(), json!({ "etag": etag })), false),
            (&elsewhere, no_id, false),
        ] {
            let answer = import(installation, with(exported.clone(), change.clone())).await;
            match taken {
                true => drop(answer.expect(200)),
                false => assert_eq!(answer.pointers(), refused, "{installation} {change}"),
            }
        }
        // Once the rule is gone, the version that was exported here is what counts.
        app.delete(&path(&made)).await;
        for (installation, change, taken) in [
            (&here, json!({}), true),
            (&here, json!({ "name": "Renamed" }), true),
            (&here, json!({ "etag": null }), false),
            (&here, json!({ "etag": "\"1\"" }), false),
            (&here, json!({ "etag": "\"999\"" }), false),
            (&here, json!({ "destinations": [{ "country": "GB", "postalCodes": ["2000..2999"] }] }), false),
            (&here, json!({ "destinations": [{ "country": "JE", "postalCodes": ["1000..1999"] }] }), false),
            (&here, json!({ "id": unknown }), false),
            (&elsewhere, json!({}), false),
            (&none, json!({}), false),
        ] {
            let answer = import(installation, with(exported.clone(), change.clone())).await;
            match taken {
                true => drop(answer.expect(200)),
                false => assert_eq!(answer.pointers(), refused, "{installation} {change}"),
            }
        }
        // What else is wrong comes in the same answer.
        let both = import(&elsewhere, with(exported, json!({ "id": id, "currency": "usd" }))).await;
        assert_eq!(both.pointers(), ["/rules/0/currency", refused[0]]);
    }

    async fn a_withdrawn_region_and_a_doubtful_pattern_are_taken_with_a_warning(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        for (destination, pointer, code, hint) in [
            (json!({ "country": "NO", "region": "NO-30" }), "/destinations/0/region", "region_withdrawn", "`NO-31`, `NO-32`, `NO-33`"),
            (json!({ "country": "NO", "region": "NO-54" }), "/destinations/0/region", "region_withdrawn", "`NO-56`"),
            (json!({ "country": "MX", "region": "MX-DIF" }), "/destinations/0/region", "region_withdrawn", "`MX-CMX`"),
            (json!({ "country": "GB", "postalCodes": ["BN13", "BN1 3"] }), "/destinations/0/postalCodes/1", "outward_code", "`BN1 3*`"),
        ] {
            let made = make(&app, &at(&check, json!([destination]))).await;
            let warnings = made["warnings"].as_array().expect("warnings");
            assert_eq!(warnings.len(), 1);
            assert_eq!((&warnings[0]["pointer"], &warnings[0]["code"]), (&json!(pointer), &json!(code)));
            let message = warnings[0]["message"].as_str().unwrap_or_default();
            assert!(message.contains(hint), "{message}");
            let put = app.put(&path(&made), &made).await.expect(200);
            assert_eq!(put["warnings"], made["warnings"]);
            assert!(app.get(&path(&made)).await.expect(200).get("warnings").is_none());
        }
        let made = make(&app, &at(&check, json!([{ "country": "NO", "region": "NO-31" }]))).await;
        assert!(made.get("warnings").is_none());
    }

    async fn rules_are_strict_about_places(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        for (destination, field, hint) in [
            (json!({ "country": "US", "region": "CA" }), "region", "`US-CA`"),
            (json!({ "country": "US", "region": "us-ny" }), "region", "`US-NY`"),
            (json!({ "country": "US", "region": "US-XX" }), "region", "ISO 3166-2"),
            (json!({ "country": "US", "region": "CA-ON" }), "region", "ISO 3166-2"),
            (json!({ "country": "RE", "region": "FR-976" }), "region", "ISO 3166-2"),
            (json!({ "country": "NO", "region": "NO-99" }), "region", "ISO 3166-2"),
            (json!({ "country": "UK" }), "country", "`GB`"),
        ] {
            let refused = app.post("/v1/payment-rules", &at(&check, json!([destination]))).await;
            assert_eq!(refused.pointers(), [format!("/destinations/0/{field}")]);
            let message = refused.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
            assert!(message.contains(hint), "{message}");
        }
        let trimmed = make(&app, &at(&check, json!([{ "country": " US", "region": "US-CA " }]))).await;
        assert_eq!(trimmed["destinations"], json!([{ "country": "US", "region": "US-CA" }]));
    }
}
