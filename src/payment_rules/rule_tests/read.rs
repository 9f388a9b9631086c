//! Reads tests from a body or a file, and reports the errors of all tests at once.

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::{Expectation, RuleTest};
use crate::{
    cart,
    http::{
        body::{self, Fields, Findings},
        problem::{FieldError, Problem},
    },
};

/// The maximum number of tests.
pub const MOST_TESTS: usize = 500;
/// The maximum number of methods that one test may name.
const MOST_NAMES: usize = 200;

/// Reads the list at `/tests`.
pub fn read_list(list: &RawValue, findings: &Findings) -> Vec<RuleTest> {
    let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(list.get()) else {
        let message = "`tests` must be a list.";
        findings.push(FieldError::at("/tests", "wrong_type", message));
        return Vec::new();
    };
    if items.len() > MOST_TESTS {
        let count = items.len();
        let message = format!("`tests` takes at most {MOST_TESTS} tests, not {count}.");
        findings.push(FieldError::at("/tests", "too_many", message));
        return Vec::new();
    }
    let mut names = HashSet::new();
    let mut tests = Vec::with_capacity(items.len());
    for (place, item) in items.into_iter().enumerate() {
        let pointer = format!("/tests/{place}");
        let Some(test) = read_one(item, &pointer, findings) else {
            continue;
        };
        if !names.insert(test.name.clone()) {
            let message = format!("Two tests are named `{}`; names are unique.", test.name);
            let pointer = format!("{pointer}/name");
            findings.push(FieldError::at(pointer, "duplicate", message));
        }
        tests.push(test);
    }
    tests
}

fn read_one(item: &RawValue, pointer: &str, findings: &Findings) -> Option<RuleTest> {
    let read = body::parse_around(item.get(), "cart");
    let (object, cart) = read
        .map_err(|problem| add(&problem, pointer, findings))
        .ok()?;
    let fields = Fields::at(&object, pointer.to_owned(), findings);
    let name = fields.text("name", 1, 255);
    if name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        fields.refuse("name", "blank", "`name` must not be blank.");
    }
    let at = fields.instant("at");
    let cart = fields.required("cart").and(cart);
    if let Some(problem) = cart.and_then(|cart| cart::read(cart.get()).err()) {
        add(&problem, &format!("{pointer}/cart"), findings);
    }
    let expect = read_expectation(&fields);
    fields.finish();
    Some(RuleTest {
        name: name?,
        cart: cart?.to_owned(),
        at,
        expect: expect?,
    })
}

fn read_expectation(fields: &Fields<'_>) -> Option<Expectation> {
    fields.required("expect")?;
    let expect = fields.object("expect")?;
    let names = |name| {
        let value = expect.value(name);
        value.map(|_| expect.unique_texts(name, MOST_NAMES, 255))
    };
    let given = [
        names("offered").map(Expectation::Offered),
        names("contains").map(Expectation::Contains),
        names("excludes").map(Expectation::Excludes),
    ];
    let mut given: Vec<Expectation> = given.into_iter().flatten().collect();
    if given.is_empty() {
        let message = "Say what is expected: `offered`, `contains` or `excludes`.";
        fields.refuse("expect", "required", message);
    }
    if given.len() > 1 {
        let message =
            "A test has one expectation: `offered`, `contains` or `excludes`; make several tests.";
        fields.refuse("expect", "not_both", message);
    }
    for name in ["contains", "excludes"] {
        let list = expect.value(name).and_then(|value| value.as_array());
        if list.is_some_and(Vec::is_empty) {
            let message =
                format!("`{name}` must name a method: an empty list is always fulfilled.");
            expect.refuse(name, "too_few", message);
        }
    }
    expect.finish();
    given.pop()
}

fn add(problem: &Problem, pointer: &str, findings: &Findings) {
    let errors = problem.errors().iter().cloned();
    findings.extend(errors.map(|error| error.prefixed(pointer)));
    if problem.errors().is_empty() {
        findings.push(FieldError::at(pointer, "unreadable", problem.to_string()));
    }
}
