//! `/v1/rule-tests`

use super::super::rule_tests::{self, RuleTest};
use crate::{
    http::{body, request_body::TestsText, routing::Routes},
    operation::prelude::*,
    store::StoreError,
};

/// Mounts the calls.
pub fn routes(config: &mut impl Routes) {
    config.routing(get_rule_tests).routing(replace_rule_tests);
}

/// The tests of the rules.
#[derive(Serialize, ToSchema)]
struct RuleTests {
    /// All tests, in their order.
    #[schema(max_items = 500)]
    tests: Vec<RuleTest>,
}

/// The tests of the rules as they were saved.
#[derive(Serialize, ToSchema)]
struct SavedRuleTests {
    /// All tests, in their order.
    #[schema(max_items = 500)]
    tests: Vec<RuleTest>,
    /// The tests that fail now; absent if none does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<FieldError>,
}

/// Read the tests of the rules
///
/// A test is a cart and the methods that it must be offered. Every change of what checkout sees is tried against the
/// tests first. A token of websites gets the tests whose cart belongs to one of its websites, or to none.
#[utoipa::path(
    params(IfNoneMatch),
    responses((status = 200, description = "The tests, in their order.", body = RuleTests)),
)]
#[get("/v1/rule-tests")]
async fn get_rule_tests(
    read: Read<scope::Filtered<scope::RulesRead>>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let websites = read.caller.websites().clone();
    let (version, mut tests) = store
        .snapshot(|conn| {
            let version = rule_tests::store::find_set(conn)?.version;
            Ok::<_, StoreError>((version, rule_tests::store::load(conn)?))
        })
        .await?;
    tests.retain(|test| test.is_for(&websites));
    let shown = RuleTests { tests };
    Ok(reply::versioned(&read.request, version, shown))
}

/// Replace the tests of the rules
///
/// Tests that fail may be saved, and are listed in `warnings`. From then on a change of rules, integrations or settings is
/// refused if a test that passes would fail after it; switching off and deleting are not refused, but say so.
#[utoipa::path(
    params(RequiredIfMatch),
    request_body(content = RuleTests, content_type = "application/json", example = json!({ "tests": [{
        "name": "A small order from California may use terms",
        "cart": { "currency": "USD", "total": "90.00", "billingAddress": { "countryIso2": "US", "regionCode": "CA" } },
        "expect": { "contains": ["Apruve US"] }
    }] })),
    responses((status = 200, description = "The tests as they are now.", body = SavedRuleTests)),
)]
#[put("/v1/rule-tests")]
async fn replace_rule_tests(
    call: Edit<scope::RulesWrite, TestsText>,
    writes: Data<GuardedStore>,
) -> Result<HttpResponse, Problem> {
    let tests = web::block(move || read(&call.body.0))
        .await
        .map_err(Problem::internal)??;
    let wanted = tests.clone();
    let saved = writes
        .write(Refusable::Never, &call.actor, move |tx, actor| {
            rule_tests::replace(tx, actor, &call.header, &wanted)
        })
        .await?;
    Ok(Reply::ok().version(saved.value).json(SavedRuleTests {
        tests,
        warnings: saved.warnings,
    }))
}

fn read(body: &[u8]) -> Result<Vec<RuleTest>, Problem> {
    let (object, apart) = body::parse_apart(body::text(body)?, &["tests"])?;
    let findings = Findings::default();
    let list = apart.get("tests");
    if list.is_none() {
        let message = "`tests` is required.";
        findings.push(FieldError::at("/tests", "required", message));
    }
    let tests = list.map(|list| rule_tests::read_list(list, &findings));
    let fields = Fields::of(&object, &findings);
    // The answer of PUT may be sent back, so its other fields are ignored.
    fields.ignore(&["tests", "warnings"]);
    fields.finish();
    findings.into_result(tests)
}
