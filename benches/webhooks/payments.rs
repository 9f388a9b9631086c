//! Payments as a storefront begins them: each for an order of its own, under a key of its own.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::service::Service;

const CART: &str = include_str!("../checkout/cart.json");

/// Asks which Apruve method the cart may use.
pub fn method(service: &Service) -> String {
    let answer = service.ask("/v1/checkout/payment-methods", CART);
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    let offered = answer["offered"].as_array().into_iter().flatten();
    let mut apruve = offered.filter(|method| method["type"] == "apruve");
    let id = apruve.next().and_then(|method| method["id"].as_str());
    id.expect("an Apruve method").to_owned()
}

/// Requests without end; no two begin the same payment.
pub fn fresh(method: String, token: String) -> impl Fn() -> Option<Vec<u8>> + Sync {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    move || {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let head =
            json!({ "paymentMethodId": method, "orderId": format!("SO-{number}") }).to_string();
        let body = format!("{},\"cart\":{CART}}}", head.trim_end_matches('}'));
        let request = format!(
            "POST /v1/payments HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\nidempotency-key: {number}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        Some(request.into_bytes())
    }
}
