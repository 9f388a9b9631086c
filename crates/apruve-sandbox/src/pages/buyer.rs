//! `/buyer`: HTML pages on which a person plays the account holder and approves, declines or expires orders.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};

use super::SandboxContext;
use crate::{
    error::ApiError,
    state::{
        SandboxState,
        order::{Order, OrderStatus},
    },
};

/// All orders, the newest first.
pub(super) async fn list(context: web::Data<SandboxContext>) -> HttpResponse {
    let state = context.state();
    let mut rows: Vec<String> = state
        .orders
        .iter()
        .map(|order| row(&state, order))
        .collect();
    rows.reverse();
    let body = format!(
        "<table><tr><th>Order<th>Account<th>Amount<th>Status</tr>{}</table>",
        rows.concat()
    );
    page(StatusCode::OK, "Orders", &body)
}

fn row(state: &SandboxState, order: &Order) -> String {
    format!(
        "<tr><td><a href=\"/buyer/orders/{}\">{}</a><td>{}<td>{}<td>{}</tr>",
        order.id,
        escape(name(order)),
        escape(account_name(state, order)),
        amount(order.details.amount_cents, &order.details.currency),
        order.status.word(),
    )
}

/// One order, with the possible actions.
pub(super) async fn show(
    context: web::Data<SandboxContext>,
    id: web::Path<String>,
) -> HttpResponse {
    let state = context.state();
    match state.orders.get(&id) {
        Some(order) => page(StatusCode::OK, name(order), &detail(&state, order)),
        None => refused(&ApiError::not_found()),
    }
}

fn detail(state: &SandboxState, order: &Order) -> String {
    let details = &order.details;
    let account = state.accounts.get(&order.account_id);
    let available = account.map_or(0, |account| account.available_cents());
    let mut body = format!(
        "<p>{} for <b>{}</b>, which has {} of credit left. Status: <b id=\"status\">{}</b></p>",
        amount(details.amount_cents, &details.currency),
        escape(account_name(state, order)),
        amount(available, &details.currency),
        order.status.word(),
    );
    if order.status == OrderStatus::Pending {
        for (action, label) in [
            ("approve", "Approve"),
            ("decline", "Decline"),
            ("expire", "Let it expire"),
        ] {
            body += &format!(
                "<form method=\"post\" action=\"/buyer/orders/{}/{action}\"><button id=\"{action}\">{label}</button></form>",
                order.id
            );
        }
    }
    body + "<p><a href=\"/buyer\">All orders</a></p>"
}

/// Runs an action, and shows the order again.
pub(super) async fn act(
    context: web::Data<SandboxContext>,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    let (id, action) = path.into_inner();
    let outcome = {
        let mut state = context.state();
        match action.as_str() {
            "approve" => state.approve_order(&id),
            "decline" | "expire" => state.decline_order(&id),
            _ => Err(ApiError::not_found()),
        }
    };
    context.wake.notify_one();
    match outcome {
        Ok(()) => HttpResponse::SeeOther()
            .insert_header((header::LOCATION, format!("/buyer/orders/{id}")))
            .finish(),
        Err(error) => refused(&error),
    }
}

fn refused(error: &ApiError) -> HttpResponse {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
    let body = format!("<p>{}</p>", escape(&error.title));
    page(status, "This is not possible", &body)
}

fn page(status: StatusCode, title: &str, body: &str) -> HttpResponse {
    let title = escape(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:16px sans-serif;margin:2em}}td,th{{padding:.3em 1em;text-align:left}}\
         form{{display:inline-block;margin-right:1em}}</style>\
         <h1>{title}</h1>{body}</html>"
    );
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .body(html)
}

/// The shop's order number, or the order's id without one.
fn name(order: &Order) -> &str {
    let number = order.details.merchant_order_id.as_deref();
    number.unwrap_or(&order.id)
}

fn account_name<'a>(state: &'a SandboxState, order: &Order) -> &'a str {
    let account = state.accounts.get(&order.account_id);
    account.map_or("?", |account| account.name.as_str())
}

fn amount(cents: i64, currency: &str) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (whole, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    format!("{sign}{whole}.{rest:02} {}", escape(currency))
}

/// Shops choose their order numbers, so they must not be interpreted as HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
