//! Events in the API document: the `webhooks` section, and the schema of each type.

use serde_json::{Value, json};
use utoipa::{
    ToSchema,
    openapi::{
        AllOfBuilder, ContentBuilder, HttpMethod, ObjectBuilder, OpenApi, PathItem, Paths, Ref,
        RefOr, ResponseBuilder, Schema, path::OperationBuilder, request_body::RequestBodyBuilder,
        schema::AnyOfBuilder,
    },
};

pub use super::example::example_of;
use super::{
    CompanyEventData, EndpointEventData, EventType, FindingEventData, IntegrationEventData,
    PaymentEventData, RulesEventData,
    cloud_event::{CloudEvent, EventData, MEDIA_TYPE},
    event_type::DataKind,
};

/// The JSON Schema of events of a type; `document` is the address of the API document.
pub fn schema_of(kind: EventType, document: &str) -> Value {
    json!(schema(kind, document))
}

/// Adds the `webhooks` section with one operation per type.
pub fn describe_webhooks(document: &mut OpenApi) {
    let mut webhooks = Paths::new();
    for kind in EventType::ALL.iter().copied() {
        let content = ContentBuilder::new()
            .schema(Some(schema(kind, "")))
            .example(Some(example_of(kind)))
            .build();
        let body = RequestBodyBuilder::new()
            .content(MEDIA_TYPE, content)
            .required(Some(utoipa::openapi::Required::True))
            .build();
        let taken = ResponseBuilder::new()
            .description("The receiver accepted the event.")
            .build();
        let operation = OperationBuilder::new()
            .tag("Events")
            .operation_id(Some(format!("receive_{}", kind.as_str().replace('.', "_"))))
            .summary(Some(format!("Receive `{}`", kind.as_str())))
            .description(Some(kind.meaning()))
            .request_body(Some(body))
            .response("2XX", taken)
            .build();
        let item = PathItem::new(HttpMethod::Post, operation);
        webhooks.paths.insert(kind.as_str().to_owned(), item);
    }
    document.webhooks = Some(webhooks);
    allow_several_shapes(document);
}

/// Replaces `oneOf` by `anyOf` in the schema of `data`, because a value may match several shapes: one of them has no
/// member that distinguishes it.
fn allow_several_shapes(document: &mut OpenApi) {
    let Some(components) = &mut document.components else {
        return;
    };
    let name = EventData::name();
    let Some(RefOr::T(Schema::OneOf(shapes))) = components.schemas.get(name.as_ref()) else {
        return;
    };
    let any = AnyOfBuilder::new().description(shapes.description.clone());
    let any = shapes.items.iter().cloned().fold(any, AnyOfBuilder::item);
    components.schemas.insert(name.into_owned(), any.into());
}

fn schema(kind: EventType, document: &str) -> Schema {
    let named = |name: &str| Ref::new(format!("{document}#/components/schemas/{name}"));
    let word = ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .enum_values(Some([kind.as_str()]));
    let data = match kind.data_kind() {
        DataKind::Payment => PaymentEventData::name(),
        DataKind::Finding => FindingEventData::name(),
        DataKind::Integration => IntegrationEventData::name(),
        DataKind::Company => CompanyEventData::name(),
        DataKind::Rules => RulesEventData::name(),
        DataKind::Endpoint => EndpointEventData::name(),
    };
    let narrowed = ObjectBuilder::new()
        .property("type", word)
        .property("data", named(&data))
        .build();
    AllOfBuilder::new()
        .item(named(&CloudEvent::name()))
        .item(narrowed)
        .build()
        .into()
}
