//! Rewrites schemas with alternatives to named whole objects, the form that client generators understand.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::schema_parts::{PREFIX, reference};

/// A resource whose `type` decides which shape one of its members has.
pub struct TypedResource {
    /// The component, such as `Integration`. Schemas made from it with `allOf` are discriminated too.
    pub component: &'static str,
    /// The member whose shape follows from `type`.
    pub member: &'static str,
    pub shapes: Vec<TypedShape>,
}

/// One of the shapes.
pub struct TypedShape {
    /// The value of `type`.
    pub word: &'static str,
    /// The component name of the resource with this type, such as `ApruveIntegration`.
    pub component: &'static str,
    /// The component of the member with this type.
    pub schema: &'static str,
    /// Whether the member is required.
    pub is_required: bool,
}

/// Makes one component for each type of the resource, and for each type of the schemas that extend the resource with
/// `allOf`.
pub fn tell_apart(schemas: &mut Map<String, Value>, resource: &TypedResource) {
    let whole: Vec<(String, Value)> = schemas
        .iter()
        .filter_map(|(name, schema)| {
            Some((name.clone(), whole_of(name, schema, schemas, resource)?))
        })
        .collect();
    for (name, whole) in whole {
        let mut union =
            json!({ "oneOf": [], "discriminator": { "propertyName": "type", "mapping": {} } });
        for word in ["description", "example", "examples"] {
            if let Some(said) = whole.get(word) {
                union[word] = said.clone();
            }
        }
        for shape in &resource.shapes {
            let own = name.replacen(resource.component, shape.component, 1);
            let mut schema = whole.clone();
            schema["properties"]["type"]["enum"] = json!([shape.word]);
            schema["properties"]["type"]["type"] = "string".into();
            for word in ["$ref", "oneOf"] {
                schema["properties"]["type"]
                    .as_object_mut()
                    .and_then(|it| it.remove(word));
            }
            let mut member = reference(shape.schema);
            member["description"] = schema["properties"][resource.member]["description"].clone();
            schema["properties"][resource.member] = member;
            let required = schema["required"].as_array_mut();
            if let Some(required) =
                required.filter(|it| shape.is_required && !it.contains(&resource.member.into()))
            {
                required.push(resource.member.into());
            }
            if let Some(object) = schema.as_object_mut() {
                object.remove("example");
                object.remove("examples");
            }
            union["discriminator"]["mapping"][shape.word] = format!("{PREFIX}{own}").into();
            if let Some(alternatives) = union["oneOf"].as_array_mut() {
                alternatives.push(reference(&own));
            }
            schemas.insert(own, schema);
        }
        schemas.insert(name, union);
    }
}

/// The resource, or a schema that extends it, as one object.
fn whole_of(
    name: &str,
    schema: &Value,
    schemas: &Map<String, Value>,
    resource: &TypedResource,
) -> Option<Value> {
    if name == resource.component {
        return Some(schema.clone());
    }
    let parts = schema.get("allOf")?.as_array()?;
    let base = reference(resource.component)["$ref"].clone();
    if !parts.iter().any(|it| it.get("$ref") == Some(&base)) {
        return None;
    }
    let mut whole = json!({ "type": "object" });
    for part in parts {
        let named = part.get("$ref").and_then(Value::as_str);
        let resolved = named.and_then(|it| schemas.get(it.strip_prefix(PREFIX)?));
        whole = merged(&whole, resolved.unwrap_or(part));
    }
    whole["description"] = schema.get("description").cloned().unwrap_or_default();
    Some(whole)
}

/// Replaces `oneOf` with a single alternative by that alternative.
pub fn flatten_single(schemas: &mut Map<String, Value>) {
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
        let tags = schema.get_mut("properties").and_then(Value::as_object_mut);
        for tag in tags.into_iter().flat_map(Map::values_mut) {
            if tag.get("enum").is_some() && tag.get("description").is_none() {
                tag["description"] = "Tells which of the alternatives it is.".into();
            }
        }
    }
}

/// Replaces `allOf` with an optional part by one object in which the members of that part are optional.
pub fn inline_optional_parts(schemas: &mut Map<String, Value>) {
    let optional = |part: &Value| {
        let [one, null] = part.get("oneOf")?.as_array()?.as_slice() else {
            return None;
        };
        let named = one.get("$ref")?.as_str()?.strip_prefix(PREFIX)?;
        (null["type"] == "null").then(|| named.to_owned())
    };
    let found: Vec<(String, String, Value)> = schemas
        .iter()
        .filter_map(|(name, schema)| {
            let [part, rest] = schema.get("allOf")?.as_array()?.as_slice() else {
                return None;
            };
            Some((name.clone(), optional(part)?, rest.clone()))
        })
        .collect();
    for (name, part, rest) in found {
        let mut part = schemas.get(&part).cloned().unwrap_or_default();
        part["required"] = json!([]);
        let mut whole = merged(&part, &rest);
        whole["description"] = schemas[&name]
            .get("description")
            .cloned()
            .unwrap_or_default();
        schemas.insert(name, whole);
    }
}

/// Replaces `allOf` with a component that has alternatives by alternatives of whole objects.
pub fn distribute(schemas: &mut Map<String, Value>) {
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
