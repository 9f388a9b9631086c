//! The HTTP side of the REST API: keys, faults, the log of received calls.
//!
//! A call is executed in a task of its own, so that a caller who hangs up does not cancel it, as at Apruve.

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
    api::{self, Call},
    context::{Context, ReceivedCall, SandboxContext},
    error::{ApiError, ApiResponse},
    faults::{CallEffect, FaultTiming},
};

/// The connection of a request, so that it can be cut.
#[derive(Clone)]
pub struct Connection(Arc<TcpStream>);

/// Keeps a handle on every connection.
pub fn keep_connection(connection: &dyn Any, extensions: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<rt::net::TcpStream>() else {
        return;
    };
    if let Ok(second) = stream.as_fd().try_clone_to_owned() {
        extensions.insert(Connection(Arc::new(second.into())));
    }
}

/// The outcome of a call.
enum CallOutcome {
    Answered(ApiResponse),
    Cut,
}

/// Handles every call below `/api/v4`.
pub async fn rest(request: HttpRequest, body: web::Bytes, context: Context) -> HttpResponse {
    let incoming = request.clone();
    let work = rt::spawn(async move { context.handle(&incoming, &body).await });
    match work.await {
        Ok(CallOutcome::Answered(answer)) => respond(answer),
        Ok(CallOutcome::Cut) => {
            if let Some(wire) = request.conn_data::<Connection>() {
                // An error means that the connection is already closed.
                let _ = wire.0.shutdown(Shutdown::Both);
            }
            HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR)
        }
        Err(_) => HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

impl SandboxContext {
    async fn handle(&self, request: &HttpRequest, body: &[u8]) -> CallOutcome {
        let (method, path) = (request.method().as_str(), segments(request.path()));
        // Subscribes before the faults are read, so that no release is missed.
        let mut released = self.released.subscribe();
        let (at, faults) = {
            let mut state = self.state();
            let faults = state.outbox.faults.of_call(method, &path);
            (state.now(), faults)
        };
        let outcome = match apply_faults(&faults, FaultTiming::Before, &mut released).await {
            Some(outcome) => outcome,
            None => {
                let answer = self.execute(request, &path, body);
                let replaced = apply_faults(&faults, FaultTiming::After, &mut released).await;
                replaced.unwrap_or(CallOutcome::Answered(answer))
            }
        };
        self.remember(ReceivedCall {
            at,
            method: method.to_owned(),
            path: request.path().to_owned(),
            query: request.query_string().to_owned(),
            body: shown_body(body),
            traceparent: header(request, "traceparent").map(str::to_owned),
            status: match &outcome {
                CallOutcome::Answered(answer) => Some(answer.status),
                CallOutcome::Cut => None,
            },
        });
        outcome
    }

    fn execute(&self, request: &HttpRequest, path: &[&str], body: &[u8]) -> ApiResponse {
        let mut state = self.state();
        let key = header(request, "Apruve-Api-Key");
        let merchant = key.and_then(|key| state.merchant_of_key(key.trim()));
        let merchant_id = merchant.map(|merchant| merchant.id.clone());
        let query = web::Query::<HashMap<String, String>>::from_query(request.query_string());
        let outcome = match &merchant_id {
            None => Err(ApiError::unauthorized()),
            Some(merchant_id) => api::execute(
                &mut state,
                &Call {
                    merchant_id,
                    method: request.method().as_str(),
                    path,
                    query: &query.map(web::Query::into_inner).unwrap_or_default(),
                    body,
                },
            ),
        };
        self.wake.notify_one();
        outcome.unwrap_or_else(|error| error.response(state.behaviour.shape_of(&error)))
    }
}

/// Applies the faults of this moment. A call continues after a delay or a hold; other faults replace its answer.
async fn apply_faults(
    faults: &[(FaultTiming, CallEffect)],
    now: FaultTiming,
    released: &mut watch::Receiver<()>,
) -> Option<CallOutcome> {
    let mut outcome = None;
    for (_, effect) in faults.iter().filter(|(when, _)| *when == now) {
        match effect {
            CallEffect::Delay { ms } => rt::time::sleep(Duration::from_millis(*ms)).await,
            // An error means that the sandbox has stopped.
            CallEffect::Hold => drop(released.changed().await),
            CallEffect::Cut => outcome = Some(CallOutcome::Cut),
            CallEffect::Answer {
                status,
                shape,
                headers,
                body,
            } => {
                let mut answer = ApiError::requested(*status).response(*shape);
                answer.headers.clone_from(headers);
                answer.body = body.clone().or(answer.body);
                outcome = Some(CallOutcome::Answered(answer));
            }
        }
    }
    outcome
}

/// A path below the API's root, without `.json` and trailing slash.
fn segments(path: &str) -> Vec<&str> {
    let path = path.strip_prefix("/api/v4").unwrap_or(path);
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".json").unwrap_or(path);
    path.split('/').collect()
}

fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

fn shown_body(body: &[u8]) -> Value {
    match body {
        [] => Value::Null,
        body => serde_json::from_slice(body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned())),
    }
}

fn respond(answer: ApiResponse) -> HttpResponse {
    // A fault may have an invalid status.
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for header in answer.headers {
        // A fault may have an invalid header.
        if let Ok(pair) = header.try_into_pair() {
            response.append_header(pair);
        }
    }
    match answer.body {
        Some(Value::String(text)) => response
            .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
            .body(text),
        Some(value) => response.json(value),
        None => response.finish(),
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
