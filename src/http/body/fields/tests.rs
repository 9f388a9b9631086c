//! Tests of reading the fields of a body and of their errors.

use super::*;

fn errors(json: Value, read: impl Fn(&Fields)) -> Vec<(String, String)> {
    let map = json.as_object().expect("an object").clone();
    let findings = Findings::default();
    let fields = Fields::of(&map, &findings);
    read(&fields);
    fields.finish();
    findings
        .into_result(Some(()))
        .map_or_else(|problem| problem.errors().to_vec(), |()| Vec::new())
        .into_iter()
        .map(|error| (error.pointer.unwrap_or_default(), error.code.into_owned()))
        .collect()
}

#[test]
fn every_wrong_field_is_noted_at_once_with_its_pointer() {
    let found = errors(
        serde_json::json!({ "name": "", "enabled": "yes", "sortOrder": 3_000_000_000_u32, "websites": ["a", 7] }),
        |fields| {
            fields.text("name", 3, 255);
            fields.flag("enabled", true);
            fields.integer("sortOrder", i64::from(i32::MIN)..=i64::from(i32::MAX));
            fields.texts("websites", 10, 50);
        },
    );
    let expected = [
        ("/name", "too_short"),
        ("/enabled", "wrong_type"),
        ("/sortOrder", "out_of_range"),
        ("/websites/1", "wrong_type"),
    ];
    assert_eq!(found, expected.map(|(p, c)| (p.to_owned(), c.to_owned())));
}

#[test]
fn an_unknown_field_is_refused_with_the_nearest_known_name() {
    let map = serde_json::json!({ "sortorder": 1, "a/b": 2 });
    let map = map.as_object().expect("an object");
    let findings = Findings::default();
    let fields = Fields::of(map, &findings);
    fields.integer("sortOrder", 0..=9);
    fields.finish();
    let problem = findings
        .into_result(Some(()))
        .expect_err("two unknown fields");
    let messages: Vec<_> = problem
        .errors()
        .iter()
        .map(|e| (e.pointer.as_deref(), e.message.as_str()))
        .collect();
    assert_eq!(
        messages,
        [
            (Some("/a~1b"), "There is no field `a/b`."),
            (
                Some("/sortorder"),
                "There is no field `sortorder`; did you mean `sortOrder`?"
            ),
        ]
    );
}

#[test]
fn nul_is_refused_because_not_every_database_can_keep_it() {
    let found = errors(serde_json::json!({ "name": "a\0bc" }), |fields| {
        fields.text("name", 3, 255);
    });
    assert_eq!(
        found,
        [("/name".to_owned(), "control_character".to_owned())]
    );
}
