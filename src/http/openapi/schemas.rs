//! Makes the schemas of the document fit what client generators understand: named parts instead of inline copies, objects
//! that say whether they are open, and bodies of PATCH with their fields.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

const PREFIX: &str = "#/components/schemas/";
/// A smaller object is no copy of a component because it looks like one.
const LEAST_PROPERTIES: usize = 2;

/// The document as JSON with its schemas rewritten.
pub fn tidy(document: &OpenApi) -> Value {
    let mut value = serde_json::to_value(document).unwrap_or_default();
    describe_patches(&mut value);
    move_scopes(&mut value);
    if let Some(Value::Object(schemas)) = value.pointer_mut("/components/schemas") {
        flatten_single_alternatives(schemas);
        distribute_alternatives(schemas);
        refer_to_components(schemas);
        name_lists(schemas);
    }
    rename_lists(&mut value);
    open_bare_objects(&mut value);
    value
}

/// The body of a PATCH has the fields of the PUT at the same address, each of them optional and nullable.
fn describe_patches(document: &mut Value) {
    let schemas = document["components"]["schemas"]
        .as_object()
        .cloned()
        .unwrap_or_default();
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
        let name = full
            .trim_start_matches("New")
            .trim_end_matches("Draft")
            .trim_end_matches("Change");
        let name = format!("{name}Patch");
        let mut patch = document["components"]["schemas"][&full].clone();
        let Some(object) = patch.as_object_mut() else {
            continue;
        };
        object.remove("required");
        object.remove("example");
        object.insert(
            "description".to_owned(),
            "What is left out stays as it is; null brings back the default.".into(),
        );
        for property in object
            .get_mut("properties")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flat_map(Map::values_mut)
        {
            make_nullable(property, &schemas);
        }
        document["components"]["schemas"][&name] = patch;
        let content = document["paths"][&path]["patch"]["requestBody"]["content"].as_object_mut();
        for media in content.into_iter().flat_map(Map::values_mut) {
            media["schema"] = reference(&name);
        }
    }
}

/// The scopes of an operation stand beside its security: only OAuth schemes have scopes of their own, and tokens come from
/// whatever issuer is configured. Events that are posted to receivers need no token of ours.
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

/// The sets of scopes of which a token needs one.
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

