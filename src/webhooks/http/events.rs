//! `GET /v1/webhook-events` and `GET /v1/webhook-events/{id}`.

use actix_web::http::header::VARY;
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    event_id,
    shapes::{RawBody, ShownInFull},
};
use crate::{
    auth::Scope,
    http::precondition,
    operation::prelude::*,
    seal::Sealer,
    webhooks::{
        TOPIC,
        event::{WebhookEvent, body_place},
        replay::NotReplayed,
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

#[utoipa::path(
    summary = "Read a webhook event",
    description = "The response to callers that also have the scope `webhooks:read-raw` contains the raw body: in `body` if it is UTF-8, else in `bodyBase64`.",
    params(IfNoneMatch),
    responses((status = 200, description = "The event.", body = ShownInFull)),
)]
#[get("/v1/webhook-events/{id}")]
pub(super) async fn get_webhook_event(
    read: Read<scope::WebhooksRead>,
    id: Path<String>,
    store: Data<Store>,
    sealer: Data<Sealer>,
) -> Result<HttpResponse, Problem> {
    let id = event_id(&id)?;
    let found = store
        .about(TOPIC)
        .snapshot(move |conn| store::find_with_body(conn, id))
        .await?;
    let (event, sealed) = found.ok_or(NotReplayed::NoEvent)?;
    let state = event.state_tag();
    if let Some(not_modified) = reply::not_modified(&read.request, &state) {
        return Ok(not_modified);
    }
    let sealed = sealed.filter(|_| read.caller.has(Scope::WebhooksReadRaw));
    let body = sealed
        .map(|sealed| open(&sealer, &event.id.to_string(), &sealed))
        .transpose()?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header(precondition::tag(&state))
        // The body is included only for callers with the scope.
        .insert_header((VARY, "Authorization"));
    Ok(response.json(ShownInFull { event, body }))
}

fn open(sealer: &Sealer, id: &str, sealed: &str) -> Result<RawBody, Problem> {
    let bytes = sealer
        .open_bytes(body_place(id), sealed)
        .map_err(Problem::internal)?;
    Ok(match std::str::from_utf8(&bytes) {
        Ok(text) => RawBody::Text(text.to_owned()),
        Err(_) => RawBody::Base64(STANDARD.encode(&bytes)),
    })
}
