//! Endpoints for rule editors: check an expression, try it on a document, complete it, and describe the language.
//!
//! The [`Dialect`] defines the documents. The app injects it, so that this module does not depend on carts.

mod complete;

use serde_json::value::RawValue;
use utoipa::openapi::{Ref, schema::RefBuilder};

use super::{
    Budget, Diagnostic, Dialect, EvalError, Expression, Language, MAX_TEXT, Record, Severity,
    Trace, field_error, warnings,
};
use crate::{
    http::{body, request_body::CartText, routing::Routes},
    operation::prelude::*,
    rate_limit::class,
};

/// Mounts the calls.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(check_expression)
        .routing(evaluate_expression)
        .routing(complete::complete_expression)
        .routing(get_expression_schema);
}

/// A text to check.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "expression": "total <= 1000 and billingAddress.countryIso2 in [\"US\", \"CA\"]" }))]
#[expect(dead_code, reason = "describes what is read below")]
struct ExpressionToCheck {
    /// The expression to check, in the language of rules.
    #[schema(
        example = "total <= 1000 and billingAddress.countryIso2 in [\"US\", \"CA\"]",
        max_length = 32768
    )]
    expression: String,
}

/// The result of checking an expression.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CheckedExpression {
    /// Whether a rule with this expression can be saved.
    valid: bool,
    /// Errors and warnings, with their positions.
    diagnostics: Vec<Diagnostic>,
    /// The type of its value; null if the expression is not valid.
    #[serde(rename = "type")]
    #[schema(example = "boolean")]
    kind: Option<&'static str>,
    /// The warnings about the expression that the answer to saving a rule with it would contain.
    warnings: Vec<FieldError>,
    /// The attributes that the expression reads.
    #[schema(example = json!(["total", "billingAddress.countryIso2"]))]
    attributes: Vec<String>,
}

/// A text and a cart to try it on.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "expression": "total <= 1000", "cart": { "currency": "USD", "total": "1290.50" } }))]
#[expect(dead_code, reason = "describes what is read below")]
struct ExpressionTrial {
    /// The expression to evaluate, in the language of rules.
    #[schema(example = "total <= 1000", max_length = 32768)]
    expression: String,
    /// The cart, as checkout takes it. Here `merchantCountry` is what the cart says, not what the settings say.
    #[schema(schema_with = cart)]
    cart: (),
}

/// A reference to the schema of carts by its name, because this module does not depend on carts.
fn cart() -> Ref {
    RefBuilder::new()
        .ref_location_from_schema_name("Cart")
        .description(Some(
            "The cart, as checkout takes it. Here `merchantCountry` is what the cart says, not what the settings say.",
        ))
        .build()
}

/// The result of an expression on one cart.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EvaluatedExpression)]
struct Evaluated {
    /// Whether a rule with this expression would apply.
    applies: bool,
    /// The value; absent if the expression failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    value: Option<Box<RawValue>>,
    /// The error; absent unless the expression failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<EvalError>,
    /// The outcome of each part; null for a blank expression.
    trace: Option<Trace>,
    /// Warnings about the text.
    diagnostics: Vec<Diagnostic>,
}

/// Dry runs have their own rate limit.
type EvaluateScope = scope::CountedAs<scope::GlobalRead<scope::RulesRead>, class::Evaluate>;

/// Check an expression
///
/// The answer for an expression with errors is 200 with diagnostics.
#[utoipa::path(operation_id = "check_expression",
    security(("bearer" = ["rules:read"])),
    request_body(content = ExpressionToCheck, content_type = "application/json"),
    responses((status = 200, description = "What there is to say of it.", body = CheckedExpression)))]
