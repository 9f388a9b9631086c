//! The calls of the page that are forwarded to the service, and the token for each.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{ServiceAccess, Shop};

/// Longer than the service's own timeouts for a provider.
const PATIENCE: Duration = Duration::from_secs(40);

/// The role whose token a call uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerRole {
    Storefront,
    Office,
}

/// The role for a call, by its method and its path below `/v1`; `None` for calls that are not forwarded.
pub fn role(method: &Method, path: &str) -> Option<CallerRole> {
    let segments: Vec<&str> = path.split('/').collect();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !segments.iter().all(|segment| segment.bytes().all(plain)) {
        return None;
    }
    match (method.as_str(), segments.as_slice()) {
        ("GET", ["payments", _])
        | ("POST", ["payments"] | ["payments", _, "authorize"] | ["checkout", "payment-methods"]) => {
            Some(CallerRole::Storefront)
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
        ) => Some(CallerRole::Office),
        _ => None,
    }
}

/// An answer of the service.
pub struct ServiceResponse {
    pub status: StatusCode,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl ServiceAccess {
    fn token(&self, role: CallerRole) -> &str {
        match role {
            CallerRole::Storefront => self.storefront_token.expose_secret(),
            CallerRole::Office => self.office_token.expose_secret(),
        }
    }
}

impl Shop {
    /// Forwards a call. Without a body it is a GET.
    pub async fn ask(
        &self,
        role: CallerRole,
        path_and_query: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Result<ServiceResponse, reqwest::Error> {
        let url = format!("{}/v1/{path_and_query}", self.service.origin);
        let mut request = match body {
            None => self.client.get(url),
            Some(body) => self.client.post(url).json(body),
        };
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let request = request.bearer_auth(self.service.token(role));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_shops_own_calls_are_passed_on() {
        let (get, post) = (Method::GET, Method::POST);
        for (method, path, expected) in [
            (
                &post,
                "checkout/payment-methods",
                Some(CallerRole::Storefront),
            ),
            (&post, "payments", Some(CallerRole::Storefront)),
            (&get, "payments/payment_01", Some(CallerRole::Storefront)),
            (
                &post,
                "payments/payment_01/authorize",
                Some(CallerRole::Storefront),
            ),
            (
                &post,
                "payments/payment_01/invoices",
                Some(CallerRole::Office),
            ),
            (
                &post,
                "payments/p/invoices/txn_1/shipments",
                Some(CallerRole::Office),
            ),
            (&post, "payments/p/refunds", Some(CallerRole::Office)),
            (&get, "payments", None),
            (&get, "integrations/integration_01", None),
            (&post, "integrations", None),
            (&get, "payments/..", None),
            (&get, "payments/%2e%2e", None),
            (&get, "payments/p?x=y", None),
            (&Method::DELETE, "payments/p", None),
        ] {
            assert_eq!(role(method, path), expected, "{method} {path}");
        }
    }
}
