//! The REST API: which call does what. One table, as in Apruve's catalogue; PATCH is as good as PUT.
//!
//! Paths come without `/api/v4`, without a `.json` at the end and without a trailing slash. What belongs to another shop is
//! not known here.

mod invoices;
mod merchants;
mod orders;
mod pages;

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{
    fields::Fields,
    refusal::{Answer, Body, Refusal},
    world::World,
};

/// One call of a shop that showed a good key.
pub struct Call<'a> {
    pub merchant_id: &'a str,
    pub method: &'a str,
    pub path: &'a [&'a str],
    pub query: &'a HashMap<String, String>,
    pub body: &'a [u8],
}

impl Call<'_> {
    fn fields(&self, noun: &str) -> Result<Fields, Refusal> {
        Fields::read(self.body, noun)
    }
}

/// What an answer was made of; the status of what made something is a matter of [`super::world::behaviour::Behaviour`].
enum Done {
    Made(Value),
    Shown(Value),
}

/// What becomes of orders once their call is answered.
pub struct Worked {
    pub answer: Answer,
    /// An order that may now decide about itself.
    pub put_up: Option<String>,
}

/// Does the work of a call.
pub fn work(world: &mut World, call: &Call<'_>) -> Result<Worked, Refusal> {
    let mut put_up = None;
    let done = dispatch(world, call, &mut put_up)?;
    let (status, value) = match done {
        Done::Made(value) => (world.behaviour.created_status, value),
        Done::Shown(value) => (200, value),
    };
    let body = Body::Json(value);
    let answer = Answer {
        status,
        body,
        headers: BTreeMap::new(),
    };
    Ok(Worked { answer, put_up })
}

fn dispatch(
    world: &mut World,
    call: &Call<'_>,
    put_up: &mut Option<String>,
) -> Result<Done, Refusal> {
    let method = match call.method {
        "PATCH" => "PUT",
        method => method,
    };
    match (method, call.path) {
        ("POST", ["orders"]) => orders::create(world, call, put_up),
        ("GET", ["orders"]) => orders::list(world, call),
        ("GET", ["orders", id]) => orders::read(world, call, id),
        ("PUT", ["orders", id]) => orders::update(world, call, id),
        ("POST", ["orders", id, "finalize"]) => orders::finalize(world, call, id, put_up),
        ("POST", ["orders", id, "cancel"]) => orders::cancel(world, call, id),
        ("GET", ["orders", id, "order_items"]) => orders::list_items(world, call, id),
        ("POST", ["orders", id, "order_items"]) => orders::add_item(world, call, id),
        ("GET", ["order_items", id]) => orders::read_item(world, call, id),
        ("PUT", ["order_items", id]) => orders::change_item(world, call, id),
        ("DELETE", ["order_items", id]) => orders::remove_item(world, call, id),

        ("GET", ["orders", id, "invoices"]) => invoices::list(world, call, id),
        ("POST", ["orders", id, "invoices"]) => invoices::create(world, call, id),
        ("POST", ["invoices"]) => invoices::create_by_body(world, call),
        ("GET", ["invoices", id]) => invoices::read(world, call, id),
        ("GET", ["orders", order, "invoices", id]) => invoices::read_of(world, call, order, id),
        ("PUT", ["invoices", id]) => invoices::update(world, call, id),
        ("POST", ["invoices", id, "issue"]) => invoices::act(world, call, id, World::issue_invoice),
        ("POST", ["invoices", id, "close"]) => invoices::act(world, call, id, World::close_invoice),
        ("POST", ["invoices", id, "cancel"]) => {
            invoices::act(world, call, id, World::cancel_invoice)
        }
        ("GET", ["invoices", id, "invoice_items", item]) => {
            invoices::read_item(world, call, id, item)
        }

        ("POST", ["invoices", id, "shipments"]) => invoices::ship(world, call, id),
        ("GET", ["invoices", id, "shipments"]) => invoices::list_shipments(world, call, id),
        ("GET", ["invoices", id, "shipments", shipment]) => {
            invoices::read_shipment(world, call, id, shipment)
        }
        ("PUT", ["invoices", id, "shipments", shipment]) => {
            invoices::update_shipment(world, call, id, shipment)
        }
        ("POST", ["invoices", id, "invoice_returns"]) => invoices::give_back(world, call, id),
        ("GET", ["invoices", id, "invoice_returns"]) => invoices::list_returns(world, call, id),
        ("GET", ["invoices", id, "invoice_returns", returned]) => {
            invoices::read_return(world, call, id, returned)
        }
        ("PUT", ["invoices", id, "invoice_returns", returned]) => {
            invoices::update_return(world, call, id, returned)
        }

        ("GET", ["merchants", id]) => merchants::read(world, call, id),
        ("GET", ["merchants", id, "corporate_accounts"]) => {
            merchants::list_accounts(world, call, id)
        }
        ("GET", ["merchants", id, "corporate_accounts", account]) => {
            merchants::read_account(world, call, id, account)
        }
        ("GET", ["merchants", id, "webhook_endpoints"]) => {
            merchants::list_endpoints(world, call, id)
        }
        ("POST", ["merchants", id, "webhook_endpoints"]) => {
            merchants::create_endpoint(world, call, id)
        }
        ("GET", ["merchants", id, "webhook_endpoints", endpoint]) => {
            merchants::read_endpoint(world, call, id, endpoint)
        }
        ("DELETE", ["merchants", id, "webhook_endpoints", endpoint]) => {
            merchants::remove_endpoint(world, call, id, endpoint)
        }
        ("GET", ["payments", id]) => merchants::read_payment(world, call, id),
        ("GET", ["users", id]) => merchants::read_user(world, call, id),
        _ => Err(Refusal::not_found()),
    }
}
