//! The OpenAPI schema of a cart, built from the schema that reads it, so that the two cannot disagree.

use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr, Schema,
        schema::{
            AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, RefBuilder,
            SchemaType, Type,
        },
    },
};

use crate::{
    cart,
    expressions::{Attribute, Kind, Shape},
    money::Currency,
};

/// Digits with an optional sign and fraction, as amounts are read.
const DECIMAL: &str = r"^-?(0|[1-9]\d*)(\.\d+)?$";

/// A cart in a body.
pub struct CartBody;

impl PartialSchema for CartBody {
    fn schema() -> RefOr<Schema> {
        let example: Value =
            serde_json::from_str(include_str!("../../../examples/carts/us-large.json"))
                .unwrap_or_default();
        let schema = cart::schema().root();
        let text = format!(
            "{} Any object may carry more attributes; expressions see those of the objects inside the cart. Amounts are decimal texts or JSON numbers, \
             read exactly.",
            schema.summary()
        );
        let object = object(schema).description(Some(text));
        RefOr::T(object.examples([example]).into())
    }
}

impl ToSchema for CartBody {
    fn name() -> std::borrow::Cow<'static, str> {
        component(cart::schema().root()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        let root = cart::schema().root().name();
        let parts = cart::schema().shapes().iter();
        let parts = parts.filter(|shape| shape.name() != root);
        schemas.push((Currency::name().into_owned(), Currency::schema()));
        schemas.extend(parts.map(|shape| (component(shape), RefOr::T(object(shape).into()))));
    }
}

/// `Cart` for the cart, `CartLineItem` for its line items.
fn component(shape: &Shape) -> String {
    let name = shape.name();
    let is_root = name == cart::schema().root().name();
    let prefix = if is_root { "" } else { "Cart" };
    let (first, rest) = name.split_at(name.len().min(1));
    format!("{prefix}{}{rest}", first.to_ascii_uppercase())
}

fn object(shape: &Shape) -> ObjectBuilder {
    // A shop may post attributes of its own, which rules can read.
    let object = ObjectBuilder::new()
        .description(Some(shape.summary()))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)));
    shape.attributes().iter().fold(object, |object, attribute| {
        let object = object.property(attribute.name(), property(attribute));
        match attribute.is_required() {
            true => object.required(attribute.name()),
            false => object,
        }
    })
}

fn property(attribute: &Attribute) -> RefOr<Schema> {
    let summary = Some(attribute.summary());
    if attribute.name() == "currency" {
        let currency = RefBuilder::new().ref_location_from_schema_name(Currency::name());
        return match attribute.is_required() {
            true => currency.description(summary).build().into(),
            false => nullable(currency.build(), attribute),
        };
    }
    let types: &[Type] = match attribute.kind() {
        Kind::Decimal | Kind::Money | Kind::Scalar => &[Type::String, Type::Number, Type::Null],
        Kind::Text if attribute.is_required() => &[Type::String],
        Kind::Text => &[Type::String, Type::Null],
        Kind::Boolean => &[Type::Boolean, Type::Null],
        Kind::Any => &[],
        Kind::Object(name) => return nullable(reference(name), attribute),
        Kind::List(items) => {
            let list = match **items {
                Kind::Object(name) => ArrayBuilder::new().items(reference(name)),
                _ => ArrayBuilder::new(),
            };
            let list = list.schema_type(SchemaType::Array(vec![Type::Array, Type::Null]));
            return RefOr::T(list.description(summary).into());
        }
    };
    let kind = match types {
        [] => SchemaType::AnyValue,
        [one] => SchemaType::Type(one.clone()),
        many => SchemaType::Array(many.to_vec()),
    };
    let is_decimal = matches!(attribute.kind(), Kind::Decimal | Kind::Money);
    let schema = ObjectBuilder::new()
        .schema_type(kind)
        .pattern(is_decimal.then_some(DECIMAL));
    RefOr::T(schema.description(summary).into())
}

fn nullable(it: Ref, attribute: &Attribute) -> RefOr<Schema> {
    let either = OneOfBuilder::new()
        .item(it)
        .item(ObjectBuilder::new().schema_type(Type::Null));
    RefOr::T(either.description(Some(attribute.summary())).into())
}

fn reference(name: &str) -> Ref {
    let shape = cart::schema().shape(name);
    Ref::from_schema_name(shape.map_or_else(String::new, component))
}
