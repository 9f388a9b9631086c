//! `GET /v1/webhook-events`.

use crate::{
    operation::prelude::*,
    webhooks::{
        TOPIC,
        event::WebhookEvent,
        state::WebhookState,
        store::{self, WebhookFilter, WebhookSort},
    },
};

#[utoipa::path(
    summary = "List webhook events",
    description = "Lists the events that Apruve sent, with their results, newest first unless `sort` says otherwise.",
    params(
        ("state" = Option<WebhookState>, Query, description = "Only events in this state."),
        ("event" = Option<String>, Query, description = "Only events of this type, as Apruve writes it.", example = "invoice.closed"),
        ("integrationId" = Option<String>, Query, description = "Only events of this integration.", example = "integration_01h455vb4pex5vsknk084sn02q"),
        ("integration" = Option<String>, Query, description = "The former name of `integrationId`."),
        ("paymentId" = Option<String>, Query, description = "Only events that were applied to this payment.", example = "payment_01h455vb4pex5vsknk084sn02q"),
        ("verified" = Option<bool>, Query, description = "Only events that a key of the integration verified (`true`), or only the others (`false`)."),
        ("receivedFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only events received at or after this instant.", example = "2026-03-01T00:00:00Z"),
        ("receivedUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only events received before this instant."),
        ("receivedTo" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "The former name of `receivedUntil`."),
        PageParameters,
        ("sort" = Option<String>, Query, description = "Fields in order of precedence, each with an optional `-`: receivedAt, state.", example = "-receivedAt"),
    ),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<WebhookEvent>>>)),
)]
#[get("/v1/webhook-events")]
pub(super) async fn list_webhook_events(
    _caller: Caller<scope::WebhooksRead>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let filter = read_filter(&mut query);
    let page = query.page(&[(WebhookSort::ReceivedAt, Direction::Descending)]);
    query.finish()?;
    let found = store
        .for_lists(TOPIC)
        .list_page(filter, &page, store::list, store::count)
        .await?;
    Ok(pagination::respond_each(&request, &page, found, |event| {
        Versioned::in_state(&event.state_tag(), event)
    }))
}

fn read_filter(query: &mut Query) -> WebhookFilter {
    query.alias("integrationId", "integration");
    query.alias("receivedUntil", "receivedTo");
    WebhookFilter {
        state: query.parsed("state", &known_states(), WebhookState::parse),
        event: query.text("event"),
        integration: query.parsed("integrationId", "the id of an integration", |text| {
            text.parse().ok()
        }),
        payment: query.parsed("paymentId", "the id of a payment", |text| text.parse().ok()),
        verified: query.flag("verified"),
        received: query.period("receivedFrom", "receivedUntil"),
    }
}

/// The allowed states, for the message "must be …".
pub(super) fn known_states() -> String {
    let words: Vec<&str> = WebhookState::ALL
        .iter()
        .map(|state| state.as_str())
        .collect();
    format!("one of {}", words.join(", "))
}
