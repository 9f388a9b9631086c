//! Where a billing address lies: regions, territories, and postal codes as shops send them.

use serde_json::{Value, json};

use crate::{
    TestApp,
    shop::{cart_with, ids},
    support::{Database, on_both_databases},
};

/// What each destination is for, by the addresses it takes and the addresses it does not.
type Row = (
    Value,
    &'static [[&'static str; 3]],
    &'static [[&'static str; 3]],
);

/// Country, region and postal code; what is empty is not sent.
fn cart_at([country, region, code]: [&str; 3]) -> Value {
    let mut address = json!({ "countryIso2": country });
    for (name, text) in [("regionCode", region), ("postalCode", code)] {
        if !text.is_empty() {
            address[name] = json!(text);
        }
    }
    cart_with(json!({ "billingAddress": address }))
}

/// Makes a rule of its own for each row and asks with every address of every row.
async fn hold(app: &TestApp, rows: &[Row]) {
    let mut methods = Vec::new();
    for (row, (destination, ..)) in rows.iter().enumerate() {
        let check = app.check(&row.to_string()).await;
        app.rule(
            &row.to_string(),
            1,
            &[&check],
            json!({ "destinations": [destination] }),
        )
        .await;
        methods.push(check);
    }
    for (method, (destination, hits, misses)) in methods.iter().zip(rows) {
        let expected = hits
            .iter()
            .map(|hit| (hit, true))
            .chain(misses.iter().map(|miss| (miss, false)));
        for (address, offered) in expected {
            let answer = app
                .post("/v1/checkout/payment-methods", &cart_at(*address))
                .await
                .expect(200);
            assert_eq!(
                ids(&answer["offered"]).contains(method),
                offered,
                "{destination} × {address:?}"
            );
            let possible = app
                .post("/v1/checkout/availability", &cart_at(*address))
                .await
                .expect(200);
            assert!(
                !offered || ids(&possible["possible"]).contains(method),
                "{destination} × {address:?}"
            );
        }
    }
}

