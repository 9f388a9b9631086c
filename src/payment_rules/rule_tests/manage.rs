//! Changes that an administrator makes to the tests.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::{MOST_TESTS, RuleTest, store};
use crate::{
    audit::{self, Actor, Change},
    http::{precondition::IfMatch, problem::FieldError},
    payment_rules::refusal::RuleRefusal,
    store::{StoreError, Tx},
};

/// Replaces all tests, and returns the new version. The same tests change nothing.
pub fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    if_match: &IfMatch,
    tests: &[RuleTest],
) -> Result<i64, RuleRefusal> {
    let set = store::find_set_locked(tx)?;
    if_match.check(set.version)?;
    let before = store::load(tx)?;
    Ok(save(tx, actor, set, &before, tests)?)
}

/// Imports the tests of a file. They replace all tests or, with `keep`, only those with the same names.
pub fn merge(
    tx: &mut Tx<'_>,
    actor: &Actor,
    tests: &[RuleTest],
    keep: bool,
) -> Result<i64, RuleRefusal> {
    let set = store::find_set_locked(tx)?;
    let before = store::load(tx)?;
    let mut merged = if keep { before.clone() } else { Vec::new() };
    for test in tests {
        match merged.iter_mut().find(|kept| kept.name == test.name) {
            Some(kept) => *kept = test.clone(),
            None => merged.push(test.clone()),
        }
    }
    if merged.len() > MOST_TESTS {
        let message = format!(
            "With those that are kept there would be {} tests; {MOST_TESTS} are the most.",
            merged.len()
        );
        let error = FieldError::at("/tests", "too_many", message);
        return Err(RuleRefusal::Invalid(vec![error]));
    }
    Ok(save(tx, actor, set, &before, &merged)?)
}

fn save(
    tx: &mut Tx<'_>,
    actor: &Actor,
    set: store::TestSet,
    before: &[RuleTest],
    after: &[RuleTest],
) -> Result<i64, StoreError> {
    // The answer to every save lists the failing tests, new or not.
    tx.note_tests();
    if before == after {
        return Ok(set.version);
    }
    let change = Change {
        action: "update",
        resource_type: "rule_tests",
        resource_id: "rule-tests".to_owned(),
        fields: audit::changed_fields(Some(&audit_fields(before)), Some(&audit_fields(after))),
    };
    audit::record(tx, actor, &change)?;
    store::replace(tx, set, after)
}

/// The tests by name for the audit log, without the personal data in their carts.
fn audit_fields(tests: &[RuleTest]) -> Value {
    let each = tests.iter().map(|test| {
        let hash = short_hash(test.cart.get());
        let audit_fields = json!({ "at": test.at, "expect": test.expect, "cartHash": hash });
        (test.name.clone(), audit_fields)
    });
    Value::Object(each.collect::<Map<_, _>>())
}

/// The first eight bytes of the SHA-256 hash in hexadecimal; enough to see that a cart has changed.
fn short_hash(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    let bytes = hash.as_ref().iter().take(8);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}