fn make_nullable(schema: &mut Value, schemas: &Map<String, Value>) {
    match schema.get("type").cloned() {
        Some(Value::String(kind)) => schema["type"] = json!([kind, "null"]),
        Some(_) => {}
        None => {
            let named = schema.get("$ref").and_then(Value::as_str);
            let component = named.and_then(|named| schemas.get(named.strip_prefix(PREFIX)?));
            let is_word =
                component.is_some_and(|it| it.get("type").is_some_and(|kind| kind == "string"));
            *schema = match is_word {
                true => json!({ "oneOf": [schema.take(), { "type": "null" }] }),
                // A patch may name a part of an inner object.
                false => json!({
                    "description": schema.get("description").cloned().unwrap_or_else(|| "The fields to change.".into()),
                    "type": ["object", "null"],
                    "additionalProperties": true,
                }),
            };
        }
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
    if let Some(object) = schema.as_object_mut() {
        object.remove("default");
    }
}

/// `oneOf` around one alternative is that alternative.
fn flatten_single_alternatives(schemas: &mut Map<String, Value>) {
    for schema in schemas.values_mut() {
        let only = match schema
            .get("oneOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            Some([only]) if only.get("$ref").is_none() => only.clone(),
            _ => continue,
        };
        let description = schema.get("description").cloned();
        *schema = only;
        if let Some(description) = description {
            schema["description"] = description;
        }
    }
}

/// `allOf` with a component that has alternatives becomes alternatives of whole objects.
fn distribute_alternatives(schemas: &mut Map<String, Value>) {
    let alternatives: BTreeMap<String, Vec<Value>> = schemas
        .iter()
        .filter_map(|(name, schema)| {
            let all = schema.get("oneOf")?.as_array()?;
            let are_objects = all.iter().all(|it| it.get("properties").is_some());
            are_objects.then(|| (format!("{PREFIX}{name}"), all.clone()))
        })
        .collect();
    for schema in schemas.values_mut() {
        let Some([chosen, rest]) = schema
            .get("allOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        else {
            continue;
        };
        let named = chosen.get("$ref").and_then(Value::as_str);
        let Some(all) = named.and_then(|named| alternatives.get(named)) else {
            continue;
        };
        let whole: Vec<Value> = all.iter().map(|one| merged(one, rest)).collect();
        let description = schema.get("description").cloned().unwrap_or_default();
        *schema = json!({ "description": description, "oneOf": whole });
    }
}

fn merged(one: &Value, other: &Value) -> Value {
    let mut whole = one.clone();
    let members = |schema: &Value| {
        schema["properties"]
            .as_object()
            .cloned()
            .unwrap_or_default()
    };
    let required = |schema: &Value| schema["required"].as_array().cloned().unwrap_or_default();
    let properties: Map<String, Value> = members(one).into_iter().chain(members(other)).collect();
    whole["properties"] = properties.into();
    whole["required"] = required(one).into_iter().chain(required(other)).collect();
    whole
}

/// An inline copy of a component becomes a reference to it.
fn refer_to_components(schemas: &mut Map<String, Value>) {
    let is_object = |schema: &Value| {
        schema
            .get("properties")
            .and_then(Value::as_object)
            .is_some_and(|it| it.len() >= LEAST_PROPERTIES)
    };
    let known: BTreeMap<String, String> = schemas
        .iter()
        .filter(|(_, schema)| is_object(schema))
        .map(|(name, schema)| (schema.to_string(), name.clone()))
        .collect();
    for schema in schemas.values_mut() {
        for_each_part(schema, &mut |part| {
            if let Some(name) = known.get(&part.to_string()) {
                *part = reference(name);
            }
        });
    }
}

/// What a list holds gets a name of its own.
fn name_lists(schemas: &mut Map<String, Value>) {
    let mut named = Map::new();
    for (list, schema) in schemas
        .iter_mut()
        .filter(|(name, _)| name.starts_with("Listed_"))
    {
        let resource = resource_of(list);
        let Some(items) = schema.pointer_mut("/properties/items/items") else {
            continue;
        };
        if items.get("$ref").is_some() {
            continue;
        }
        if let Some(readable) = items
            .pointer_mut("/oneOf/0")
            .filter(|it| it.get("allOf").is_some())
        {
            let name = format!("{resource}WithEtag");
            named.insert(name.clone(), readable.take());
            *readable = reference(&name);
        }
        let name = format!("{resource}ListItem");
        named.insert(name.clone(), items.take());
        *items = reference(&name);
    }
    schemas.extend(named);
}

/// `Listed_Item_Versioned_Payment` is a `PaymentList`.
fn rename_lists(document: &mut Value) {
    let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    let lists: Vec<String> = schemas
        .keys()
        .filter(|name| name.starts_with("Listed_"))
        .cloned()
        .collect();
    for list in &lists {
        if let Some(schema) = schemas.remove(list) {
            schemas.insert(format!("{}List", resource_of(list)), schema);
        }
    }
    for_each_part(document, &mut |part| {
        let named = part
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|it| it.strip_prefix(PREFIX));
        if let Some(list) = named.filter(|name| name.starts_with("Listed_")) {
            *part = reference(&format!("{}List", resource_of(list)));
        }
    });
}

fn resource_of(list: &str) -> &str {
    list.rsplit('_').next().unwrap_or(list)
}

/// An object without properties may have any.
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

/// Every value below this one, from the inside out.
fn for_each_part(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    let parts: Vec<&mut Value> = match value {
        Value::Object(members) => members.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        _ => return,
    };
    for part in parts {
        for_each_part(part, change);
        change(part);
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{PREFIX}{name}") })
}
