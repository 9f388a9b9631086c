//! Every problem that a test meets has the members that the API document promises for its type, and no others.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::Value;

/// The schemas of problems by their `type`; under the empty text that of all others.
static SCHEMAS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let document = onterms::app::document();
    let schemas = document["components"]["schemas"].as_object();
    let problems = schemas
        .expect("schemas")
        .iter()
        .filter(|(name, _)| name.ends_with("Problem"));
    let by_type = problems.map(|(_, schema)| {
        let word = schema["properties"]["type"]["enum"][0].as_str();
        (word.unwrap_or_default().to_owned(), schema.clone())
    });
    by_type.collect()
});

#[track_caller]
pub fn check(text: &str) {
    // To HEAD there is no body.
    let Ok(Value::Object(problem)) = serde_json::from_str(text) else {
        return;
    };
    let kind = problem["type"].as_str().expect("a type");
    let schema = SCHEMAS.get(kind).unwrap_or_else(|| &SCHEMAS[""]);
    let known = schema["properties"].as_object().expect("properties");
    for name in problem.keys() {
        assert!(
            known.contains_key(name),
            "`{name}` of {kind} is not in the document: {text}"
        );
    }
    for name in schema["required"].as_array().expect("required") {
        let name = name.as_str().expect("a name");
        assert!(problem.contains_key(name), "{kind} lacks `{name}`: {text}");
    }
}
