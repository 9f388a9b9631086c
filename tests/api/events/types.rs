//! `GET /v1/event-types`, and the `webhooks` section of the document.

use serde_json::{Value, json};

use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn every_type_is_described_with_schema_and_example(database: Database) {
        let app = TestApp::start(database).await;
        let listed = app.get("/v1/event-types").await.expect(200)["items"].clone();
        let listed = listed.as_array().expect("a list");
        let document = serde_json::to_value(onterms::app::document()).expect("JSON");
        let webhooks = document["webhooks"].as_object().expect("a section");
        assert_eq!(webhooks.len(), listed.len());
        for it in listed {
            let kind = it["type"].as_str().expect("a type");
            assert!(it["description"].as_str().is_some_and(|text| !text.is_empty()));
            let content = &webhooks[kind]["post"]["requestBody"]["content"]["application/cloudevents+json"];
            assert_eq!(content["example"], it["example"], "{kind}");
            assert_eq!(it["example"]["type"], kind);
            let text = it["schema"].to_string().replace("/openapi.json#", "#");
            assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), content["schema"], "{kind}");
            let data = &content["schema"]["allOf"][1]["properties"]["data"];
            assert_fits(&document, &json!({ "$ref": "#/components/schemas/Event" }), &it["example"], kind);
            assert_fits(&document, data, &it["example"]["data"], kind);
        }
    }
}

/// The example has what the schema requires, and nothing that it does not have.
fn assert_fits(document: &Value, schema: &Value, example: &Value, place: &str) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).expect("a schema"),
        None => schema,
    };
    if let Some(words) = schema["enum"].as_array() {
        assert!(
            words.contains(example),
            "{place}: {example} is none of {words:?}"
        );
    }
    let (Some(properties), Some(members)) = (schema["properties"].as_object(), example.as_object())
    else {
        return;
    };
    for required in schema["required"].as_array().into_iter().flatten() {
        let name = required.as_str().expect("a name");
        assert!(members.contains_key(name), "{place}: {name} is missing");
    }
    for (name, value) in members {
        let property = properties.get(name);
        let property = property.unwrap_or_else(|| panic!("{place}: {name} is not in the schema"));
        assert_fits(document, property, value, &format!("{place}/{name}"));
    }
}
