//! Rewrites the schemas of the document for client generators: named parts instead of inline copies, objects that state
//! whether they are open, and bodies of PATCH with their fields.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::{
    alternatives::{self, TypedResource},
    lists, patches, problem_types,
    schema_parts::{PREFIX, for_each_part, reference},
};

/// A smaller object may equal a component by accident, so it stays inline.
const LEAST_PROPERTIES: usize = 2;

/// Returns the document as JSON with its schemas rewritten; `type` is the discriminator of the resources in `typed`.
pub fn tidy(document: &OpenApi, typed: &[TypedResource]) -> Value {
    let mut value = serde_json::to_value(document).unwrap_or_default();
    move_scopes(&mut value);
    lift_descriptions(&mut value);
    if let Some(Value::Object(schemas)) = value.pointer_mut("/components/schemas") {
        alternatives::flatten_single(schemas);
        alternatives::inline_optional_parts(schemas);
        alternatives::distribute(schemas);
        refer_to_components(schemas);
        lists::name_items(schemas);
        for resource in typed {
            alternatives::tell_apart(schemas, resource);
        }
        problem_types::add_components(schemas);
    }
    lists::rename(&mut value);
    patches::describe(&mut value);
    problem_types::refer(&mut value);
    open_bare_objects(&mut value);
    remove_unused(&mut value);
    value
}

/// Moves the scopes of an operation out of its security: OpenAPI gives scopes only to OAuth schemes, and our tokens
/// come from any configured issuer. An operation without security, such as an event that is posted to receivers, needs
/// no token of ours.
fn move_scopes(document: &mut Value) {
    for room in ["paths", "webhooks"] {
        let items = document.get_mut(room).and_then(Value::as_object_mut);
        let operations = items
            .into_iter()
            .flat_map(Map::values_mut)
            .filter_map(Value::as_object_mut);
        for operation in operations
            .flat_map(Map::values_mut)
            .filter(|it| it.get("responses").is_some())
        {
            let ways = operation
                .get("security")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            let scopes: Vec<Value> = ways.into_iter().map(|way| way["bearer"].clone()).collect();
            if scopes.is_empty() {
                operation["security"] = json!([]);
                continue;
            }
            operation["security"] = json!([{ "bearer": [] }]);
            let text = operation
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default();
            operation["description"] = format!("{text}\n\nScope: {}.", sentence(&scopes))
                .trim()
                .into();
            operation["x-required-scopes"] = scopes.into();
        }
    }
}

/// The alternative sets of scopes as a text; a token needs one of the sets.
fn sentence(ways: &[Value]) -> String {
    let words = |way: &Value| {
        let scopes = way
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let scopes: Vec<String> = scopes.map(|scope| format!("`{scope}`")).collect();
        match scopes.is_empty() {
            true => "none".to_owned(),
            false => scopes.join(" with "),
        }
    };
    ways.iter().map(words).collect::<Vec<_>>().join(", or ")
}

/// Moves the description of a nullable reference from the reference to the value around it.
fn lift_descriptions(document: &mut Value) {
    for_each_part(document, &mut |part| {
        if part.get("description").is_some() {
            return;
        }
        let alternatives = part.get_mut("oneOf").and_then(Value::as_array_mut);
        let described = alternatives
            .into_iter()
            .flatten()
            .filter(|it| it.get("$ref").is_some())
            .find_map(|it| it.as_object_mut()?.remove("description"));
        if let Some(description) = described {
            part["description"] = description;
        }
    });
}

/// Replaces an inline copy of an object or of a closed list by a reference to the component.
fn refer_to_components(schemas: &mut Map<String, Value>) {
    let key = |schema: &Value| match schema.get("properties").and_then(Value::as_object) {
        Some(properties) => (properties.len() >= LEAST_PROPERTIES).then(|| schema.to_string()),
        None => {
            let words = schema.get("enum").filter(|_| schema["type"] == "string");
            words.map(Value::to_string)
        }
    };
    let known: BTreeMap<String, String> = schemas
        .iter()
        .filter_map(|(name, schema)| Some((key(schema)?, name.clone())))
        .collect();
    for schema in schemas.values_mut() {
        for_each_part(schema, &mut |part| {
            let Some(name) = key(part).and_then(|key| known.get(&key)) else {
                return;
            };
            let mut named = reference(name);
            for beside in ["description", "default"] {
                if let Some(said) = part.get(beside).filter(|_| part.get("enum").is_some()) {
                    named[beside] = said.clone();
                }
            }
            *part = named;
        });
    }
}

/// Removes components that nothing refers to.
fn remove_unused(document: &mut Value) {
    loop {
        let mut used = BTreeSet::new();
        for_each_part(document, &mut |part| {
            let name = part.get("$ref").and_then(Value::as_str);
            used.extend(
                name.and_then(|it| it.strip_prefix(PREFIX))
                    .map(str::to_owned),
            );
        });
        let schemas = document.pointer_mut("/components/schemas");
        let Some(schemas) = schemas.and_then(Value::as_object_mut) else {
            return;
        };
        let before = schemas.len();
        schemas.retain(|name, _| used.contains(name));
        if schemas.len() == before {
            return;
        }
    }
}

/// Marks an object without declared properties as open.
fn open_bare_objects(document: &mut Value) {
    for_each_part(document, &mut |part| {
        let is_bare = part.get("type").is_some_and(|kind| kind == "object")
            && ["properties", "additionalProperties", "allOf", "oneOf"]
                .iter()
                .all(|it| part.get(it).is_none());
        if is_bare {
            part["additionalProperties"] = true.into();
        }
    });
}
