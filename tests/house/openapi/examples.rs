//! Everything that is sent or answered is shown by an example.

use serde_json::{Map, Value};

use super::{Document, assert_none, text};

#[test]
fn every_body_that_is_sent_is_shown_whole() {
    let document = Document::printed();
    let mut wrong = Vec::new();
    for (_, _, operation) in document.operations() {
        let content = operation.get("requestBody").map(|body| &body["content"]);
        for (kind, body) in content.into_iter().filter_map(Value::as_object).flatten() {
            let schema = document.resolved(&body["schema"]);
            if !(shows(body) || shows(schema)) {
                let id = text(operation, "operationId");
                wrong.push(format!("{id}: the {kind} body has no example"));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn every_answer_has_an_example_somewhere() {
    let document = Document::printed();
    let mut wrong = Vec::new();
    for (_, _, operation) in document.operations() {
        let responses = operation["responses"].as_object().into_iter().flatten();
        for (status, response) in responses.filter(|(status, _)| status.starts_with('2')) {
            let content = response["content"]
                .as_object()
                .into_iter()
                .flat_map(Map::values);
            for body in content {
                if !(shows(body) || is_shown(&document, &body["schema"], 0)) {
                    let id = text(operation, "operationId");
                    wrong.push(format!("{id}: the answer {status} has no example"));
                }
            }
        }
    }
    assert_none(&wrong);
}

fn shows(part: &Value) -> bool {
    ["example", "examples"]
        .iter()
        .any(|word| part.get(word).is_some())
}

/// Whether a schema or, at some depth, a part of it has an example.
fn is_shown(document: &Document, schema: &Value, depth: u32) -> bool {
    let schema = document.resolved(schema);
    let below = |schema: &Value| depth < 6 && is_shown(document, schema, depth + 1);
    shows(schema)
        || schema.get("items").is_some_and(below)
        || ["oneOf", "anyOf", "allOf"]
            .iter()
            .filter_map(|word| schema[word].as_array())
            .flatten()
            .any(below)
        || schema["properties"]
            .as_object()
            .is_some_and(|properties| properties.values().any(below))
}
