//! The OpenAPI document is what the code prints, and complete: nobody has to guess what an operation takes or answers.

mod examples;
mod names;
mod schemas;

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Map, Value};

/// The document, and where a part of it is.
struct Document(Value);

impl Document {
    fn printed() -> Self {
        Document(serde_json::to_value(onterms::app::document()).expect("JSON"))
    }

    /// Every operation with its method, path and description.
    fn operations(&self) -> Vec<(&str, &str, &Map<String, Value>)> {
        let paths = self.0["paths"].as_object().expect("paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            let item = item.as_object().expect("a path item");
            let described = item.iter().filter(|(_, operation)| operation.is_object());
            described.map(move |(method, operation)| {
                (
                    method.as_str(),
                    path.as_str(),
                    operation.as_object().expect("an operation"),
                )
            })
        });
        operations.collect()
    }

    /// The schema that a `$ref` leads to.
    fn resolved<'d>(&'d self, schema: &'d Value) -> &'d Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.at(reference).unwrap_or(&Value::Null),
            None => schema,
        }
    }

    fn at(&self, reference: &str) -> Option<&Value> {
        self.0.pointer(reference.strip_prefix('#')?)
    }
}

fn text<'d>(object: &'d Map<String, Value>, name: &str) -> &'d str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Fails with everything that is wrong at once.
#[track_caller]
fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_document_that_is_kept_is_what_the_code_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json");
    let printed = onterms::http::openapi::print(&onterms::app::document());
    if std::env::var_os("UPDATE_OPENAPI").is_some_and(|value| value == "1") {
        fs::write(&path, &printed).expect("the document is written");
    }
    let kept = fs::read_to_string(&path).expect("openapi/openapi.json");
    let differs = kept
        .lines()
        .zip(printed.lines())
        .position(|(one, other)| one != other);
    assert!(
        kept == printed,
        "openapi/openapi.json differs from line {} on; UPDATE_OPENAPI=1 cargo test --test house writes it",
        differs.map_or_else(
            || kept.lines().count().min(printed.lines().count()) + 1,
            |line| line + 1
        )
    );
}

#[test]
fn every_operation_has_a_name_a_summary_and_one_tag_that_is_described() {
    let document = Document::printed();
    let tags: BTreeSet<&str> = document.0["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    let mut ids = BTreeSet::new();
    let mut wrong = Vec::new();
    for (method, path, operation) in document.operations() {
        let id = text(operation, "operationId");
        let is_snake = id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if !is_snake || !id.contains('_') || !ids.insert(id.to_owned()) {
            wrong.push(format!(
                "{method} {path}: the operationId `{id}` is not verb_resource, or not unique"
            ));
        }
        let summary = text(operation, "summary");
        if summary.is_empty() || summary.ends_with('.') {
            wrong.push(format!(
                "{id}: the summary `{summary}` is empty or ends with a full stop"
            ));
        }
        let own: Vec<_> = operation["tags"].as_array().into_iter().flatten().collect();
        if own.len() != 1 || !own[0].as_str().is_some_and(|tag| tags.contains(tag)) {
            wrong.push(format!("{id}: the tags are {own:?}"));
        }
        let parameters = operation.get("parameters").and_then(Value::as_array);
        for parameter in parameters.into_iter().flatten() {
            if parameter["description"].as_str().is_none_or(str::is_empty) {
                wrong.push(format!(
                    "{id}: the parameter {} is not described",
                    parameter["name"]
                ));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn every_operation_documents_its_success_and_every_refusal_is_a_problem() {
    let document = Document::printed();
    let mut wrong = Vec::new();
    for (method, path, operation) in document.operations() {
        let id = text(operation, "operationId");
        let responses = operation["responses"].as_object().expect("responses");
        if !responses.keys().any(|status| status.starts_with('2')) {
            wrong.push(format!("{id}: no success is documented"));
        }
        let mut expected = Vec::new();
        if operation.contains_key("x-required-scopes") {
            expected.extend(["400", "401", "403", "422", "429", "500", "503"]);
        }
        if operation.contains_key("requestBody") {
            expected.push("413");
            // Nothing is documented of the type in which Apruve posts, so that one takes any.
            expected.extend(operation.contains_key("x-required-scopes").then_some("415"));
        }
        if path.contains('{') {
            expected.push("404");
        }
        let parameters = operation.get("parameters").and_then(Value::as_array);
        let conditional = parameters
            .into_iter()
            .flatten()
            .find(|parameter| parameter["name"] == "If-Match");
        if let Some(header) = conditional {
            expected.push("412");
            expected.extend((header["required"] == true).then_some("428"));
        }
        let missing: Vec<_> = expected
            .into_iter()
            .filter(|status| !responses.contains_key(*status))
            .collect();
        if !missing.is_empty() {
            wrong.push(format!("{method} {path}: {missing:?} are not documented"));
        }
        for (status, response) in responses {
            // The health of a service that is not well is the answer that was asked for.
            let is_refusal = status.starts_with(['4', '5']) && path != "/health/ready";
            let kinds: Vec<_> = response["content"]
                .as_object()
                .into_iter()
                .flat_map(Map::keys)
                .collect();
            if is_refusal && kinds != ["application/problem+json"] {
                wrong.push(format!("{id}: {status} is {kinds:?}"));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn no_reference_leads_nowhere() {
    let document = Document::printed();
    let mut references = BTreeSet::new();
    collect_references(&document.0, &mut references);
    let dangling: Vec<String> = references
        .iter()
        .filter(|reference| document.at(reference).is_none())
        .map(|reference| format!("{reference} leads nowhere"))
        .collect();
    assert_none(&dangling);
}

fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
            map.values()
                .for_each(|value| collect_references(value, found));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|value| collect_references(value, found)),
        _ => {}
    }
}

#[test]
fn every_schema_is_described() {
    let document = Document::printed();
    let schemas = document.0["components"]["schemas"].as_object();
    let wrong: Vec<String> = schemas
        .expect("schemas")
        .iter()
        .filter(|(_, schema)| schema["description"].as_str().is_none_or(str::is_empty))
        .map(|(name, _)| format!("the schema {name} is not described"))
        .collect();
    assert_none(&wrong);
}
