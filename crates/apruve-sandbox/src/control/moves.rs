//! Moves from Apruve's side: what account holders, buyers and the financing partner do.

use actix_web::{http::StatusCode, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Controlled, Shared};
use crate::{
    refusal::Refusal,
    world::{World, account::NewAccount},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewMerchant {
    name: String,
    /// Funds only what was shipped.
    #[serde(default)]
    physical_goods: bool,
    #[serde(default)]
    webhook_urls: Vec<String>,
}

pub(super) async fn add_merchant(
    shared: web::Data<Shared>,
    body: web::Json<NewMerchant>,
) -> Controlled {
    let new = body.into_inner();
    let mut world = shared.world();
    let id = world.add_merchant(&new.name, new.physical_goods);
    for url in &new.webhook_urls {
        if let Err(refusal) = world.add_endpoint(&id, url) {
            return refusal.into();
        }
    }
    let merchant = world.merchants.get(&id);
    let key = merchant.map(|merchant| merchant.api_key.as_str());
    Controlled::Made(json!({ "id": id, "apiKey": key }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Key {
    api_key: String,
}

/// The shop has another key from now on; the old one opens nothing any more.
pub(super) async fn change_key(
    shared: web::Data<Shared>,
    id: web::Path<String>,
    body: web::Json<Key>,
) -> Controlled {
    let api_key = body.into_inner().api_key;
    match shared.world().merchants.get_mut(&id) {
        Some(merchant) => {
            merchant.api_key.clone_from(&api_key);
            Controlled::Done(json!({ "id": *id, "apiKey": api_key }))
        }
        None => Refusal::not_found().into(),
    }
}

pub(super) async fn add_account(
    shared: web::Data<Shared>,
    merchant_id: web::Path<String>,
    body: web::Json<NewAccount>,
) -> Controlled {
    let mut world = shared.world();
    let made = world.add_account(&merchant_id, body.into_inner());
    shared.wake.notify_one();
    match made {
        Ok(id) => {
            let account = world.accounts.get(&id);
            let shown = account.map(|account| world.show_account(account));
            Controlled::Made(json!(shown))
        }
        Err(refusal) => refusal.into(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Credit {
    credit_amount_cents: Option<i64>,
    credit_balance_cents: Option<i64>,
}

pub(super) async fn set_credit(
    shared: web::Data<Shared>,
    id: web::Path<String>,
    body: web::Json<Credit>,
) -> Controlled {
    let mut world = shared.world();
    let (limit, balance) = (body.credit_amount_cents, body.credit_balance_cents);
    let outcome = world.set_credit(&id, limit, balance);
    shared.wake.notify_one();
    Controlled::of(outcome.map(|()| {
        let account = world.accounts.get(&id);
        json!(account.map(|account| world.show_account(account)))
    }))
}

/// `approve`, `decline`, `expire` (as if its time had come) and `cancel` (as if the shop had done it elsewhere).
pub(super) async fn move_order(
    shared: web::Data<Shared>,
    path: web::Path<(String, String)>,
) -> Controlled {
    let (id, action) = path.into_inner();
    let mut world = shared.world();
    let outcome = match action.as_str() {
        "approve" => world.approve_order(&id),
        "decline" | "expire" => world.decline_order(&id),
        "cancel" => world.cancel_order(&id),
        _ => return unknown_action(&action),
    };
    shared.wake.notify_one();
    Controlled::of(outcome.map(|()| shown_order(&world, &id)))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Figures {
    /// What is paid, or what the invoice is changed to; all that is left to pay where it is not said.
    amount_cents: Option<i64>,
    /// What the financing partner keeps; 3 % where it is not said.
    fee_cents: Option<i64>,
}

/// `issue`, `close` and `cancel` as if the shop had done it elsewhere; `fund`, `pay`, `bounce` and `change` as the others do.
pub(super) async fn move_invoice(
    shared: web::Data<Shared>,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> Controlled {
    let (id, action) = path.into_inner();
    let figures = match body.as_ref() {
        [] => Figures::default(),
        body => match serde_json::from_slice(body) {
            Ok(figures) => figures,
            Err(error) => {
                return Controlled::Refused(StatusCode::BAD_REQUEST, error.to_string());
            }
        },
    };
    let mut world = shared.world();
    let outcome = match action.as_str() {
        "issue" => world.issue_invoice(&id),
        "close" => world.close_invoice(&id),
        "cancel" => world.cancel_invoice(&id),
        "fund" => world.fund_invoice(&id, figures.amount_cents, figures.fee_cents),
        "pay" => world.pay_invoice(&id, figures.amount_cents),
        "bounce" => world.bounce_invoice(&id),
        "change" => match figures.amount_cents {
            Some(amount) => world.change_amount(&id, amount),
            None => return needs_amount(),
        },
        _ => return unknown_action(&action),
    };
    shared.wake.notify_one();
    Controlled::of(outcome.map(|()| shown_invoice(&world, &id)))
}

fn needs_amount() -> Controlled {
    let message = "`amountCents` says what the invoice is over then.";
    Controlled::Refused(StatusCode::BAD_REQUEST, message.to_owned())
}

fn unknown_action(action: &str) -> Controlled {
    Controlled::Refused(
        StatusCode::NOT_FOUND,
        format!("Nothing is called {action}."),
    )
}

fn shown_order(world: &World, id: &str) -> Value {
    let order = world.orders.get(id);
    json!(order.map(|order| world.show_order(order)))
}

fn shown_invoice(world: &World, id: &str) -> Value {
    let invoice = world.invoices.get(id);
    json!(invoice.map(|invoice| world.show_invoice(invoice)))
}
