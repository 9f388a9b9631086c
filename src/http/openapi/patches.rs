//! The bodies of PATCH: JSON Merge Patches with the fields of the resource.

use serde_json::{Map, Value, json};

use super::schema_parts::{PREFIX, reference};

const MEDIA_TYPE: &str = "application/merge-patch+json";

/// Gives each PATCH the fields of the PUT at the same path, each of them optional and nullable.
pub fn describe(document: &mut Value) {
    name_one_media_type(document);
    let Some(paths) = document["paths"].as_object() else {
        return;
    };
    let body_of_put = |item: &Value| {
        let schema = item.pointer("/put/requestBody/content/application~1json/schema/$ref");
        schema?.as_str()?.strip_prefix(PREFIX).map(str::to_owned)
    };
    let found: Vec<(String, String)> = paths
        .iter()
        .filter(|(_, item)| item.get("patch").is_some())
        .filter_map(|(path, item)| Some((path.clone(), body_of_put(item)?)))
        .collect();
    for (path, full) in found {
        let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
            return;
        };
        let name = patch_of(&full, schemas);
        let body = &mut document["paths"][&path]["patch"]["requestBody"];
        let content = body["content"].as_object_mut();
        for media in content.into_iter().flat_map(Map::values_mut) {
            media["schema"] = reference(&name);
        }
    }
}

/// Removes `application/json` beside the merge patch, because generators make two bodies of two media types.
fn name_one_media_type(document: &mut Value) {
    let items = document["paths"].as_object_mut();
    let bodies = items
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(|item| item.get_mut("patch")?.get_mut("requestBody"));
    for body in bodies {
        let content = body["content"].as_object_mut();
        let is_named_twice = content.is_some_and(|content| {
            content.contains_key(MEDIA_TYPE) && content.remove("application/json").is_some()
        });
        if is_named_twice {
            let text = "A JSON Merge Patch (RFC 7396). It is read as `application/json` too.";
            body["description"] = text.into();
        }
    }
}

/// The name of the component that patches `full`. The component is made on the first call.
fn patch_of(full: &str, schemas: &mut Map<String, Value>) -> String {
    let resource = full
        .trim_start_matches("New")
        .trim_end_matches("Draft")
        .trim_end_matches("Change");
    let name = format!("{resource}Patch");
    if schemas.contains_key(&name) {
        return name;
    }
    let mut patch = schemas[full].clone();
    // Registered before it is complete, for a schema that contains itself.
    schemas.insert(name.clone(), Value::Null);
    let text = "What is left out stays as it is; null brings back the default.";
    patch["description"] = text.into();
    if let Some(object) = patch.as_object_mut() {
        for word in ["required", "example", "examples", "discriminator"] {
            object.remove(word);
        }
        let properties = object.get_mut("properties").and_then(Value::as_object_mut);
        for property in properties.into_iter().flat_map(Map::values_mut) {
            make_nullable(property, schemas);
        }
        let values = object.get_mut("additionalProperties");
        if let Some(values) = values.filter(|it| it.is_object()) {
            make_nullable(values, schemas);
        }
    }
    schemas.insert(name.clone(), patch);
    name
}

fn make_nullable(schema: &mut Value, schemas: &mut Map<String, Value>) {
    let nothing = json!({ "type": "null" });
    let description = schema.get("description").cloned();
    match schema.get("type").cloned() {
        Some(Value::String(kind)) => {
            if kind == "object"
                && let Some(values) = schema
                    .get_mut("additionalProperties")
                    .filter(|it| it.is_object())
            {
                make_nullable(values, schemas);
            }
            schema["type"] = json!([kind, "null"]);
        }
        Some(_) => {}
        None if schema.get("$ref").is_some() => {
            *schema = json!({ "oneOf": [part_of(schema, schemas), nothing] });
        }
        None => {
            for word in ["oneOf", "anyOf"] {
                let Some(alternatives) = schema.get_mut(word).and_then(Value::as_array_mut) else {
                    continue;
                };
                for alternative in alternatives.iter_mut() {
                    *alternative = part_of(alternative, schemas);
                }
                if !alternatives.contains(&nothing) {
                    alternatives.push(nothing.clone());
                }
            }
        }
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
    if let Some(description) = description {
        schema["description"] = description;
    }
    if let Some(object) = schema.as_object_mut() {
        object.remove("default");
    }
}

/// A patch may name a part of an inner object; all other values are replaced as a whole.
fn part_of(schema: &Value, schemas: &mut Map<String, Value>) -> Value {
    let name = schema.get("$ref").and_then(Value::as_str);
    let Some(name) = name.and_then(|it| it.strip_prefix(PREFIX)) else {
        return schema.clone();
    };
    let is_object = schemas
        .get(name)
        .is_some_and(|it| it.is_null() || it.get("properties").is_some());
    match is_object {
        true => reference(&patch_of(name, schemas)),
        false => reference(name),
    }
}
