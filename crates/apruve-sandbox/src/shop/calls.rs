//! The calls of the page that are passed on to the service, and with whose token.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{Counter, Shop};

/// Longer than the service takes with a provider behind it.
const PATIENCE: Duration = Duration::from_secs(40);

/// Whose token a call is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desk {
    Storefront,
    Office,
}

/// Who makes a call, by its method and its path below `/v1`; nobody makes others.
pub fn desk(method: &Method, path: &str) -> Option<Desk> {
    let segments: Vec<&str> = path.split('/').collect();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !segments.iter().all(|segment| segment.bytes().all(plain)) {
        return None;
    }
    match (method.as_str(), segments.as_slice()) {
        ("GET", ["payments", _])
        | ("POST", ["payments"] | ["payments", _, "authorize"] | ["checkout", "payment-methods"]) => {
            Some(Desk::Storefront)
        }
        (
            "POST",
            [
                "payments",
                _,
                "invoices" | "refunds" | "sync" | "capture" | "cancel",
            ]
            | [
                "payments",
                _,
                "invoices",
                _,
                "issue" | "cancel" | "shipments",
            ],
        ) => Some(Desk::Office),
        _ => None,
    }
}

/// What the service answered.
pub struct Answered {
    pub status: StatusCode,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Counter {
    fn token(&self, desk: Desk) -> &str {
        match desk {
            Desk::Storefront => self.storefront_token.expose_secret(),
            Desk::Office => self.office_token.expose_secret(),
        }
    }
}

impl Shop {
    /// Passes a call on. Without a body it is a GET.
    pub async fn ask(
        &self,
        desk: Desk,
        path_and_query: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Answered, reqwest::Error> {
        let url = format!("{}/v1/{path_and_query}", self.counter.origin);
        let mut request = match body {
            None => self.client.get(url),
            Some(body) => self.client.post(url).json(body),
        };
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let request = request.bearer_auth(self.counter.token(desk));
        let answer = request.timeout(PATIENCE).send().await?;
        let content_type = answer.headers().get("Content-Type");
        Ok(Answered {
            // Two libraries, two types of one number.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_shops_own_calls_are_passed_on() {
        let (get, post) = (Method::GET, Method::POST);
        for (method, path, expected) in [
            (&post, "checkout/payment-methods", Some(Desk::Storefront)),
            (&post, "payments", Some(Desk::Storefront)),
            (&get, "payments/payment_01", Some(Desk::Storefront)),
            (
                &post,
                "payments/payment_01/authorize",
                Some(Desk::Storefront),
            ),
            (&post, "payments/payment_01/invoices", Some(Desk::Office)),
            (
                &post,
                "payments/p/invoices/txn_1/shipments",
                Some(Desk::Office),
            ),
            (&post, "payments/p/refunds", Some(Desk::Office)),
            (&get, "payments", None),
            (&get, "integrations/integration_01", None),
            (&post, "integrations", None),
            (&get, "payments/..", None),
            (&get, "payments/%2e%2e", None),
            (&get, "payments/p?x=y", None),
            (&Method::DELETE, "payments/p", None),
        ] {
            assert_eq!(desk(method, path), expected, "{method} {path}");
        }
    }
}
