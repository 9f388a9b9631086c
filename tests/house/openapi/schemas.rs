//! Schemas that people and generators understand: everything is described, and nothing is anonymous, unused or empty.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Document, assert_none, collect_references};

/// Calls `look` with every schema of the document and its place.
fn each_schema<'d>(document: &'d Document, look: &mut impl FnMut(&str, &'d Map<String, Value>)) {
    fn walk<'d>(
        value: &'d Value,
        place: &str,
        look: &mut impl FnMut(&str, &'d Map<String, Value>),
    ) {
        match value {
            Value::Object(object) => {
                look(place, object);
                for (name, part) in object {
                    // What is inside is a value and no schema.
                    if !["example", "examples", "default", "enum"].contains(&name.as_str()) {
                        walk(part, &format!("{place}/{name}"), look);
                    }
                }
            }
            Value::Array(parts) => {
                let places = parts.iter().enumerate();
                places.for_each(|(at, part)| walk(part, &format!("{place}/{at}"), look));
            }
            _ => {}
        }
    }
    for room in ["components", "paths", "webhooks"] {
        walk(&document.0[room], room, look);
    }
}

/// The properties of an object's schema. One of its own may be called `properties`.
fn properties(schema: &Map<String, Value>) -> Option<&Map<String, Value>> {
    schema.get("type").or(schema.get("properties"))?;
    schema
        .get("properties")?
        .as_object()
        .filter(|it| it.get("type").is_none_or(Value::is_object))
}

fn is_described(part: &Value) -> bool {
    part["description"]
        .as_str()
        .is_some_and(|text| !text.trim().is_empty())
}

#[test]
fn every_property_and_every_parameter_is_described() {
    let document = Document::printed();
    let mut wrong = Vec::new();
    let mut seen = 0;
    each_schema(&document, &mut |place, schema| {
        // Webhooks narrow properties that are described where they come from.
        if place.starts_with("webhooks") {
            return;
        }
        for (name, property) in properties(schema).into_iter().flatten() {
            seen += 1;
            if !is_described(property) {
                wrong.push(format!("{place}: `{name}` is not described"));
            }
        }
        if schema.contains_key("in")
            && schema.contains_key("name")
            && !is_described(&Value::Object(schema.clone()))
        {
            wrong.push(format!(
                "{place}: the parameter {} is not described",
                schema["name"]
            ));
        }
    });
    assert!(seen > 500, "hardly a property was found");
    assert_none(&wrong);
}

#[test]
fn no_component_is_unused() {
    let document = Document::printed();
    let mut used = BTreeSet::new();
    collect_references(&document.0, &mut used);
    let schemas = document.0["components"]["schemas"]
        .as_object()
        .expect("schemas");
    let wrong: Vec<String> = schemas
        .keys()
        .filter(|name| !used.contains(&format!("#/components/schemas/{name}")))
        .map(|name| format!("nothing refers to {name}"))
        .collect();
    assert_none(&wrong);
}

#[test]
fn no_object_is_bare_and_no_item_of_a_list_is_anonymous() {
    let document = Document::printed();
    let mut wrong = Vec::new();
    each_schema(&document, &mut |place, schema| {
        let is_object = schema.get("type").is_some_and(|kind| kind == "object");
        let says_more = [
            "properties",
            "additionalProperties",
            "allOf",
            "oneOf",
            "anyOf",
        ];
        if is_object && !says_more.iter().any(|word| schema.contains_key(*word)) {
            wrong.push(format!("{place}: an object of which nothing is said"));
        }
        let items = schema.get("items").filter(|it| it.is_object());
        let parts = ["properties", "allOf", "oneOf", "anyOf"];
        if items.is_some_and(|items| parts.iter().any(|word| items.get(word).is_some())) {
            wrong.push(format!("{place}: the items have no name"));
        }
    });
    assert_none(&wrong);
}

#[test]
fn currencies_are_one_schema_everywhere() {
    let document = Document::printed();
    // Apruve's own word, which may be none of ISO 4217.
    let others = [
        "components/schemas/CorporateAccount",
        "components/schemas/AccountCandidate",
    ];
    let mut wrong = Vec::new();
    let mut check = |place: &str, schema: &Value| {
        if !schema
            .to_string()
            .contains("#/components/schemas/Currency\"")
        {
            wrong.push(format!("{place}: {schema} is not `Currency`"));
        }
    };
    each_schema(&document, &mut |place, schema| {
        for (name, property) in properties(schema).into_iter().flatten() {
            if ["currency", "currencies"].contains(&name.as_str()) && !others.contains(&place) {
                check(place, property);
            }
        }
        if schema.get("name").is_some_and(|it| it == "currency") && schema.contains_key("in") {
            check(place, &schema["schema"]);
        }
    });
    assert_none(&wrong);
}

#[test]
fn what_a_discriminator_says_is_so() {
    let document = Document::printed();
    let mut wrong = Vec::new();
    let mut seen = 0;
    each_schema(&document, &mut |place, schema| {
        let Some(discriminator) = schema.get("discriminator") else {
            return;
        };
        seen += 1;
        let member = discriminator["propertyName"].as_str().expect("a name");
        let mapping = discriminator["mapping"].as_object().expect("a mapping");
        let shapes = schema["oneOf"].as_array().expect("alternatives");
        if mapping.len() != shapes.len() {
            wrong.push(format!("{place}: the mapping leaves some out"));
        }
        for (word, target) in mapping {
            let target = target.as_str().expect("a reference");
            let shape = document.at(target).unwrap_or(&Value::Null);
            let words = shape["properties"][member]["enum"].as_array();
            let is_required = shape["required"]
                .as_array()
                .is_some_and(|it| it.contains(&member.into()));
            if !is_required || words.is_none_or(|words| words[..] != [Value::from(word.as_str())]) {
                wrong.push(format!(
                    "{place}: {target} is not told apart by {member} = {word}"
                ));
            }
        }
    });
    assert!(seen > 2, "hardly a discriminator was found");
    assert_none(&wrong);
}

#[test]
fn problems_that_say_more_are_schemas_of_their_own() {
    let document = Document::printed();
    let responses = &document.0["paths"]["/v1/payments"]["post"]["responses"];
    let conflict = &responses["409"]["content"]["application/problem+json"]["schema"]["anyOf"];
    let named = "#/components/schemas/NotEligibleProblem";
    assert!(conflict.to_string().contains(named), "{conflict}");
    let schema = document.at(named).expect("a schema");
    assert_eq!(
        schema["properties"]["type"]["enum"][0],
        "/problems/not-eligible"
    );
    assert_eq!(
        schema["properties"]["reasons"]["items"]["$ref"],
        "#/components/schemas/Reason"
    );
}
