//! `GET /v1/webhook-events`.

use crate::{
    operation::prelude::*,
    webhooks::{
        TOPIC,
        event::WebhookEvent,
        store::{self, WebhookFilter},
    },
};

#[utoipa::path(
    summary = "List webhook events",
    description = "Lists the events that Apruve sent, with their results, newest first unless `sort` says otherwise.",
    params(WebhookFilter),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<WebhookEvent>>>)),
)]
#[get("/v1/webhook-events")]
pub(super) async fn list_webhook_events(
    _caller: Caller<scope::WebhooksRead>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (filter, page) = WebhookFilter::of(&request)?;
    let found = store
        .for_lists(TOPIC)
        .list_page(filter, &page, store::list, store::count)
        .await?;
    Ok(pagination::respond_each(&request, &page, found, |event| {
        Versioned::in_state(&event.state_tag(), event)
    }))
}
