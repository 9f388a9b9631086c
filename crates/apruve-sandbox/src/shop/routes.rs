//! The shop's page, and the calls of its script.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Deserialize;
use serde_json::json;

use super::{
    cart::Quantities,
    forward::pass_on,
    journal::ServiceCall,
    journal_stream,
    page_call::{Answer, Refusal, open, order, required_key},
};
use crate::{
    context::Context,
    pages::{assets, html},
};

/// Mounts the operations below `/shop`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/shop", web::get().to(page))
        .route("/shop/api/orders", web::post().to(new_order))
        .route("/shop/api/orders/{order}", web::get().to(show_order))
        .route("/shop/api/orders/{order}/cart", web::put().to(change_cart))
        .route("/shop/api/orders/{order}/journal", web::get().to(journal))
        .route("/shop/api/orders/{order}/fund", web::post().to(fund))
        .route("/shop/api/orders/{order}/v1/{path:.*}", web::to(pass_on));
}

async fn page(context: Context) -> HttpResponse {
    match open(&context) {
        Ok(_) => assets::html(StatusCode::OK, assets::SHOP),
        Err(_) => {
            let body = "<p>The shop opens with <code>onterms demo</code>, which has a service to sell with.</p>";
            html::page(StatusCode::NOT_FOUND, "No shop is open here", body)
        }
    }
}

async fn new_order(context: Context) -> Answer {
    let shop = open(&context)?;
    let id = context.state().ids.fresh();
    let number = format!("SHOP-{}", id.get(..8).unwrap_or(&id));
    Ok(HttpResponse::Created().json(shop.orders.add(&number).show(&number)))
}

/// The order, and the origin of the service.
async fn show_order(context: Context, number: web::Path<String>) -> Answer {
    let shop = open(&context)?;
    let mut shown = order(shop, &number)?.show(&number);
    shown["serviceUrl"] = shop.service_origin().into();
    Ok(HttpResponse::Ok().json(shown))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CartChange {
    quantities: Vec<u32>,
}

async fn change_cart(context: Context, number: web::Path<String>, body: web::Bytes) -> Answer {
    let shop = open(&context)?;
    order(shop, &number)?;
    let unreadable = |_| Refusal::bad_request("Each product needs a whole quantity.");
    let change: CartChange = serde_json::from_slice(&body).map_err(unreadable)?;
    let quantities = Quantities::read(change.quantities).map_err(Refusal::bad_request)?;
    let fixed = || Refusal::conflict("The payment has begun, so the cart is fixed.");
    let order = shop.orders.change(&number, quantities).ok_or_else(fixed)?;
    Ok(HttpResponse::Ok().json(order.show(&number)))
}

async fn journal(context: Context, number: web::Path<String>) -> Answer {
    let shop = open(&context)?;
    order(shop, &number)?;
    let (journal, number) = (shop.journal.clone(), number.into_inner());
    Ok(journal_stream::stream(journal, number))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FundingForm {
    /// Apruve's id of the invoice.
    invoice_id: String,
}

/// Lets Apruve pay an invoice, as `/control/invoices/{id}/fund` does.
async fn fund(
    context: Context,
    request: HttpRequest,
    number: web::Path<String>,
    body: web::Bytes,
) -> Answer {
    let shop = open(&context)?;
    order(shop, &number)?;
    required_key(&request)?;
    let unreadable = |error: serde_json::Error| Refusal::bad_request(error.to_string());
    let FundingForm { invoice_id } = serde_json::from_slice(&body).map_err(unreadable)?;
    let begun = shop.journal.begin();
    let outcome = context.state().fund_invoice(&invoice_id, None, None);
    context.wake.notify_one();
    let (status, answer) = match &outcome {
        Ok(()) => (StatusCode::OK, json!({ "status": "funded" })),
        Err(error) => (StatusCode::CONFLICT, json!({ "error": error.title })),
    };
    let call = ServiceCall {
        system: "Apruve",
        method: "POST".to_owned(),
        path: format!("/control/invoices/{invoice_id}/fund"),
        headers: json!({}),
        request: None,
        status: Some(status.as_u16()),
        answer,
        duration_ms: begun.duration_ms(),
    };
    shop.journal.record_call(begun, &number, call);
    match outcome {
        Ok(()) => Ok(HttpResponse::NoContent().finish()),
        Err(error) => Err(Refusal::conflict(format!("{}.", error.title))),
    }
}
