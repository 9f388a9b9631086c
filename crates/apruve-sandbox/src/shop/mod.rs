//! `/shop`: a demo shop in the browser, with a checkout and the settlement of its payments.
//!
//! This is the shop's backend: it has the prices and the tokens and calls the service; the page only calls this server. The
//! shop opens when it gets the address of the service, which may start after the sandbox.

mod calls;
mod pages;

use actix_web::web;
use serde_json::{Value, json};

pub use pages::routes;

use secrecy::SecretString;

/// The service that a shop sells with, and tokens for it.
pub struct ServiceAccess {
    /// Such as `http://127.0.0.1:8080`.
    pub origin: String,
    /// With the scopes of a storefront: `checkout payments:read payments:write`.
    pub storefront_token: SecretString,
    /// With the scopes of a back office, which include `payments:settle`.
    pub office_token: SecretString,
}

/// An open shop.
pub struct Shop {
    service: ServiceAccess,
    client: reqwest::Client,
}

impl Shop {
    /// A shop that calls the service with this client.
    pub fn new(service: ServiceAccess, client: reqwest::Client) -> Self {
        Shop { service, client }
    }
}

/// The cart of every order.
fn cart() -> Value {
    // Checked by a test.
    serde_json::from_str(include_str!("cart.json")).unwrap_or_default()
}

/// A new order of that cart.
fn order(number: &str) -> Value {
    json!({ "orderId": format!("SHOP-{number}"), "cart": cart() })
}

/// A body of the page with the cart added: the page must not decide what is bought and at which price.
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
