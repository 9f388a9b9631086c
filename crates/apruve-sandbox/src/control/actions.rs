//! Actions of account holders, buyers and the financing partner.

use actix_web::{http::StatusCode, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ControlResponse, SandboxContext};
use crate::{
    error::ApiError,
    state::{
        SandboxState,
        account::{NewAccount, NewBuyer, NewStatus},
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewMerchant {
    name: String,
    /// Invoices are funded only after a shipment.
    #[serde(default)]
    physical_goods: bool,
    #[serde(default)]
    webhook_urls: Vec<String>,
}

pub(super) async fn add_merchant(
    context: web::Data<SandboxContext>,
    body: web::Json<NewMerchant>,
) -> ControlResponse {
    let new = body.into_inner();
    let mut state = context.state();
    let id = state.add_merchant(&new.name, new.physical_goods);
    for url in &new.webhook_urls {
        if let Err(error) = state.add_endpoint(&id, url) {
            return error.into();
        }
    }
    let merchant = state.merchants.get(&id);
    let key = merchant.map(|merchant| merchant.api_key.as_str());
    ControlResponse::Created(json!({ "id": id, "apiKey": key }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewKey {
    api_key: String,
}

/// Replaces the key of a shop; the old one is invalid from now on.
pub(super) async fn change_key(
    context: web::Data<SandboxContext>,
    id: web::Path<String>,
    body: web::Json<NewKey>,
) -> ControlResponse {
    let api_key = body.into_inner().api_key;
    match context.state().merchants.get_mut(&id) {
        Some(merchant) => {
            merchant.api_key.clone_from(&api_key);
            ControlResponse::Ok(json!({ "id": *id, "apiKey": api_key }))
        }
        None => ApiError::not_found().into(),
    }
}

pub(super) async fn add_account(
    context: web::Data<SandboxContext>,
    merchant_id: web::Path<String>,
    body: web::Json<NewAccount>,
) -> ControlResponse {
    let mut state = context.state();
    let made = state.add_account(&merchant_id, body.into_inner());
    context.wake.notify_one();
    match made {
        Ok(id) => {
            let account = state.accounts.get(&id);
            let shown = account.map(|account| state.show_account(account));
            ControlResponse::Created(json!(shown))
        }
        Err(error) => error.into(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CreditChange {
    credit_amount_cents: Option<i64>,
    credit_balance_cents: Option<i64>,
}

pub(super) async fn set_credit(
    context: web::Data<SandboxContext>,
    id: web::Path<String>,
    body: web::Json<CreditChange>,
) -> ControlResponse {
    let (limit, balance) = (body.credit_amount_cents, body.credit_balance_cents);
    change_account(&context, &id, |state| state.set_credit(&id, limit, balance))
}

/// Suspends, denies, disables or approves a company.
pub(super) async fn set_status(
    context: web::Data<SandboxContext>,
    id: web::Path<String>,
    body: web::Json<NewStatus>,
) -> ControlResponse {
    change_account(&context, &id, |state| {
        state.set_status(&id, body.into_inner())
    })
}

pub(super) async fn add_buyer(
    context: web::Data<SandboxContext>,
    id: web::Path<String>,
    body: web::Json<NewBuyer>,
) -> ControlResponse {
    change_account(&context, &id, |state| {
        state.add_buyer(&id, body.into_inner())
    })
}

pub(super) async fn remove_buyer(
    context: web::Data<SandboxContext>,
    path: web::Path<(String, String)>,
) -> ControlResponse {
    let (id, buyer_id) = path.into_inner();
    change_account(&context, &id, |state| state.remove_buyer(&id, &buyer_id))
}

fn change_account(
    context: &SandboxContext,
    id: &str,
    change: impl FnOnce(&mut SandboxState) -> Result<(), ApiError>,
) -> ControlResponse {
    let mut state = context.state();
    let outcome = change(&mut state);
    context.wake.notify_one();
    ControlResponse::of(outcome.map(|()| {
        let account = state.accounts.get(id);
        json!(account.map(|account| state.show_account(account)))
    }))
}

/// `approve`, `decline`, `expire` (without waiting) and `cancel` (as if the shop had done it elsewhere).
pub(super) async fn change_order(
    context: web::Data<SandboxContext>,
    path: web::Path<(String, String)>,
) -> ControlResponse {
    let (id, action) = path.into_inner();
    let mut state = context.state();
    let outcome = match action.as_str() {
        "approve" => state.approve_order(&id),
        "decline" | "expire" => state.decline_order(&id),
        "cancel" => state.cancel_order(&id),
        _ => return unknown_action(&action),
    };
    context.wake.notify_one();
    ControlResponse::of(outcome.map(|()| shown_order(&state, &id)))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct InvoiceAmounts {
    /// The amount to pay, or the new amount of the invoice; by default all that is left to pay.
    amount_cents: Option<i64>,
    /// The fee of the financing partner; 3 % by default.
    fee_cents: Option<i64>,
}

/// `issue`, `close` and `cancel` as if the shop had done it elsewhere; `fund`, `pay`, `bounce` and `change` are
/// actions of others.
pub(super) async fn change_invoice(
    context: web::Data<SandboxContext>,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> ControlResponse {
    let (id, action) = path.into_inner();
    let amounts = match body.as_ref() {
        [] => InvoiceAmounts::default(),
        body => match serde_json::from_slice(body) {
            Ok(amounts) => amounts,
            Err(error) => {
                return ControlResponse::Error(StatusCode::BAD_REQUEST, error.to_string());
            }
        },
    };
    let mut state = context.state();
    let outcome = match action.as_str() {
        "issue" => state.issue_invoice(&id),
        "close" => state.close_invoice(&id),
        "cancel" => state.cancel_invoice(&id),
        "fund" => state.fund_invoice(&id, amounts.amount_cents, amounts.fee_cents),
        "pay" => state.pay_invoice(&id, amounts.amount_cents),
        "bounce" => state.bounce_invoice(&id),
        "change" => match amounts.amount_cents {
            Some(amount) => state.change_amount(&id, amount),
            None => return needs_amount(),
        },
        _ => return unknown_action(&action),
    };
    context.wake.notify_one();
    ControlResponse::of(outcome.map(|()| shown_invoice(&state, &id)))
}

fn needs_amount() -> ControlResponse {
    let message = "`amountCents` says what the invoice is over then.";
    ControlResponse::Error(StatusCode::BAD_REQUEST, message.to_owned())
}

fn unknown_action(action: &str) -> ControlResponse {
    ControlResponse::Error(
        StatusCode::NOT_FOUND,
        format!("Nothing is called {action}."),
    )
}

fn shown_order(state: &SandboxState, id: &str) -> Value {
    let order = state.orders.get(id);
    json!(order.map(|order| state.show_order(order)))
}

fn shown_invoice(state: &SandboxState, id: &str) -> Value {
    let invoice = state.invoices.get(id);
    json!(invoice.map(|invoice| state.show_invoice(invoice)))
}
