//! Schemas of the members that are read exactly.

use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr, Schema,
        schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type},
    },
};

/// Digits with an optional fraction, as amounts are read.
const DECIMAL: &str = r"^(0|[1-9]\d*)(\.\d+)?$";

/// An amount in the payment's currency.
pub struct Amount;

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        decimal(
            "An amount: a decimal text or a JSON number, read exactly; no more digits than the currency has.",
            serde_json::json!("500.00"),
        )
    }
}

impl ToSchema for Amount {}

/// How many units.
pub struct Quantity;

impl PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        decimal(
            "A quantity: a JSON number or a decimal text, read exactly; at most six digits after the point.",
            serde_json::json!(4),
        )
    }
}

impl ToSchema for Quantity {}

fn decimal(description: &str, example: Value) -> RefOr<Schema> {
    let schema = ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::String, Type::Number]))
        .pattern(Some(DECIMAL))
        .examples([example])
        .description(Some(description));
    RefOr::T(schema.into())
}

/// The schema of lines as in a cart.
pub fn lines() -> RefOr<Schema> {
    let list = ArrayBuilder::new()
        .items(Ref::from_schema_name("CartLineItem"))
        .schema_type(SchemaType::Array(vec![Type::Array, Type::Null]))
        .description(Some(
            "Lines of the shop's own, as in a cart. With tax, shipping and discount they come to the amount.",
        ));
    RefOr::T(list.into())
}
