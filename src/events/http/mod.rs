//! `GET /v1/events` and `GET /v1/event-types`.

mod list;

use serde_json::Value;

use super::{EventType, document};
use crate::{http::routing::Routes, operation::prelude::*};

/// Registers the routes of this feature.
pub fn routes(config: &mut impl Routes) {
    config.routing(list::list_events).routing(list_event_types);
}

/// All types of events.
#[derive(Serialize, ToSchema)]
struct EventTypes {
    /// All types, in the order of the list.
    items: Vec<DescribedType>,
}

/// A type of event.
#[derive(Serialize, ToSchema)]
#[schema(as = DescribedEventType)]
struct DescribedType {
    /// The `type` of such an event.
    #[serde(rename = "type")]
    kind: EventType,
    /// The meaning of the type.
    #[schema(example = "The status became `paid`.")]
    description: &'static str,
    /// The JSON Schema of such an event. Its references lead into `/openapi.json`.
    #[schema(value_type = Object)]
    schema: Value,
    /// An example of such an event.
    #[schema(value_type = Object)]
    example: Value,
}

#[utoipa::path(
    operation_id = "list_event_types",
    summary = "List the types of events",
    description = "Lists the types of events that this version emits. Later versions add types, so a reader must ignore types that it does not know.",
    responses((status = 200, description = "All types of events.", body = EventTypes)),
)]
#[get("/v1/event-types")]
async fn list_event_types(
    _read: Read<scope::GlobalRead<scope::EventsRead>>,
) -> Result<HttpResponse, Problem> {
    let described = |kind: &EventType| DescribedType {
        kind: *kind,
        description: kind.meaning(),
        schema: document::schema_of(*kind, "/openapi.json"),
        example: document::example_of(*kind),
    };
    Ok(HttpResponse::Ok().json(EventTypes {
        items: EventType::ALL.iter().map(described).collect(),
    }))
}