on_both_databases! {
    async fn a_territory_is_a_country_and_a_region(database: Database) {
        let app = TestApp::start(database).await;
        hold(&app, &[
            (json!({ "country": "US", "region": "US-PR" }),
                &[["PR", "", ""], ["PR", "US-PR", ""], ["PR", "San Juan", ""], ["US", "PR", ""], ["US", "US-PR ", ""]],
                &[["US", "", ""], ["US", "GU", ""], ["GU", "US-GU", ""]]),
            (json!({ "country": "PR" }), &[["US", "PR", ""], ["PR", "", ""], ["PR", "US-PR", ""]], &[["US", "NY", ""], ["US", "", ""]]),
            (json!({ "country": "PR", "region": "US-PR", "postalCodes": ["00901"] }), &[["PR", "", "00901-1234"], ["US", "PR", "00901"]], &[["PR", "", "00902"]]),
            (json!({ "country": "US" }), &[["US", "PR", ""], ["US", "XX", ""], ["US", "CA-ON", ""]], &[["PR", "", ""], ["PR", "US-PR", ""], ["VI", "", ""]]),
            (json!({ "country": "FR", "region": "FR-RE" }), &[["RE", "", ""], ["RE", "FR-974", ""], ["FR", "974", ""], ["FR", "FR-RE", ""]], &[["FR", "976", ""], ["YT", "", ""]]),
            (json!({ "country": "RE" }), &[["FR", "FR-974", ""], ["FR", "RE", ""]], &[["FR", "75C", ""]]),
            (json!({ "country": "CN", "region": "CN-HK" }), &[["HK", "", ""], ["HK", "CN-HK", ""], ["HK", "Kowloon", ""]], &[["CN", "BJ", ""], ["MO", "", ""]]),
            (json!({ "country": "TW" }), &[["CN", "CN-TW", ""], ["TW", "TPE", ""]], &[["CN", "", ""]]),
            (json!({ "country": "AX" }), &[["AX", "FI-01", ""], ["FI", "01", ""]], &[["FI", "18", ""]]),
            (json!({ "country": "NO", "region": "NO-21" }), &[["SJ", "", ""], ["NO", "21", ""]], &[["NO", "03", ""]]),
            (json!({ "country": "BQ", "region": "BQ-SA" }), &[["NL", "BQ2", ""], ["BQ", "SA", ""], ["BQ", "NL-BQ2", ""]], &[["BQ", "BO", ""], ["NL", "BQ1", ""]]),
            (json!({ "country": "NL", "region": "NL-CW" }), &[["CW", "", ""]], &[["AW", "", ""], ["NL", "NH", ""]]),
        ])
        .await;
    }

    async fn regions_are_those_of_today_and_those_of_the_armed_forces(database: Database) {
        let app = TestApp::start(database).await;
        hold(&app, &[
            (json!({ "country": "NO", "region": "NO-31" }), &[["NO", "31", ""], ["NO", "NO-31", ""]], &[["NO", "30", ""]]),
            (json!({ "country": "NO", "region": "NO-56" }), &[["NO", " NO-56 ", ""]], &[["NO", "NO-54", ""]]),
            (json!({ "country": "NO", "region": "NO-54" }), &[["NO", "54", ""]], &[["NO", "55", ""]]),
            (json!({ "country": "US", "region": "US-AE" }), &[["US", "AE", "09012"], ["US", "us-ae", ""]], &[["US", "AP", ""]]),
            (json!({ "country": "US", "region": "US-MH" }), &[["US", "MH", ""]], &[["MH", "", ""]]),
            (json!({ "country": "US", "region": "US-CA " }), &[["US", "CA ", ""], ["US ", " US-CA", ""]], &[["US", "XX", ""], ["US", "CA-ON", ""], ["US", "", ""]]),
            (json!({ "country": "MX", "region": "MX-CMX" }), &[["MX", "DIF", ""]], &[["MX", "MEX", ""]]),
        ])
        .await;
    }

    async fn postal_codes_know_the_form_of_their_country(database: Database) {
        let app = TestApp::start(database).await;
        hold(&app, &[
            (json!({ "country": "NL", "postalCodes": ["1000..1099"] }), &[["NL", "", "1012 AB"]], &[["NL", "", "1100 AB"]]),
            (json!({ "country": "BR", "postalCodes": ["19000001..19140999"] }), &[["BR", "", "19050-020"]], &[["BR", "", "19141-000"]]),
            (json!({ "country": "PT", "postalCodes": ["9000..9999"] }), &[["PT", "", "9500-150"]], &[["PT", "", "8500-150"]]),
            (json!({ "country": "PL", "postalCodes": ["56-500"] }), &[["PL", "", "56500"]], &[["PL", "", "56501"]]),
            (json!({ "country": "JP", "postalCodes": ["100-0001", "９００*"] }), &[["JP", "", "１００-０００１"], ["JP", "", "9000015"]], &[["JP", "", "100-0002"]]),
            (json!({ "country": "CA", "postalCodes": ["K1A 0B1"] }), &[["CA", "", "k1a-0b1"]], &[["CA", "", "K1A 0B2"]]),
            (json!({ "country": "DE", "postalCodes": ["10115"] }), &[["DE", "", "D-10115"]], &[["DE", "", "CH-10115"]]),
            (json!({ "country": "GB", "postalCodes": ["BN1 *", "PA67*", "EH22", "BT1..BT95"] }),
                &[["GB", "", "BN1 3AA"], ["GB", "", "PA67 6AA"], ["GB", "", "EH22 2GF"], ["GB", "", "bt71nn"]],
                &[["GB", "", "BN15 8AA"], ["GB", "", "PA6 7LN"], ["GB", "", "EH2 2GF"], ["GB", "", "B7 1NN"]]),
            (json!({ "country": "IE", "postalCodes": ["D01..D24", "T12"] }), &[["IE", "", "D02 AF30"], ["IE", "", "T12X70A"]], &[["IE", "", "D6W AF30"], ["IE", "", "T23 X70A"]]),
            (json!({ "country": "FI", "region": "FI-01", "postalCodes": ["22100"] }), &[["AX", "", "AX-22100"]], &[["AX", "", "22101"], ["FI", "", "22100"]]),
        ])
        .await;
    }

    async fn an_explanation_says_that_a_region_is_not_known(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({ "destinations": [{ "country": "US", "region": "US-CA" }] })).await;
        for (region, remark) in [
            ("QQ", "`QQ` is no known region of US, so it matches no region."),
            ("CA-ON", "`CA-ON` is a region of CA, not of US, so it matches no region."),
        ] {
            let cart = cart_at(["US", region, ""]);
            let answer = app.post("/v1/checkout/payment-methods?explain=summary", &cart).await.expect(200);
            let reason = &answer["notOffered"][0]["reasons"][0];
            assert_eq!(reason["code"], "destination_mismatch");
            let message = reason["message"].as_str().unwrap_or_default();
            assert!(message.ends_with(remark), "{message}");
            assert_eq!(reason["observed"]["billingAddress.regionCode"], region);
        }
    }

    async fn thousands_of_patterns_in_one_destination_are_fine(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let patterns: Vec<String> = (0..2000).map(|n| format!("{:05}", n * 49)).collect();
        app.rule("r", 1, &[&check], json!({ "destinations": [{ "country": "US", "postalCodes": patterns }] })).await;
        for (code, offered) in [("00049-1234", true), ("97951", true), ("00050", false)] {
            let found = app.offered(&cart_at(["US", "", code])).await;
            assert_eq!(!found.is_empty(), offered, "{code}");
        }
    }
}
