//! `/buyer`: HTML pages on which a person plays the account holder and approves, declines or expires orders.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::Path,
};

use super::{
    Context,
    html::{amount, escape, page, time},
};
use crate::{
    error::ApiError,
    state::{
        SandboxState,
        item::Item,
        order::{Order, OrderStatus},
    },
};

/// All orders, the newest first.
pub(super) async fn list(context: Context) -> HttpResponse {
    let state = context.state();
    let orders = state.orders.iter().rev();
    let rows: String = orders.map(|order| row(&state, order)).collect();
    let body = if rows.is_empty() {
        r#"<p class="empty">Nobody has ordered anything yet.</p>"#.to_owned()
    } else {
        format!(
            r#"<div class="wide" role="region" aria-label="Orders" tabindex="0"><table>
<thead><tr><th scope="col">Order<th scope="col">Company<th scope="col" class="amount">Amount<th scope="col">Status<th scope="col">Placed</tr></thead>
<tbody>{rows}</tbody></table></div>"#
        )
    };
    page(StatusCode::OK, "Orders on terms", &body)
}

fn row(state: &SandboxState, order: &Order) -> String {
    format!(
        r#"<tr><td><a href="/buyer/orders/{}">{}</a><td>{}<td class="amount">{}<td>{}<td>{}</tr>"#,
        order.id,
        escape(name(order)),
        escape(account_name(state, order)),
        amount(order.details.amount_cents, &order.details.currency),
        status(order),
        time(order.created_at),
    )
}

/// One order, with the possible actions.
pub(super) async fn show(context: Context, id: Path<String>) -> HttpResponse {
    order_page(&context.state(), &id, None)
}

fn order_page(state: &SandboxState, id: &str, error: Option<&ApiError>) -> HttpResponse {
    let code = error.map_or(StatusCode::OK, ApiError::http_status);
    let Some(order) = state.orders.get(id) else {
        let body = r#"<p>There is no such order.</p><p><a href="/buyer">All orders</a></p>"#;
        return page(StatusCode::NOT_FOUND, "Not found", body);
    };
    let title = format!("Order {}", name(order));
    page(code, &title, &detail(state, order, error))
}

fn detail(state: &SandboxState, order: &Order, error: Option<&ApiError>) -> String {
    let details = &order.details;
    let account = state.accounts.get(&order.account_id);
    let available = account.map_or(0, |account| account.available_cents());
    let number = details.po_number.as_deref();
    let lines: String = details.items.iter().map(line).collect();
    format!(
        r#"<dl class="facts">
<div><dt>Status</dt><dd id="status">{}</dd></div>
<div><dt>Amount</dt><dd>{}</dd></div>
<div><dt>Company</dt><dd>{}</dd></div>
<div><dt>Credit left</dt><dd>{}</dd></div>
<div><dt>Purchase order</dt><dd>{}</dd></div>
<div><dt>Placed</dt><dd>{}</dd></div>
</dl>
<section><h2 id="lines">What is bought</h2>
<div class="wide" role="region" aria-labelledby="lines" tabindex="0"><table>
<thead><tr><th scope="col">Product<th scope="col" class="amount">Quantity<th scope="col" class="amount">Amount</tr></thead>
<tbody>{lines}</tbody></table></div></section>
{}
<p><a href="/buyer">All orders</a></p>"#,
        status(order),
        amount(details.amount_cents, &details.currency),
        escape(account_name(state, order)),
        amount(available, &details.currency),
        number.map_or_else(|| "none".to_owned(), escape),
        time(order.created_at),
        actions(order, error),
    )
}

/// The buttons, and the reason why the last action failed.
fn actions(order: &Order, error: Option<&ApiError>) -> String {
    let mut forms = String::new();
    if order.status == OrderStatus::Pending {
        for (action, label) in [
            ("approve", "Approve"),
            ("decline", "Decline"),
            ("expire", "Let it expire"),
        ] {
            let id = &order.id;
            forms += &format!(
                r#"<form method="post" action="/buyer/orders/{id}/{action}"><button id="{action}">{label}</button></form>"#
            );
        }
    }
    let error = error.map_or_else(String::new, |error| {
        let title = escape(&error.title);
        format!(r#"<p class="error" role="alert">{title}.</p>"#)
    });
    format!(r#"<div class="buttons">{forms}{error}</div>"#)
}

fn line(item: &Item) -> String {
    let text = |name: &str| match &item.shown.get(name) {
        Some(serde_json::Value::String(text)) => escape(text),
        Some(serde_json::Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let total = item.total_cents.map(|cents| amount(cents, ""));
    format!(
        r#"<tr><td>{}<td class="amount">{}<td class="amount">{}</tr>"#,
        text("title"),
        text("quantity"),
        total.unwrap_or_default().trim_end(),
    )
}

/// Runs an action, and redirects to the order.
pub(super) async fn act(context: Context, path: Path<(String, String)>) -> HttpResponse {
    let (id, action) = path.into_inner();
    let mut state = context.state();
    let outcome = match action.as_str() {
        "approve" => state.approve_order(&id),
        "decline" | "expire" => state.decline_order(&id),
        _ => Err(ApiError::not_found()),
    };
    context.wake.notify_one();
    match outcome {
        Ok(()) => HttpResponse::SeeOther()
            .insert_header((header::LOCATION, format!("/buyer/orders/{id}")))
            .finish(),
        Err(error) => order_page(&state, &id, Some(&error)),
    }
}

fn status(order: &Order) -> String {
    let (label, tone) = match order.status {
        OrderStatus::New => ("New", "plain"),
        OrderStatus::Pending => ("Waits for approval", "waiting"),
        OrderStatus::Accepted => ("Accepted", "good"),
        OrderStatus::Canceled => ("Canceled", "bad"),
    };
    format!(
        r#"<span class="status {tone}" data-status="{}">{label}</span>"#,
        order.status.word()
    )
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
