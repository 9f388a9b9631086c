//! Members of JSON objects as Apruve writes them.

use serde_json::json;

use super::*;

/// The smallest possible object.
#[derive(Debug, PartialEq)]
struct Thing(ProviderId, Option<i64>);

impl Wire for Thing {
    const NOUN: &'static str = "thing";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(Thing(fields.own_id()?, fields.cents("amount_cents")?))
    }
}

fn thing(id: &str, cents: Option<i64>) -> Thing {
    Thing(ProviderId::parse(id).expect("an id"), cents)
}

#[test]
fn one_object_is_read_bare_and_wrapped_and_whatever_stands_beside() {
    for (body, expected) in [
        (
            json!({ "id": "a1", "amount_cents": 5, "new": [1] }),
            thing("a1", Some(5)),
        ),
        (
            json!({ "thing": { "id": "a1", "amount_cents": "-5" } }),
            thing("a1", Some(-5)),
        ),
        (
            json!({ "id": "a1", "thing": { "id": "b2" } }),
            thing("a1", None),
        ),
        (
            json!({ "id": 13484, "amount_cents": null }),
            thing("13484", None),
        ),
        (
            json!({ "uuid": "a1", "amount_cents": "" }),
            thing("a1", None),
        ),
    ] {
        assert_eq!(
            read_one(body.to_string().as_bytes()),
            Ok(expected),
            "{body}"
        );
    }
}

#[test]
fn what_is_not_such_an_object_is_reported_without_quoting_it() {
    let broken = UnreadableAnswer::NotJson { line: 1, column: 6 };
    let field = UnreadableAnswer::Field;
    for (body, why) in [
        ("{\"id\":", broken),
        ("[]", UnreadableAnswer::NotA("an object")),
        ("[\"a1\", 5]", UnreadableAnswer::NotA("an object")),
        ("null", UnreadableAnswer::NotA("an object")),
        ("{}", field("id")),
        ("{\"id\":\"../orders\"}", field("id")),
        (
            "{\"id\":\"a1\",\"amount_cents\":12.5}",
            field("amount_cents"),
        ),
        (
            "{\"id\":\"a1\",\"amount_cents\":12.0}",
            field("amount_cents"),
        ),
        (
            "{\"id\":\"a1\",\"amount_cents\":\"12.50\"}",
            field("amount_cents"),
        ),
        (
            "{\"id\":\"a1\",\"amount_cents\":99999999999999999999}",
            field("amount_cents"),
        ),
        (
            "{\"id\":\"a1\",\"amount_cents\":true}",
            field("amount_cents"),
        ),
    ] {
        assert_eq!(read_one::<Thing>(body.as_bytes()), Err(why), "{body}");
    }
}

#[test]
fn a_list_is_read_bare_and_wrapped_and_only_as_a_whole() {
    let all = vec![thing("a1", None), thing("b2", None)];
    let list = json!([{ "id": "a1" }, { "id": "b2" }]);
    assert_eq!(read_list(list.to_string().as_bytes()), Ok(all));
    let wrapped = json!({ "things": [{ "id": "a1" }] });
    assert_eq!(
        read_list(wrapped.to_string().as_bytes()),
        Ok(vec![thing("a1", None)])
    );
    assert_eq!(read_list::<Thing>(b"[]"), Ok(Vec::new()));
    for body in [
        "{}",
        "{\"things\":{}}",
        "null",
        "[{\"id\":\"a1\"},{}]",
        "[[]]",
    ] {
        assert!(read_list::<Thing>(body.as_bytes()).is_err(), "{body}");
    }
}

/// Optional information beside the required members.
#[derive(Debug, PartialEq)]
struct Optionals(
    Option<String>,
    Option<i64>,
    Option<DateTime<Utc>>,
    Vec<Thing>,
    Option<Thing>,
);

impl Wire for Optionals {
    const NOUN: &'static str = "told";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        fields.own_id()?;
        Ok(Optionals(
            fields.text("text"),
            fields.any_cents("cents"),
            fields.time("at"),
            fields.any_list("things"),
            fields.object("thing").and_then(|it| Thing::read(&it).ok()),
        ))
    }
}

#[test]
fn a_member_that_only_informs_may_have_any_shape() {
    let absent = Optionals(None, None, None, Vec::new(), None);
    let deep = "[".repeat(5000) + &"]".repeat(5000);
    let shapes = [
        "null",
        "true",
        "{}",
        "[]",
        "[null, 1, \"x\", [], {}]",
        "{\"id\": {}, \"id\": []}",
        "\"\\ud83d\"",
        &deep,
    ];
    for member in ["text", "cents", "at", "things", "thing", "unheard_of"] {
        for shape in shapes {
            let body = format!("{{\"id\":\"a1\",\"{member}\":{shape}}}");
            assert_eq!(
                read_one::<Optionals>(body.as_bytes()).as_ref(),
                Ok(&absent),
                "{member}: {shape:.40}"
            );
        }
    }
    for (shape, cents) in [
        ("100.5", None),
        ("1e999", None),
        ("\"12.50\"", None),
        ("\" 7 \"", Some(7)),
        ("-3", Some(-3)),
    ] {
        let body = format!("{{\"id\":\"a1\",\"cents\":{shape}}}");
        let read = read_one::<Optionals>(body.as_bytes()).expect("readable");
        assert_eq!(read.1, cents, "{shape}");
    }
    let some = r#"{"id":"a1","things":[{"id":"b2"},{},7,{"id":"c3","amount_cents":1.5}],"thing":{"id":"d4"}}"#;
    let read = read_one::<Optionals>(some.as_bytes()).expect("readable");
    assert_eq!(
        (read.3, read.4),
        (vec![thing("b2", None)], Some(thing("d4", None)))
    );
    let bad_byte = b"{\"id\":\"a1\",\"unheard_of\":\"\xff\"}";
    assert_eq!(read_one::<Optionals>(bad_byte), Ok(absent));
}

#[test]
fn times_are_read_in_every_form_seen() {
    let expected = "2017-05-11T14:05:09Z".parse().ok();
    for text in [
        "2017-05-11T09:05:09-05:00",
        "2017-05-11T09:05:09.000-05:00",
        "2017-05-11T09:05:09-0500",
        "2017-05-11 09:05:09 -0500",
        "2017-05-11T14:05:09Z",
        "2017-05-11 14:05:09 UTC",
        "2017-05-11 14:05:09",
        "2017-05-11T14:05:09",
    ] {
        assert_eq!(time(text), expected, "{text}");
    }
    assert_eq!(time("2017-05-11"), "2017-05-11T00:00:00Z".parse().ok());
    for text in ["", "soon", "1494511509", "2017-13-01T00:00:00Z"] {
        assert_eq!(time(text), None, "{text}");
    }
}
