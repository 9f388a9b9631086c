//! Forwards calls of the page to the service.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web,
};
use serde_json::Value;

use super::{
    calls,
    orders::ShopOrder,
    page_call::{self, Answer, Refusal},
    service::NewCall,
};
use crate::context::Context;

/// Forwards the calls that the page may make to the service.
pub async fn pass_on(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Bytes,
    context: Context,
) -> Answer {
    let (number, path) = path.into_inner();
    let shop = page_call::open(&context)?;
    let order = page_call::order(shop, &number)?;
    let role = calls::role(request.method(), &path).filter(|_| is_own(&path, &order));
    let role = role.ok_or_else(|| Refusal::not_found("The shop makes no such call."))?;
    let (key, body) = match *request.method() {
        Method::GET => (None, None),
        _ => {
            let key = page_call::required_key(&request)?;
            (Some(key), Some(full_body(&path, &number, &order, &body)?))
        }
    };
    let call = NewCall {
        role,
        path: match path.as_str() {
            "checkout/payment-methods" => "checkout/payment-methods?explain=summary",
            path => path,
        },
        key,
        body,
    };
    let answered = shop.service.call_for(&number, call).await;
    let answered = answered.map_err(|error| {
        let error = error.without_url();
        Refusal::no_answer(format!("The service does not answer: {error}."))
    })?;
    if path == "payments"
        && let Some(id) = answered.json()["id"].as_str()
        && answered.status.is_success()
    {
        shop.orders.set_payment(&number, id);
    }
    Ok(HttpResponse::build(answered.status)
        .insert_header((header::CONTENT_TYPE, answered.content_type))
        .body(answered.body))
}

/// Whether a call concerns the payment of this order, or no payment.
fn is_own(path: &str, order: &ShopOrder) -> bool {
    match path.strip_prefix("payments/") {
        Some(rest) => rest.split('/').next() == order.payment_id.as_deref(),
        None => true,
    }
}

/// The body of a call. The page must not decide what is bought and at which price.
fn full_body(path: &str, number: &str, order: &ShopOrder, body: &[u8]) -> Result<Value, Refusal> {
    let cart = || order.quantities.cart();
    if path == "checkout/payment-methods" {
        return Ok(cart());
    }
    let broken = || Refusal::bad_request("The body is no JSON object.");
    let mut body: Value = serde_json::from_slice(body).map_err(|_| broken())?;
    let members = body.as_object_mut().ok_or_else(broken)?;
    if path == "payments" {
        members.insert("orderId".to_owned(), number.into());
        members.insert("cart".to_owned(), cart());
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_page_does_not_say_what_is_bought() {
        let order = ShopOrder::default();
        let cart = order.quantities.cart();
        let body = br#"{ "orderId": "SHOP-2", "cart": { "total": "0.01" } }"#;
        let sent = full_body("payments", "SHOP-1", &order, body).ok();
        assert_eq!(sent, Some(json!({ "orderId": "SHOP-1", "cart": cart })));
        let sent = full_body("checkout/payment-methods", "SHOP-1", &order, b"{}").ok();
        assert_eq!(sent, Some(cart));
        for body in ["", "7", "[]", "{"] {
            let sent = full_body("payments", "SHOP-1", &order, body.as_bytes());
            assert!(sent.is_err(), "{body}");
        }
    }

    #[test]
    fn an_order_has_calls_for_its_own_payment_only() {
        let order = ShopOrder {
            payment_id: Some("payment_1".to_owned()),
            ..ShopOrder::default()
        };
        for (path, own) in [
            ("payments", true),
            ("checkout/payment-methods", true),
            ("payments/payment_1", true),
            ("payments/payment_1/invoices", true),
            ("payments/payment_2", false),
            ("payments/payment_12/invoices", false),
        ] {
            assert_eq!(is_own(path, &order), own, "{path}");
        }
        assert!(!is_own("payments/payment_1", &ShopOrder::default()));
    }
}
