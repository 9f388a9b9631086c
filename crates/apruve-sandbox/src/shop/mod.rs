//! `/shop`: a small shop in a browser, in which a person clicks through a checkout and then settles it.
//!
//! What a shop's backend does is done here: it knows the prices, holds the tokens and asks the service; the page only ever
//! talks to this server. A shop opens once it is told where the service is, which may well start after the stand-in.

mod calls;
mod pages;

use actix_web::web;
use serde_json::{Value, json};

pub use pages::routes;

use secrecy::SecretString;

/// The service a shop sells with.
pub struct Counter {
    /// Such as `http://127.0.0.1:8080`.
    pub origin: String,
    /// What a storefront may: `checkout payments:read payments:write`.
    pub storefront_token: SecretString,
    /// What the office beside it may, too: `payments:settle`.
    pub office_token: SecretString,
}

/// A shop that is open.
pub struct Shop {
    counter: Counter,
    client: reqwest::Client,
}

impl Shop {
    /// A shop that asks with this client.
    pub fn new(counter: Counter, client: reqwest::Client) -> Self {
        Shop { counter, client }
    }
}

/// What is in every cart.
fn cart() -> Value {
    // A constant, read by a test.
    serde_json::from_str(include_str!("cart.json")).unwrap_or_default()
}

/// A new order of that cart.
fn order(number: &str) -> Value {
    json!({ "orderId": format!("SHOP-{number}"), "cart": cart() })
}

/// A body of the page with the cart put in: what is bought, and for how much, is not the page's to say.
fn with_cart(body: &web::Bytes) -> Option<Value> {
    let mut body: Value = serde_json::from_slice(body).ok()?;
    body.as_object_mut()?.insert("cart".to_owned(), cart());
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_does_not_say_what_is_bought() {
        assert!(cart()["total"].is_string());
        let body =
            web::Bytes::from_static(b"{\"orderId\":\"SHOP-1\",\"cart\":{\"total\":\"0.01\"}}");
        let sent = with_cart(&body).expect("an object");
        assert_eq!(
            (&sent["orderId"], &sent["cart"]),
            (&json!("SHOP-1"), &cart())
        );
        for body in ["", "7", "[]", "{"] {
            assert!(
                with_cart(&web::Bytes::from_static(body.as_bytes())).is_none(),
                "{body}"
            );
        }
    }
}
