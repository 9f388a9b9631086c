//! The cart as the OpenAPI document describes it: told from the very schema that reads carts, so that they cannot differ.

use std::borrow::Cow;

use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        AllOfBuilder, ArrayBuilder, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema,
        schema::{AdditionalProperties, SchemaType, Type},
    },
};

use crate::{
    cart,
    expressions::{Attribute, Kind, Shape},
};

/// What a buyer is about to pay for.
pub struct CartBody;

impl PartialSchema for CartBody {
    fn schema() -> RefOr<Schema> {
        let about = "What a buyer is about to pay for. Any object in it may carry more attributes. Amounts are decimal texts or JSON numbers, read exactly.";
        let cart = object(cart::schema().root()).description(Some(about)).examples([json!({
            "currency": "USD", "website": "us-store", "total": "1290.50",
            "subtotal": { "value": "1200.00", "currency": "USD" },
            "billingAddress": { "countryIso2": "US", "regionCode": "CA", "postalCode": "90210" },
            "customer": { "id": 42, "name": "Acme", "group": { "id": 3, "name": "Wholesale" } },
            "lineItems": [{
                "productSku": "1GB82", "quantity": 10, "productUnit": { "code": "item" },
                "price": { "value": "120.00", "currency": "USD" },
            }],
        })]);
        cart.into()
    }
}

impl ToSchema for CartBody {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Cart")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for shape in cart::schema()
            .shapes()
            .iter()
            .filter(|shape| shape.name() != "cart")
        {
            let described = object(shape).description(Some(shape.summary()));
            schemas.push((name_of(shape.name()), described.into()));
        }
    }
}

/// `lineItem` is `CartLineItem` in the document.
fn name_of(shape: &str) -> String {
    let (first, rest) = shape.split_at(1.min(shape.len()));
    format!("Cart{}{rest}", first.to_ascii_uppercase())
}

fn object(shape: &Shape) -> ObjectBuilder {
    let object =
        ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(true)));
    shape.attributes().iter().fold(object, |object, attribute| {
        let object = object.property(attribute.name(), described(attribute));
        match attribute.is_required() {
            true => object.required(attribute.name()),
            false => object,
        }
    })
}

fn described(attribute: &Attribute) -> RefOr<Schema> {
    let about = Some(attribute.summary());
    match attribute.kind() {
        Kind::Object(shape) => {
            let object = AllOfBuilder::new().item(Ref::from_schema_name(name_of(shape)));
            // An address that is not known may be null, and so may every object here.
            let or_null = OneOfBuilder::new().item(object).item(of(Type::Null));
            or_null.description(about).into()
        }
        Kind::List(items) => {
            let list = ArrayBuilder::new().items(item(items));
            let or_null = OneOfBuilder::new().item(list).item(of(Type::Null));
            or_null.description(about).into()
        }
        kind => {
            let choices = scalar(kind, attribute.is_required());
            choices.description(about).into()
        }
    }
}

fn item(kind: &Kind) -> RefOr<Schema> {
    match kind {
        Kind::Object(shape) => Ref::from_schema_name(name_of(shape)).into(),
        other => scalar(other, true).into(),
    }
}

fn of(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(kind))
}

fn scalar(kind: &Kind, required: bool) -> OneOfBuilder {
    let decimals = match kind {
        Kind::Money => "{1,6}",
        _ => "{1,18}",
    };
    let text = || of(Type::String);
    let choices: Vec<ObjectBuilder> = match kind {
        Kind::Decimal | Kind::Money => {
            let pattern = format!("^-?[0-9]{{1,15}}(\\.[0-9]{decimals})?$");
            vec![
                text().pattern(Some(pattern)).examples([json!("1290.50")]),
                of(Type::Number),
            ]
        }
        Kind::Boolean => vec![of(Type::Boolean)],
        Kind::Scalar => vec![of(Type::Integer), text()],
        Kind::Text | Kind::Object(_) | Kind::List(_) => vec![text()],
        Kind::Any => vec![ObjectBuilder::new().schema_type(SchemaType::AnyValue)],
    };
    let null = (!required && *kind != Kind::Any).then(|| of(Type::Null));
    choices
        .into_iter()
        .chain(null)
        .fold(OneOfBuilder::new(), |choices, choice| choices.item(choice))
}
