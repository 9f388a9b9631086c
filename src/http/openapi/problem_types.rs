//! The problems of the document: a schema for each type with further members, and the types that a response can have.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{problems::link, schema_parts::reference};
use crate::http::problem::{Kind, MEDIA_TYPE};

const BASE: &str = "Problem";

/// The further members of problems by the slug of their kind, and the components that these members refer to. The features
/// above this module add the members; a test over all answers finds a member that is missing here.
#[derive(Default, Deserialize)]
struct ProblemTypes {
    components: Map<String, Value>,
    members: BTreeMap<String, FurtherMembers>,
}

#[derive(Deserialize)]
struct FurtherMembers {
    required: Vec<Value>,
    properties: Map<String, Value>,
}

/// A test of the document reads the file, so that it can be read here.
static TYPES: LazyLock<ProblemTypes> =
    LazyLock::new(|| serde_json::from_str(include_str!("problem_types.json")).unwrap_or_default());

/// The component name of a kind: `not-eligible` is a `NotEligibleProblem`; a kind without further members is a
/// `Problem`.
fn component_of(kind: Kind) -> String {
    if !TYPES.members.contains_key(kind.slug()) {
        return BASE.to_owned();
    }
    let words = kind.slug().split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{}{rest}", first.to_ascii_uppercase())
    });
    format!("{}{BASE}", words.collect::<String>())
}

/// Adds the schemas of problems.
pub fn add_components(schemas: &mut Map<String, Value>) {
    let base = schemas.get(BASE).cloned().unwrap_or_default();
    schemas.extend(TYPES.components.clone());
    for kind in Kind::ALL.iter().copied() {
        let Some(further) = TYPES.members.get(kind.slug()) else {
            continue;
        };
        let mut schema = base.clone();
        schema["description"] = format!("{}.", kind.title()).into();
        if let Some(properties) = schema["properties"].as_object_mut() {
            properties.extend(further.properties.clone());
        }
        schema["properties"]["type"] = json!({
            "type": "string",
            "enum": [kind.path()],
            "description": "The problem type, as a path of this service that explains it.",
        });
        if let Some(required) = schema["required"].as_array_mut() {
            required.extend(further.required.clone());
        }
        schemas.insert(component_of(kind), schema);
    }
}

/// Lets each error response refer to the schemas of the problem types in its description. Each list ends with the
/// schema of all problems, because later versions may add problem types.
pub fn refer(document: &mut Value) {
    let items = document.get_mut("paths").and_then(Value::as_object_mut);
    let operations = items
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut);
    let responses = operations
        .filter_map(|it| it.get_mut("responses")?.as_object_mut())
        .flat_map(Map::values_mut);
    for response in responses {
        let text = response["description"].as_str().unwrap_or_default();
        let mut names: Vec<String> = Kind::ALL
            .iter()
            .filter(|kind| text.contains(&link(**kind)))
            .map(|kind| component_of(*kind))
            .filter(|name| name != BASE)
            .collect();
        let content = response
            .get_mut("content")
            .and_then(|it| it.get_mut(MEDIA_TYPE));
        let Some(content) = content.filter(|_| !names.is_empty()) else {
            continue;
        };
        names.push(BASE.to_owned());
        let any: Vec<Value> = names.iter().map(|name| reference(name)).collect();
        content["schema"] = json!({ "anyOf": any });
    }
}
