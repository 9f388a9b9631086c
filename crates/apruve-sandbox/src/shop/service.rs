//! Calls of the shop's backend to the service, each with the token of its role.

use std::{sync::Arc, time::Duration};

use actix_web::http::StatusCode;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{
    ServiceAccess,
    calls::CallerRole,
    journal::{Journal, ServiceCall},
    mask::{HIDDEN, mask},
};

/// Longer than the service's own time-outs for a provider, and than the maximum wait of its feed.
const PATIENCE: Duration = Duration::from_secs(40);

/// The service, as the shop's backend calls it.
pub struct Service {
    access: ServiceAccess,
    client: reqwest::Client,
    journal: Arc<Journal>,
}

/// An answer of the service.
pub struct ServiceResponse {
    pub status: StatusCode,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl ServiceResponse {
    /// The body as JSON, or as a text if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| String::from_utf8_lossy(&self.body).into())
    }
}

/// A call; without a body it is a GET.
pub struct NewCall<'a> {
    pub role: CallerRole,
    /// The path below `/v1/`, with its query.
    pub path: &'a str,
    pub key: Option<&'a str>,
    pub body: Option<Value>,
}

impl Service {
    pub fn new(access: ServiceAccess, client: reqwest::Client, journal: Arc<Journal>) -> Self {
        Service {
            access,
            client,
            journal,
        }
    }

    pub fn origin(&self) -> &str {
        &self.access.origin
    }

    fn token(&self, role: CallerRole) -> &str {
        match role {
            CallerRole::Storefront => self.access.storefront_token.expose_secret(),
            CallerRole::Office => self.access.office_token.expose_secret(),
        }
    }

    /// Makes a call, and records it in the journal of its order.
    pub async fn call_for(
        &self,
        order_id: &str,
        call: NewCall<'_>,
    ) -> Result<ServiceResponse, reqwest::Error> {
        let begun = self.journal.begin();
        let outcome = self.send(&call).await;
        let (status, answer) = match &outcome {
            Ok(answer) => (Some(answer.status.as_u16()), answer.json()),
            Err(_) => (None, "There is no answer.".into()),
        };
        let entry = ServiceCall {
            system: "OnTerms",
            method: method(&call).to_owned(),
            path: format!("/v1/{}", call.path),
            headers: shown_headers(&call),
            request: call.body.map(mask),
            status,
            answer: mask(answer),
            duration_ms: begun.duration_ms(),
        };
        self.journal.record_call(begun, order_id, entry);
        outcome
    }

    /// Makes a call that belongs to no order.
    pub async fn send(&self, call: &NewCall<'_>) -> Result<ServiceResponse, reqwest::Error> {
        let url = format!("{}/v1/{}", self.access.origin, call.path);
        let mut request = match &call.body {
            None => self.client.get(url),
            Some(body) => self.client.post(url).json(body),
        };
        if let Some(key) = call.key {
            request = request.header("Idempotency-Key", key);
        }
        let request = request.bearer_auth(self.token(call.role));
        let answer = request.timeout(PATIENCE).send().await?;
        let content_type = answer.headers().get("Content-Type");
        Ok(ServiceResponse {
            // The two libraries have different types for the status.
            status: StatusCode::from_u16(answer.status().as_u16())
                .unwrap_or(StatusCode::BAD_GATEWAY),
            content_type: content_type
                .and_then(|value| value.to_str().ok())
                .unwrap_or("application/json")
                .to_owned(),
            body: answer.bytes().await?.to_vec(),
        })
    }
}

fn method(call: &NewCall<'_>) -> &'static str {
    match call.body {
        None => "GET",
        Some(_) => "POST",
    }
}

fn shown_headers(call: &NewCall<'_>) -> Value {
    let whose = match call.role {
        CallerRole::Storefront => "storefront",
        CallerRole::Office => "office",
    };
    let mut headers = json!({ "Authorization": format!("Bearer {HIDDEN} (the {whose}’s token)") });
    if let Some(key) = call.key {
        headers["Idempotency-Key"] = json!(key);
    }
    headers
}
