//! Actions of account holders, buyers and the financing partner.

use actix_web::{
    http::StatusCode,
    web::{Bytes, Json, Path},
};
use serde::Deserialize;
use serde_json::json;

use super::{Context, ControlAnswer, ControlError, created, ok};
use crate::state::{
    SandboxState,
    account::{Account, NewAccount, NewBuyer, NewStatus},
    invoice::Invoice,
    object::ApiObject,
    order::Order,
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

pub(super) async fn add_merchant(context: Context, body: Json<NewMerchant>) -> ControlAnswer {
    let new = body.into_inner();
    let mut state = context.state();
    let id = state.add_merchant(&new.name, new.physical_goods);
    for url in &new.webhook_urls {
        state.add_endpoint(&id, url)?;
    }
    created(json!({ "id": id, "apiKey": state.merchants.find(&id)?.api_key }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewKey {
    api_key: String,
}

/// Replaces the key of a shop; the old one is invalid from now on.
pub(super) async fn change_key(
    context: Context,
    id: Path<String>,
    body: Json<NewKey>,
) -> ControlAnswer {
    let mut state = context.state();
    let merchant = state.merchants.find_mut(&id)?;
    merchant.api_key.clone_from(&body.api_key);
    ok(json!({ "id": *id, "apiKey": body.api_key }))
}

pub(super) async fn add_account(
    context: Context,
    merchant_id: Path<String>,
    body: Json<NewAccount>,
) -> ControlAnswer {
    let mut state = context.state();
    let made = state.add_account(&merchant_id, body.into_inner());
    context.wake.notify_one();
    created(state.show::<Account>(&made?)?)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CreditChange {
    credit_amount_cents: Option<i64>,
    credit_balance_cents: Option<i64>,
}

pub(super) async fn set_credit(
    context: Context,
    id: Path<String>,
    body: Json<CreditChange>,
) -> ControlAnswer {
    let (limit, balance) = (body.credit_amount_cents, body.credit_balance_cents);
    change::<Account>(&context, &id, |state| {
        Ok(state.set_credit(&id, limit, balance)?)
    })
}

/// Suspends, denies, disables or approves a company.
pub(super) async fn set_status(
    context: Context,
    id: Path<String>,
    body: Json<NewStatus>,
) -> ControlAnswer {
    change::<Account>(&context, &id, |state| {
        Ok(state.set_status(&id, body.into_inner())?)
    })
}

pub(super) async fn add_buyer(
    context: Context,
    id: Path<String>,
    body: Json<NewBuyer>,
) -> ControlAnswer {
    change::<Account>(&context, &id, |state| {
        Ok(state.add_buyer(&id, body.into_inner())?)
    })
}

pub(super) async fn remove_buyer(context: Context, path: Path<(String, String)>) -> ControlAnswer {
    let (id, buyer_id) = path.into_inner();
    change::<Account>(&context, &id, |state| {
        Ok(state.remove_buyer(&id, &buyer_id)?)
    })
}

/// Changes an object, and returns it.
fn change<T: ApiObject>(
    context: &Context,
    id: &str,
    change: impl FnOnce(&mut SandboxState) -> Result<(), ControlError>,
) -> ControlAnswer {
    let mut state = context.state();
    let outcome = change(&mut state);
    context.wake.notify_one();
    outcome?;
    ok(state.show::<T>(id)?)
}

/// `approve`, `decline`, `expire` (without waiting) and `cancel` (as if the shop had done it elsewhere).
pub(super) async fn change_order(context: Context, path: Path<(String, String)>) -> ControlAnswer {
    let (id, action) = path.into_inner();
    change::<Order>(&context, &id, |state| {
        match action.as_str() {
            "approve" => state.approve_order(&id)?,
            "decline" | "expire" => state.decline_order(&id)?,
            "cancel" => state.cancel_order(&id)?,
            _ => return Err(unknown_action(&action)),
        }
        Ok(())
    })
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
    context: Context,
    path: Path<(String, String)>,
    body: Bytes,
) -> ControlAnswer {
    let (id, action) = path.into_inner();
    let amounts = match body.as_ref() {
        [] => InvoiceAmounts::default(),
        body => serde_json::from_slice(body).map_err(|error| bad_request(error.to_string()))?,
    };
    let needs_amount = || bad_request("`amountCents` says what the invoice is over then.");
    change::<Invoice>(&context, &id, |state| {
        match action.as_str() {
            "issue" => state.issue_invoice(&id)?,
            "close" => state.close_invoice(&id)?,
            "cancel" => state.cancel_invoice(&id)?,
            "fund" => state.fund_invoice(&id, amounts.amount_cents, amounts.fee_cents)?,
            "pay" => state.pay_invoice(&id, amounts.amount_cents)?,
            "bounce" => state.bounce_invoice(&id)?,
            "change" => {
                let amount = amounts.amount_cents.ok_or_else(needs_amount)?;
                state.change_amount(&id, amount)?;
            }
            _ => return Err(unknown_action(&action)),
        }
        Ok(())
    })
}

fn bad_request(message: impl Into<String>) -> ControlError {
    ControlError(StatusCode::BAD_REQUEST, message.into())
}

fn unknown_action(action: &str) -> ControlError {
    let message = format!("Nothing is called {action}.");
    ControlError(StatusCode::NOT_FOUND, message)
}
