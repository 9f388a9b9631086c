//! Explains why a test fails: what it expects, what its cart is offered, and why each differing method is offered or
//! not.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{PartialSchema, ToSchema, openapi::OpenApi};

use super::{is_known, offered};
use crate::{
    auth::Websites,
    checkout::{
        eligibility::EligibilityContext,
        explain::{explainable_walk, not_offered},
        reason::{Reason, RuleName},
    },
    http::problem::FieldError,
    payment_rules::{
        rule_tests::{Expectation, RuleTest},
        rulebook::Rulebook,
    },
};

/// A test of the rules that fails.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailedRuleTest {
    /// The test's name.
    #[schema(example = "A small order from California may use terms")]
    pub name: String,
    /// What the test expects.
    pub expect: Expectation,
    /// The methods that its cart is offered, by the names of integrations.
    pub offered: Vec<String>,
    /// The difference in a sentence.
    #[schema(example = "It expects that “Apruve US” is offered; nothing is offered.")]
    pub message: String,
    /// The methods on which expectation and answer differ.
    pub methods: Vec<ConcernedMethod>,
}

/// A method on which the expectation of a test and the answer differ.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MethodOfFailedRuleTest)]
pub struct ConcernedMethod {
    /// The name of its integration.
    #[schema(example = "Apruve US")]
    name: String,
    /// The method's id; absent if no integration has this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "apruve_01h455vb4pex5vsknk084sn02q")]
    id: Option<String>,
    /// The rule that offers it; absent if it is not offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = RuleName, required = false)]
    offered_by: Option<RuleName>,
    /// The reasons why it is not offered; absent if it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    reasons: Vec<Reason>,
}

/// Adds the schemas of failing tests in problems to the OpenAPI document, because no response refers to them directly.
pub fn describe(document: &mut OpenApi) {
    let name = FailedRuleTest::name().into_owned();
    let mut named = vec![(name, FailedRuleTest::schema())];
    FailedRuleTest::schemas(&mut named);
    let known = &mut document.components.get_or_insert_default().schemas;
    for (name, schema) in named {
        known.entry(name).or_insert(schema);
    }
}

impl FailedRuleTest {
    /// Sentences that tell why the differing methods are offered or not.
    pub fn reasons(&self) -> Vec<String> {
        let of_method = |method: &ConcernedMethod| {
            let name = &method.name;
            let by = method.offered_by.iter();
            let by = by.map(|rule| format!("“{name}” is offered by “{}”.", rule.name));
            let reasons = method.reasons.iter();
            let reasons = reasons.map(|it| format!("“{name}”: {}", it.message));
            by.chain(reasons).collect::<Vec<_>>()
        };
        self.methods.iter().flat_map(of_method).collect()
    }

    /// The failing test as a warning; `place` is its index among all tests.
    pub fn warning(&self, place: usize) -> FieldError {
        let message = format!("The test “{}” fails. {}", self.name, self.message);
        FieldError::at(format!("/tests/{place}"), "rule_test_failed", message)
            .with("test", &self.name)
    }
}

/// Explains a failing test, for a caller who may be bound to websites. Without `visible_to` the methods are not
/// explained, which would take longer than the test itself.
pub fn explain(
    test: &RuleTest,
    book: &Rulebook,
    now: DateTime<Utc>,
    visible_to: Option<&Websites>,
) -> FailedRuleTest {
    let failed = |offered, message, methods| FailedRuleTest {
        name: test.name.clone(),
        expect: test.expect.clone(),
        offered,
        message,
        methods,
    };
    let cart = match book.read_cart(test.cart.get()) {
        Ok(cart) => cart,
        Err(problem) => {
            let message = format!("Its cart cannot be read: {problem}");
            return failed(Vec::new(), message, Vec::new());
        }
    };
    let mut context = EligibilityContext::new(&cart, test.at.unwrap_or(now));
    if let Some(websites) = visible_to {
        context = context.visible_to(websites);
    }
    let (walk, mut verdicts) = explainable_walk(book, &context);
    let offered: Vec<String> = offered(book, &walk).map(str::to_owned).collect();
    let (mut methods, mut names) = (Vec::new(), Vec::new());
    if visible_to.is_some() {
        methods = not_offered(book, &context, &walk, &mut verdicts);
        names = concerned(&test.expect, &offered);
    }
    let methods = names.into_iter().map(|name| {
        let by = walk.offered.iter().find(|it| {
            let card = &book.methods()[it.method()];
            card.method.name == name
        });
        let why_not = methods.iter().find(|it| it.card.method.name == name);
        let card = book.methods().iter().find(|it| it.method.name == name);
        ConcernedMethod {
            id: card.map(|card| card.method.id.to_string()),
            offered_by: by
                .map(|it| &it.rule.compiled.rule)
                .filter(|rule| context.may_name(rule))
                .map(RuleName::of),
            reasons: why_not.map_or_else(Vec::new, |it| it.reasons.clone()),
            name,
        }
    });
    let methods = methods.collect();
    let mut message = sentence(&test.expect, &offered);
    for name in test.expect.names().iter().filter(|it| !is_known(book, it)) {
        message.push_str(&format!(" There is no integration “{name}”."));
    }
    if walk.is_incomplete() {
        message.push_str(
            " The rules used up what one request may spend on expressions before all were judged.",
        );
    }
    failed(offered, message, methods)
}

/// The names on which expectation and answer differ.
fn concerned(expect: &Expectation, offered: &[String]) -> Vec<String> {
    let is_offered = |name: &&String| offered.contains(name);
    let missing = |names: &[String]| -> Vec<String> {
        let missing = names.iter().filter(|name| !is_offered(name));
        missing.cloned().collect()
    };
    match expect {
        Expectation::Offered(names) => {
            let more = offered.iter().filter(|name| !names.contains(name));
            missing(names).into_iter().chain(more.cloned()).collect()
        }
        Expectation::Contains(names) => missing(names),
        Expectation::Excludes(names) => names.iter().filter(is_offered).cloned().collect(),
    }
}

fn sentence(expect: &Expectation, offered: &[String]) -> String {
    let what = match expect {
        Expectation::Offered(names) if names.is_empty() => "no method is offered".to_owned(),
        Expectation::Offered(names) => format!("exactly {} is offered", list(names)),
        Expectation::Contains(names) => format!("{} is offered", list(names)),
        Expectation::Excludes(names) => format!("{} is not offered", list(names)),
    };
    let got = match offered {
        [] => "nothing".to_owned(),
        offered => list(offered),
    };
    format!("It expects that {what}; offered is {got}.")
}

fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    quoted.join(", ")
}
