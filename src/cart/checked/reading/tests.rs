//! What is read without a pass of its own for what parsers read differently has nothing of the kind, and is the same cart.

use std::cell::Cell;

use proptest::{prelude::*, test_runner::TestRunner};

use super::*;
use crate::cart::DIALECT;

#[path = "../../../../crates/expressions/tests/language/any_document.rs"]
mod any_document;

/// Reads the body with the careful reader only.
fn in_two_passes(body: &[u8]) -> Result<Cart<'_>, Problem> {
    let json = strict::check(body, Root::Cart)?;
    let (record, problems) = schema().read_carefully(json).map_err(refuse)?;
    only_valid(check_all(record, problems))
}

fn shown(read: Result<Cart<'_>, Problem>) -> String {
    match read {
        Ok(cart) => format!("{cart:?}"),
        Err(problem) => format!("{} {:?}", problem.kind().slug(), problem.errors()),
    }
}

#[test]
fn a_cart_is_the_same_however_it_is_read() {
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 2000;
    }
    let (short, valid) = (Cell::new(0), Cell::new(0));
    let run = TestRunner::new(config).run(&any_document::any_document(schema()), |text| {
        let arena = arena_for(text.as_bytes());
        let one = shown(read_body(&arena, text.as_bytes()));
        let two = shown(in_two_passes(text.as_bytes()));
        prop_assert!(one == two, "{}\n{}\n{}", text, one, two);
        let is_short = schema()
            .read_valid(&text)
            .is_some_and(|it| it.is_unambiguous);
        short.set(short.get() + usize::from(is_short));
        valid.set(valid.get() + usize::from(read_body(&arena, text.as_bytes()).is_ok()));
        Ok(())
    });
    if let Err(failure) = run {
        panic!("{failure}");
    }
    assert!(short.get() > 50, "{} of the short way", short.get());
    assert!(valid.get() > 10, "{} valid", valid.get());
}

#[test]
fn usual_carts_are_read_in_one_pass_and_what_is_unusual_is_looked_at() {
    let takes_one_pass = |text: &str| {
        let valid = schema().read_valid(text).expect(text);
        assert!(strict::errors(text, Root::Cart, strict::TextOrigin::default()).is_empty());
        valid.is_unambiguous
    };
    assert!(takes_one_pass(&(DIALECT.sample)(40)));
    let with = |custom: &str| format!(r#"{{"currency":"USD",{custom}}}"#);
    for (custom, one_pass) in [
        (r#""giftMessage":"Zo\u00eb""#, true),
        (r#""loyalty":12.5,"seen":null,"express":true"#, true),
        (r#""loyalty":1e3"#, false),
        (r#""tags":["a"]"#, false),
        (r#""extra":{"a":1}"#, false),
    ] {
        assert_eq!(takes_one_pass(&with(custom)), one_pass, "{custom}");
    }
    for custom in [
        r#""a":1,"a":2"#,
        r#""a":1,"\u0061":2"#,
        r#""a":"\ud83d""#,
        r#""a":{"b":1,"b":2}"#,
        r#""a":123456789012345678901234567890"#,
        r#""\u0063urrency":"EUR""#,
    ] {
        let text = with(custom);
        let arena = arena_for(text.as_bytes());
        let problem = read_body(&arena, text.as_bytes()).expect_err(custom).kind();
        assert_eq!(problem, Kind::MalformedJson, "{custom}");
    }
}

/// What is changed of a cart in an arena is copied first; nothing else may change with it.
#[test]
fn a_cart_in_an_arena_is_changed_like_another_one() {
    let text = r#"{"currency":"USD","website":" ","merchantCountry":"FR",
        "billingAddress":{"countryIso2":" US","regionCode":"C\u0041 ","city":" Ojai "},
        "shippingAddress":{"countryIso2":"US","postalCode":"\t90210"},
        "lineItems":[{"productSku":"A","product":{"name":"a"},"extra":"\u00e9"},{"product":{"sku":"B"}}]}"#;
    let arena = arena_for(text.as_bytes());
    let changes: [&dyn Fn(&mut Cart<'_>); 6] = [
        &|_| {},
        &|cart| cart.set_merchant_country(None),
        &|cart| cart.set_merchant_country(Some("FR")),
        &|cart| cart.set_merchant_country(Some("DE")),
        &|cart| cart.withhold("lineItems[].product.sku"),
        &|cart| {
            cart.withhold("billingAddress.city");
            cart.withhold("loyalty");
        },
    ];
    let unchanged = shown(read(text));
    let mut seen = Vec::new();
    for change in changes {
        let [mut one, mut other] =
            [read_body(&arena, text.as_bytes()), read(text)].map(|cart| cart.expect("a cart"));
        let untouched = Cart::clone(&one);
        change(&mut one);
        change(&mut other);
        assert_eq!(format!("{one:?}"), format!("{other:?}"));
        assert_eq!(shown(Ok(untouched)), unchanged);
        seen.push(format!("{one:?}"));
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 5, "one of the six changes nothing more");
    assert!(
        unchanged.contains("\"CA\"") && unchanged.contains("\" Ojai \""),
        "{unchanged}"
    );
}
