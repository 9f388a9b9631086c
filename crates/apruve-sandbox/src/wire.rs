//! The REST API on the wire: keys, faults, the list of what was received.
//!
//! Work is done in a task of its own, so that a caller who hangs up does not undo it: that is what the real thing would do.

use std::{
    any::Any,
    collections::HashMap,
    net::{Shutdown, TcpStream},
    os::fd::AsFd,
    sync::Arc,
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    dev::Extensions,
    http::{
        StatusCode,
        header::{self, TryIntoHeaderPair},
    },
    rt, web,
};
use serde_json::Value;
use tokio::sync::watch;

use super::{
    api::{self, Call, Worked},
    faults::{CallEffect, When},
    refusal::{Answer, Body, Refusal},
    shared::{ReceivedCall, Shared},
};

/// A second hand on the connection a request came over, so that it can be cut.
#[derive(Clone)]
pub struct Wire(Arc<TcpStream>);

/// Keeps a hand on every connection.
pub fn hold_connection(connection: &dyn Any, extensions: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<rt::net::TcpStream>() else {
        return;
    };
    if let Ok(second) = stream.as_fd().try_clone_to_owned() {
        extensions.insert(Wire(Arc::new(second.into())));
    }
}

/// A request, taken off the wire.
struct Incoming {
    method: String,
    path: String,
    query: String,
    key: Option<String>,
    traceparent: Option<String>,
    body: web::Bytes,
}

/// What becomes of it.
enum Fate {
    Answered(Answer),
    Cut,
}

/// Everything below `/api/v4`.
pub async fn rest(
    request: HttpRequest,
    body: web::Bytes,
    shared: web::Data<Shared>,
) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(value.to_str().ok()?.to_owned())
    };
    let incoming = Incoming {
        method: request.method().as_str().to_owned(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        key: header("Apruve-Api-Key"),
        traceparent: header("traceparent"),
        body,
    };
    let work = rt::spawn(async move { shared.handle(&incoming).await });
    match work.await {
        Ok(Fate::Answered(answer)) => respond(answer),
        Ok(Fate::Cut) => {
            if let Some(wire) = request.conn_data::<Wire>() {
                // Where the other side is already gone there is nothing to cut.
                let _ = wire.0.shutdown(Shutdown::Both);
            }
            HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR)
        }
        Err(_) => HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

impl Shared {
    async fn handle(&self, incoming: &Incoming) -> Fate {
        let path = segments(&incoming.path);
        // Before the faults are looked at, so that no release is missed.
        let mut released = self.released.subscribe();
        let (at, faults) = {
            let mut world = self.world();
            let faults = world.outbox.faults.of_call(&incoming.method, &path);
            (world.now(), faults)
        };
        let fate = match strike(&faults, When::Before, &mut released).await {
            Some(fate) => fate,
            None => {
                let answer = self.work(incoming, &path);
                let struck = strike(&faults, When::After, &mut released).await;
                struck.unwrap_or(Fate::Answered(answer))
            }
        };
        self.remember(ReceivedCall {
            at,
            method: incoming.method.clone(),
            path: incoming.path.clone(),
            query: incoming.query.clone(),
            body: shown_body(&incoming.body),
            traceparent: incoming.traceparent.clone(),
            status: match &fate {
                Fate::Answered(answer) => Some(answer.status),
                Fate::Cut => None,
            },
        });
        fate
    }

    fn work(&self, incoming: &Incoming, path: &[&str]) -> Answer {
        let mut world = self.world();
        let key = incoming.key.as_deref().map(str::trim);
        let merchant = key.and_then(|key| world.merchant_of_key(key));
        let merchant_id = merchant.map(|merchant| merchant.id.clone());
        let query = web::Query::<HashMap<String, String>>::from_query(&incoming.query);
        let outcome = match &merchant_id {
            None => Err(Refusal::unauthorized()),
            Some(merchant_id) => api::work(
                &mut world,
                &Call {
                    merchant_id,
                    method: &incoming.method,
                    path,
                    query: &query.map(web::Query::into_inner).unwrap_or_default(),
                    body: &incoming.body,
                },
            ),
        };
        let answer = match outcome {
            Ok(Worked { answer, put_up }) => {
                if let Some(order_id) = put_up {
                    world.decide_by_itself(&order_id);
                }
                answer
            }
            Err(refusal) => refusal.answer(world.behaviour.shape_of(&refusal)),
        };
        self.wake.notify_one();
        answer
    }
}

/// Lets the faults of this moment happen; a call goes on after a delay or a hold, the others end it.
async fn strike(
    faults: &[(When, CallEffect)],
    now: When,
    released: &mut watch::Receiver<()>,
) -> Option<Fate> {
    let mut fate = None;
    for (_, effect) in faults.iter().filter(|(when, _)| *when == now) {
        match effect {
            CallEffect::Delay { ms } => rt::time::sleep(Duration::from_millis(*ms)).await,
            // An error would mean that the stand-in is gone, and nobody waits for the call.
            CallEffect::Hold => drop(released.changed().await),
            CallEffect::Cut => fate = Some(Fate::Cut),
            CallEffect::Answer {
                status,
                shape,
                headers,
                body,
            } => {
                let refusal = Refusal {
                    status: *status,
                    title: "Something went wrong on demand".to_owned(),
                    parameter: None,
                };
                let mut answer = refusal.answer(*shape);
                answer.headers.clone_from(headers);
                match body {
                    Some(Value::String(text)) => answer.body = Body::Text(text.clone()),
                    Some(value) => answer.body = Body::Json(value.clone()),
                    None => {}
                }
                fate = Some(Fate::Answered(answer));
            }
        }
    }
    fate
}

/// A path below the API's root, without `.json` and trailing slash.
fn segments(path: &str) -> Vec<&str> {
    let path = path.strip_prefix("/api/v4").unwrap_or(path);
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".json").unwrap_or(path);
    path.split('/').collect()
}

fn shown_body(body: &[u8]) -> Value {
    match body {
        [] => Value::Null,
        body => serde_json::from_slice(body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned())),
    }
}

fn respond(answer: Answer) -> HttpResponse {
    // A fault may name a status that is none.
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for header in answer.headers {
        // A fault may name one that no answer can carry.
        if let Ok(pair) = header.try_into_pair() {
            response.append_header(pair);
        }
    }
    match answer.body {
        Body::Json(value) => response.json(value),
        Body::Text(text) => response
            .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
            .body(text),
        Body::Empty => response.finish(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffix_and_trailing_slash_make_no_difference() {
        for path in [
            "/api/v4/orders/7",
            "/api/v4/orders/7/",
            "/api/v4/orders/7.json",
        ] {
            assert_eq!(segments(path), ["orders", "7"], "{path}");
        }
    }
}
