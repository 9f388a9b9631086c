//! Webhooks by hand.

use actix_web::web;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Controlled, Shared};
use crate::refusal::Refusal;

pub(super) async fn list(shared: web::Data<Shared>) -> Controlled {
    Controlled::Done(shared.world().outbox.show())
}

/// An event that nothing brought about: of an unknown kind, or with an entity that is none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Event {
    merchant_id: String,
    event: String,
    #[serde(default)]
    entity: Value,
}

pub(super) async fn emit(shared: web::Data<Shared>, body: web::Json<Event>) -> Controlled {
    let mut world = shared.world();
    if world.merchants.get(&body.merchant_id).is_none() {
        return Refusal::not_found().into();
    }
    world.emit(&body.merchant_id, &body.event, &body.entity);
    shared.wake.notify_one();
    Controlled::Made(json!({}))
}

/// Answers when nothing is due any more.
pub(super) async fn flush(shared: web::Data<Shared>) -> Controlled {
    shared.send_due().await;
    list(shared).await
}

pub(super) async fn send_again(shared: web::Data<Shared>, uuid: web::Path<String>) -> Controlled {
    let known = {
        let mut world = shared.world();
        let now = world.now();
        world.outbox.send_again(&uuid, now)
    };
    if !known {
        return Refusal::not_found().into();
    }
    flush(shared).await
}
