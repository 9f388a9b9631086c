use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn found(text: &str, root: Root) -> Vec<(String, String)> {
    errors(text, root, TextOrigin::default())
        .into_iter()
        .map(|error| (error.pointer.unwrap_or_default(), error.code.into_owned()))
        .collect()
}

#[test]
fn a_name_given_twice_is_found_wherever_it_is_and_however_it_is_spelled() {
    for (text, pointer) in [
        (r#"{"orderId":"A","orderId":"B"}"#, "/orderId"),
        (r#"{"orderId":"A","orderId":"A"}"#, "/orderId"),
        (r#"{"a":1,"b":2,"a":null}"#, "/a"),
        (r#"{"":1,"":2}"#, "/"),
        (r#"{"a":{"b":{"c":1,"c":2}}}"#, "/a/b/c"),
        (r#"[{"x":1},{"x":1,"x":2}]"#, "/1/x"),
        (r#"{"rules":[{"a":[{},{"n":1,"n":1}]}]}"#, "/rules/0/a/1/n"),
        (r#"{"orderId":"A","order\u0049d":"B"}"#, "/orderId"),
        (r#"{"\u006frderId":"A","orderId":"B"}"#, "/orderId"),
        (r#"{"a/b~c":1,"a\/b~c":2}"#, "/a~1b~0c"),
        (r#"{"é":1,"\u00e9":2}"#, "/é"),
        (r#"{"😀":1,"\ud83d\ude00":2}"#, "/😀"),
        (r#"{"a\"b":1,"a\u0022b":2}"#, "/a\"b"),
        (r#"{"a" : {"k":[]} , "a" : []}"#, "/a"),
        ("{\n\t\"a\":1,\r\n\t\"a\":2}", "/a"),
        (r#"{"abcdefgh":1,"abcdefgh":2}"#, "/abcdefgh"),
        (
            r#"{"billingAddress":1,"billingAddresz":1,"billingAddress":2}"#,
            "/billingAddress",
        ),
    ] {
        let expected = vec![(pointer.to_owned(), "duplicate_name".to_owned())];
        assert_eq!(found(text, Root::Body), expected, "{text}");
    }
}

#[test]
fn names_that_differ_are_no_duplicates() {
    for text in [
        r#"{"a":1,"A":2,"aa":3,"":4," ":5,"a ":6}"#,
        r#"{"a":{"a":{"a":[{"a":1},{"a":1}]}}}"#,
        "{\"é\":1,\"e\u{301}\":2}",
        r#"{"billingAddress":1,"billing_Address":2,"billingAddresx":3}"#,
        r#"{"a":"a\":\"","b":"{\"a\":1,\"a\":2}","c":"[","d":",\"a\":"}"#,
        r#"["a","a",{"a":"a"},"a"]"#,
        r#"{"a\u0000":1,"a":2}"#,
        r#"{"a":1,"b":[1,2,{"b":1}],"c":{"a":1},"d":{"a":2}}"#,
        r#"  "text"  "#,
        "",
    ] {
        assert_eq!(found(text, Root::Body), [], "{text}");
    }
}

#[test]
fn an_object_with_many_names_is_looked_through_to_its_end() {
    let object = |names: &[String]| {
        let members: Vec<_> = names.iter().map(|name| format!("\"{name}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    let mut names: Vec<String> = (0..5000).map(|number| format!("name-{number}")).collect();
    assert_eq!(found(&object(&names), Root::Body), []);
    for (first, second) in [(0, 1), (3, 4999), (47, 48), (10, 48), (4000, 4900)] {
        let kept = std::mem::replace(&mut names[second], format!("name-{first}"));
        let expected = vec![(format!("/name-{first}"), "duplicate_name".to_owned())];
        assert_eq!(found(&object(&names), Root::Body), expected);
        names[second] = kept;
    }
}

#[test]
fn half_a_surrogate_pair_is_found_in_names_and_in_texts() {
    for (text, pointer) in [
        (r#"{"giftMessage":"\ud83d"}"#, "/giftMessage"),
        (r#"{"a":["x","\udc00"]}"#, "/a/1"),
        (r#"{"a":"\ud83d\ud83d\ude00"}"#, "/a"),
        (r#"{"a":"\ud83dx\ude00"}"#, "/a"),
        (r#"{"a":"\ude00\ud83d"}"#, "/a"),
        (r#"{"a":"\uD83D\n"}"#, "/a"),
        (r#"{"a":"\uDBFF\uE000"}"#, "/a"),
        (r#""\ud800""#, ""),
    ] {
        let expected = vec![(pointer.to_owned(), "lone_surrogate".to_owned())];
        assert_eq!(found(text, Root::Body), expected, "{text}");
    }
    let name = errors(r#"{"\ud83d":1}"#, Root::Body, TextOrigin::default());
    assert_eq!(name[0].code, "lone_surrogate");
    for text in [
        r#"{"a":"\ud83d\ude00 \uD83D\uDE00 \ud7ff\ue000 \\ud83d \"\u0000"}"#,
        r#"{"😀":"😀"}"#,
    ] {
        assert_eq!(found(text, Root::Body), [], "{text}");
    }
}

#[test]
fn a_number_goes_as_far_as_28_digits_hold_it() {
    let nines = "9".repeat(28);
    for number in [
        "0",
        "-0",
        "0.0",
        "0e999",
        "-0.000e-999",
        "1",
        "-12.50",
        "1e27",
        "1.5E+3",
        "1e-28",
        "100e-2",
        &nines,
        &format!("-{nines}"),
        &format!("0.{nines}"),
        &format!("1.{}", "0".repeat(60)),
        &format!("1{}e-50", "0".repeat(60)),
        "12345678901234.12345678901234",
        "0.0000000000000000000000000001",
        "999999999999999999999999999.9",
    ] {
        assert_eq!(found(&format!("[{number}]"), Root::Body), [], "{number}");
    }
    for number in [
        "1e999",
        "-1e999",
        "1e28",
        "1e-29",
        "1E+400",
        "1e-400",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        &format!("{nines}9"),
        &format!("0.{nines}9"),
        &format!("1{}", "0".repeat(28)),
        "12345678901234.123456789012345",
        &format!("1{}e-1", "0".repeat(400)),
        "0.00000000000000000000000000001",
    ] {
        let expected = vec![("/0".to_owned(), "number_out_of_range".to_owned())];
        assert_eq!(
            found(&format!("[{number}]"), Root::Body),
            expected,
            "{number}"
        );
    }
    assert_eq!(
        found(r#"{"a":"1e999"}"#, Root::Body),
        [],
        "a text is a text"
    );
}

#[test]
fn nesting_ends_at_64_and_is_counted_from_the_cart() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    let code = |text: &str, root| {
        found(text, root)
            .into_iter()
            .map(|(_, code)| code)
            .collect::<Vec<_>>()
    };
    assert_eq!(code(&nested(64), Root::Body), [""; 0]);
    assert_eq!(code(&nested(65), Root::Body), ["too_deep"]);
    assert_eq!(code(&nested(100_000), Root::Body), ["too_deep"]);
    // The cart's own object is level 1, both alone and in a body.
    for (levels, fits) in [(63, true), (64, false)] {
        let cart = format!(r#"{{"a":{}}}"#, nested(levels));
        let expected: &[&str] = if fits { &[] } else { &["too_deep"] };
        assert_eq!(code(&cart, Root::Cart), expected);
        for body in [
            format!(r#"{{"cart":{cart}}}"#),
            format!(r#"{{"x":{},"c\u0061rt":{cart},"y":1}}"#, nested(63)),
        ] {
            assert_eq!(code(&body, Root::Body), expected, "{body}");
        }
        let beside = format!(r#"{{"cart":{{}},"cats":{}}}"#, nested(levels));
        assert_eq!(code(&beside, Root::Body), expected, "{beside}");
        let inner = format!(r#"{{"cart":{}}}"#, nested(levels));
        assert_eq!(code(&inner, Root::Cart), expected, "{inner}");
    }
}

#[test]
fn all_that_is_wrong_is_reported_at_once_with_its_place() {
    let text = "{\"a\":1,\n \"a\":[1e999,\"\\ud83d\"],\n\"cart\":{\"b\":{\"c\":1,\"c\":2}}}";
    let problem = check(text.as_bytes(), Root::Body).expect_err("four errors");
    assert_eq!(problem.kind(), Kind::MalformedJson);
    let told: Vec<_> = problem
        .errors()
        .iter()
        .map(|error| error.message.as_str())
        .collect();
    assert_eq!(
        told,
        [
            "Line 2, column 2: the name `a` is given twice in one object.",
            "Line 2, column 7: a number takes more than 28 digits to write out.",
            "Line 2, column 13: a text has half a surrogate pair, which is no character.",
            "Line 3, column 20: the name `c` is given twice in one object.",
        ]
    );
    let origin = TextOrigin {
        pointer: "/rules/7",
        line: 12,
        column: 5,
        depth: 63,
    };
    let part = errors("{\"c\":1,\"c\":\n[]}", Root::Cart, origin);
    let told: Vec<_> = part
        .iter()
        .map(|error| (error.pointer.as_deref(), error.message.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                Some("/rules/7/c"),
                "Line 12, column 12: the name `c` is given twice in one object."
            ),
            (
                Some("/rules/7/c"),
                "Line 13, column 1: objects and lists are nested more than 64 deep."
            ),
        ]
    );
    assert_eq!(
        check(b"{\"a\":\"\xff\"}", Root::Body).map_err(|it| it.kind()),
        Err(Kind::MalformedJson)
    );
}

#[test]
fn an_answer_names_a_hundred_errors_and_no_more() {
    let text = format!("[{}]", vec!["1e999"; 5000].join(","));
    assert_eq!(
        errors(&text, Root::Body, TextOrigin::default()).len(),
        MAX_PROBLEMS
    );
}

/// A JSON text in which names may repeat, and whether they do.
fn written() -> impl Strategy<Value = (String, bool)> {
    let name = prop_oneof!["[a-c]", "[a-z]{7,9}", Just("\\u0061".to_owned())];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        "[0-9]{1,3}",
        "\"[a-z{}\\[\\],:]{0,12}\""
    ]
    .prop_map(|text| (text, false));
    leaf.prop_recursive(5, 40, 6, move |inner| {
        let list = prop::collection::vec(inner.clone(), 0..6).prop_map(|items| {
            let (texts, flags): (Vec<_>, Vec<_>) = items.into_iter().unzip();
            (format!("[{}]", texts.join(", ")), flags.contains(&true))
        });
        let object = prop::collection::vec((name.clone(), inner), 0..6).prop_map(|members| {
            let mut seen = HashSet::new();
            let mut repeats = false;
            let mut texts = Vec::new();
            for (name, (value, inside)) in members {
                repeats |= inside | !seen.insert(name.replace("\\u0061", "a"));
                texts.push(format!("\"{name}\" : {value}"));
            }
            (format!("{{{}}}", texts.join(" ,\n")), repeats)
        });
        prop_oneof![list, object]
    })
}

proptest! {
    #[test]
    fn names_are_found_exactly_where_they_repeat((text, repeats) in written()) {
        let codes: Vec<_> = found(&text, Root::Body).into_iter().map(|(_, code)| code).collect();
        prop_assert_eq!(codes.contains(&"duplicate_name".to_owned()), repeats, "{}", text);
    }

    #[test]
    fn what_is_let_in_is_read_back_the_same(text in "\\PC{0,40}") {
        let json = Value::String(text).to_string();
        prop_assert_eq!(found(&json, Root::Body), []);
    }

    #[test]
    fn no_text_makes_it_panic_and_every_pointer_is_one(bytes in prop::collection::vec(prop::sample::select(
        b"{}[],:\"\\ud8c01e9-. a\n".to_vec()), 0..120))
    {
        if let Ok(text) = check(&bytes, Root::Body) {
            prop_assert_eq!(text.as_bytes(), &bytes[..]);
        }
    }

    #[test]
    fn a_plain_part_ends_where_the_first_special_byte_is(bytes in prop::collection::vec(any::<u8>(), 0..80), from in 0_usize..20) {
        let slow = (from..bytes.len()).find(|at| matches!(bytes[*at], b'"' | b'\\'));
        prop_assert_eq!(scan::special_from(&bytes, from), slow);
    }
}
