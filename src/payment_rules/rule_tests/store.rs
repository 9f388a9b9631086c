//! The rows of the tests, and the version of the whole set.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::value::RawValue;

use super::RuleTest;
use crate::store::{
    Conn, StoreError, Tx, first_locked, on_each,
    schema::{rule_test_set, rule_tests},
    timestamp,
};

/// The set of tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct TestSet {
    /// The number of changes so far; the ETag.
    pub version: i64,
    /// The number of tests.
    pub tests: i32,
}

/// The maximum number of rows in one statement.
const CHUNK: usize = 100;

/// The version and the number of the tests.
pub fn find_set(conn: &mut Conn) -> Result<TestSet, StoreError> {
    Ok(rule_test_set::table
        .select((rule_test_set::version, rule_test_set::tests))
        .first(conn)?)
}

/// As [`find_set`], locked against other writers until the transaction ends.
pub fn find_set_locked(tx: &mut Tx<'_>) -> Result<TestSet, StoreError> {
    let set = rule_test_set::table.select((rule_test_set::version, rule_test_set::tests));
    Ok(first_locked!(tx, set)?)
}

/// All tests, in their order.
pub fn load(conn: &mut Conn) -> Result<Vec<RuleTest>, StoreError> {
    let rows: Vec<(String, String, Option<NaiveDateTime>, String)> = rule_tests::table
        .order(rule_tests::position)
        .select((
            rule_tests::name,
            rule_tests::cart,
            rule_tests::judged_at,
            rule_tests::expectation,
        ))
        .load(conn)?;
    let unreadable = |_| StoreError::unreadable("a test of the rules");
    let tests = rows.into_iter().map(|(name, cart, at, expectation)| {
        Ok(RuleTest {
            name,
            cart: RawValue::from_string(cart).map_err(unreadable)?,
            at: at.map(timestamp::from_stored),
            expect: serde_json::from_str(&expectation).map_err(unreadable)?,
        })
    });
    tests.collect()
}

/// Replaces all tests, whose set must be locked, and returns the new version.
pub fn replace(tx: &mut Tx<'_>, before: TestSet, tests: &[RuleTest]) -> Result<i64, StoreError> {
    diesel::delete(rule_tests::table).execute(tx.conn())?;
    let mut rows = Vec::with_capacity(tests.len());
    for (position, test) in (0_i32..).zip(tests) {
        let expectation = serde_json::to_string(&test.expect)
            .map_err(|_| StoreError::unreadable("an expectation that is to be kept"))?;
        rows.push((
            rule_tests::position.eq(position),
            rule_tests::name.eq(test.name.clone()),
            rule_tests::cart.eq(test.cart.get().to_owned()),
            rule_tests::judged_at.eq(test.at.map(timestamp::to_stored)),
            rule_tests::expectation.eq(expectation),
        ));
    }
    for rows in rows.chunks(CHUNK) {
        on_each!(tx, conn => diesel::insert_into(rule_tests::table)
            .values(rows.to_vec())
            .execute(conn))?;
    }
    let version = before.version + 1;
    let count = i32::try_from(tests.len()).unwrap_or(i32::MAX);
    diesel::update(rule_test_set::table)
        .set((
            rule_test_set::version.eq(version),
            rule_test_set::tests.eq(count),
        ))
        .execute(tx.conn())?;
    Ok(version)
}