#[post("/v1/expressions/check")]
async fn check_expression(
    call: Call<EvaluateScope, JsonObject, ()>,
    dialect: Data<Dialect>,
) -> Result<HttpResponse, Problem> {
    let JsonObject(object) = call.body;
    let text = Fields::read(&object, expression)?;
    if text.trim().is_empty() {
        let checked = CheckedExpression {
            valid: true,
            ..CheckedExpression::default()
        };
        return Ok(HttpResponse::Ok().json(checked));
    }
    let checked = match Expression::parse(&text, (dialect.schema)()) {
        Ok(expression) => CheckedExpression {
            valid: true,
            diagnostics: expression.warnings().to_vec(),
            warnings: dialect.with_samples(|samples| warnings(&expression, "/expression", samples)),
            kind: Some(expression.result_type()),
            attributes: expression.attributes().to_vec(),
        },
        Err(diagnostics) => CheckedExpression {
            diagnostics,
            ..CheckedExpression::default()
        },
    };
    Ok(HttpResponse::Ok().json(checked))
}

/// Try an expression on a cart
///
/// The expression must be valid, so that a rule could be saved with it.
#[utoipa::path(operation_id = "evaluate_expression",
    security(("bearer" = ["rules:read"])),
    request_body(content = ExpressionTrial, content_type = "application/json"),
    responses((status = 200, description = "The result, with its trace.", body = Evaluated)))]
#[post("/v1/expressions/evaluate")]
async fn evaluate_expression(
    call: Call<EvaluateScope, CartText, ()>,
    dialect: Data<Dialect>,
) -> Result<HttpResponse, Problem> {
    let CartText(body) = call.body;
    let (object, cart) = body::parse_around(body::text(&body)?, "cart")?;
    let findings = Findings::default();
    let fields = Fields::of(&object, &findings);
    let expression = expression(&fields).and_then(|text| parse(&text, &dialect, &findings));
    let record = fields.required("cart").and(cart).and_then(|cart| {
        let read = (dialect.read)(cart.get());
        read.map_err(|problem| {
            let errors = problem.errors().iter();
            findings.extend(errors.map(|error| error.clone().prefixed("/cart")));
        })
        .ok()
    });
    fields.finish();
    let (expression, (record, budget)) = findings.into_result(expression.zip(record))?;
    Ok(HttpResponse::Ok().json(evaluated(expression.as_ref(), &record, &budget)))
}

fn expression(fields: &Fields<'_>) -> Option<String> {
    fields.required("expression")?;
    fields.optional_text("expression", MAX_TEXT)
}

/// Parses a text; `Some(None)` for a blank text, which is not an expression.
fn parse(text: &str, dialect: &Dialect, findings: &Findings) -> Option<Option<Expression>> {
    if text.trim().is_empty() {
        return Some(None);
    }
    let parsed = Expression::parse(text, (dialect.schema)());
    let parsed = parsed.map_err(|diagnostics| {
        let errors = diagnostics
            .iter()
            .filter(|it| it.severity == Severity::Error);
        findings.extend(errors.map(|it| field_error(it, "/expression")));
    });
    parsed.ok().map(Some)
}

fn evaluated(expression: Option<&Expression>, record: &Record<'_>, budget: &Budget) -> Evaluated {
    let Some(expression) = expression else {
        return Evaluated {
            applies: true,
            ..Evaluated::default()
        };
    };
    let outcome = expression.evaluate(record, &mut budget.clone());
    let (value, applies, error) = match outcome {
        Ok(value) => {
            let mut json = String::new();
            value.write_json(&mut json);
            (RawValue::from_string(json).ok(), value.truthy(), None)
        }
        Err(error) => (None, false, Some(error)),
    };
    Evaluated {
        applies,
        value,
        error,
        trace: Some(expression.trace(record, &mut budget.clone())),
        diagnostics: expression.warnings().to_vec(),
    }
}

/// List what can be written in an expression
///
/// For an editor's completion: the names at the top, the attributes of every shape, functions and operators.
#[utoipa::path(operation_id = "get_expression_schema",
    responses((status = 200, description = "Everything there is to write.", body = Language)))]
#[get("/v1/expressions/schema")]
async fn get_expression_schema(
    _read: Read<scope::GlobalRead<scope::RulesRead>>,
    dialect: Data<Dialect>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json((dialect.schema)().language()))
}
