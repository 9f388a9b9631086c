//! Calls about a shop: itself, its buyers' accounts, and where its webhooks go; and the two small things by id.

use serde_json::Value;

use super::{Call, Done, pages::page};
use crate::{
    fields::Fields,
    refusal::Refusal,
    world::{
        World,
        behaviour::UnknownEmail,
        merchant::{Endpoint, Merchant, show_endpoint},
    },
};

/// The shop itself; no other one is known to its key.
fn own<'a>(world: &'a World, call: &Call<'_>, id: &str) -> Result<&'a Merchant, Refusal> {
    let merchant = world.merchants.get(id);
    merchant
        .filter(|merchant| merchant.id == call.merchant_id)
        .ok_or_else(Refusal::not_found)
}

pub fn read(world: &World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let merchant = own(world, call, id)?;
    Ok(Done::Shown(world.show_merchant(merchant)))
}

/// All accounts, or those of one buyer. These lists are not paged.
pub fn list_accounts(world: &World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    own(world, call, id)?;
    let email = call.query.get("email").map(String::as_str);
    let accounts = world.accounts_of(id, email);
    let unknown = email.is_some() && accounts.is_empty();
    if unknown && world.behaviour.unknown_email == UnknownEmail::NotFound {
        return Err(Refusal::not_found());
    }
    let shown = accounts.into_iter().map(|one| world.show_account(one));
    Ok(Done::Shown(shown.collect()))
}

pub fn read_account(
    world: &World,
    call: &Call<'_>,
    id: &str,
    account_id: &str,
) -> Result<Done, Refusal> {
    own(world, call, id)?;
    let account = world.accounts.get(account_id);
    let account = account.filter(|account| account.merchant_id == id);
    let account = account.ok_or_else(Refusal::not_found)?;
    Ok(Done::Shown(world.show_account(account)))
}

pub fn list_endpoints(world: &World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let endpoints = own(world, call, id)?.endpoints.iter();
    page(endpoints, call.query, show_endpoint).map(Done::Shown)
}

pub fn create_endpoint(world: &mut World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    own(world, call, id)?;
    let url = read_url(&call.fields("webhook_endpoint")?)?;
    let endpoint = world.add_endpoint(id, &url)?;
    Ok(Done::Made(show_endpoint(&endpoint)))
}

fn read_url(fields: &Fields) -> Result<String, Refusal> {
    let url = fields.required_text("url")?;
    let is_web = ["http", "https"].iter().any(|scheme| {
        reqwest::Url::parse(&url).is_ok_and(|url| url.scheme() == *scheme && url.has_host())
    });
    match is_web {
        true => Ok(url),
        false => Err(Refusal::field("url", "Url is not an http or https address")),
    }
}

fn endpoint(
    world: &World,
    call: &Call<'_>,
    id: &str,
    endpoint_id: &str,
) -> Result<Endpoint, Refusal> {
    let mut endpoints = own(world, call, id)?.endpoints.iter();
    let found = endpoints.find(|endpoint| endpoint.id == endpoint_id);
    found.cloned().ok_or_else(Refusal::not_found)
}

pub fn read_endpoint(
    world: &World,
    call: &Call<'_>,
    id: &str,
    endpoint_id: &str,
) -> Result<Done, Refusal> {
    let endpoint = endpoint(world, call, id, endpoint_id)?;
    Ok(Done::Shown(show_endpoint(&endpoint)))
}

pub fn remove_endpoint(
    world: &mut World,
    call: &Call<'_>,
    id: &str,
    endpoint_id: &str,
) -> Result<Done, Refusal> {
    own(world, call, id)?;
    let removed = world.remove_endpoint(id, endpoint_id)?;
    Ok(Done::Shown(show_endpoint(&removed)))
}

pub fn read_payment(world: &World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let found = world.find_payment(call.merchant_id, id);
    let (invoice, payment) = found.ok_or_else(Refusal::not_found)?;
    Ok(Done::Shown(world.show_payment(invoice, payment)))
}

pub fn read_user(world: &World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let user: Option<Value> = world.show_user(call.merchant_id, id);
    user.map(Done::Shown).ok_or_else(Refusal::not_found)
}
