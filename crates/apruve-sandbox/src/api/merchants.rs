//! Calls about a shop, its buyers' accounts and its webhook endpoints; and about payments and users by id.

use serde_json::Value;

use super::{Call, Reply, pages::page};
use crate::{
    error::ApiError,
    fields::Fields,
    state::{
        SandboxState,
        behaviour::UnknownEmail,
        merchant::{Endpoint, Merchant, show_endpoint},
    },
};

/// The shop of the call; the id of another shop is not found.
fn own<'a>(state: &'a SandboxState, call: &Call<'_>, id: &str) -> Result<&'a Merchant, ApiError> {
    let merchant = state.merchants.get(id);
    merchant
        .filter(|merchant| merchant.id == call.merchant_id)
        .ok_or_else(ApiError::not_found)
}

pub fn read(state: &SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let merchant = own(state, call, id)?;
    Ok(Reply::Ok(state.show_merchant(merchant)))
}

/// All accounts, or those of one buyer. These lists are not paged.
pub fn list_accounts(state: &SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    own(state, call, id)?;
    let email = call.query.get("email").map(String::as_str);
    let accounts = state.accounts_of(id, email);
    let unknown = email.is_some() && accounts.is_empty();
    if unknown && state.behaviour.unknown_email == UnknownEmail::NotFound {
        return Err(ApiError::not_found());
    }
    let shown = accounts.into_iter().map(|one| state.show_account(one));
    Ok(Reply::Ok(shown.collect()))
}

pub fn read_account(
    state: &SandboxState,
    call: &Call<'_>,
    id: &str,
    account_id: &str,
) -> Result<Reply, ApiError> {
    own(state, call, id)?;
    let account = state.accounts.get(account_id);
    let account = account.filter(|account| account.merchant_id == id);
    let account = account.ok_or_else(ApiError::not_found)?;
    Ok(Reply::Ok(state.show_account(account)))
}

pub fn list_endpoints(state: &SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let endpoints = own(state, call, id)?.endpoints.iter();
    page(endpoints, call.query, show_endpoint).map(Reply::Ok)
}

pub fn create_endpoint(
    state: &mut SandboxState,
    call: &Call<'_>,
    id: &str,
) -> Result<Reply, ApiError> {
    own(state, call, id)?;
    let url = read_url(&call.fields("webhook_endpoint")?)?;
    let endpoint = state.add_endpoint(id, &url)?;
    Ok(Reply::Created(show_endpoint(&endpoint)))
}

fn read_url(fields: &Fields) -> Result<String, ApiError> {
    let url = fields.required_text("url")?;
    let is_web = ["http", "https"].iter().any(|scheme| {
        reqwest::Url::parse(&url).is_ok_and(|url| url.scheme() == *scheme && url.has_host())
    });
    match is_web {
        true => Ok(url),
        false => Err(ApiError::invalid_field(
            "url",
            "Url is not an http or https address",
        )),
    }
}

fn endpoint(
    state: &SandboxState,
    call: &Call<'_>,
    id: &str,
    endpoint_id: &str,
) -> Result<Endpoint, ApiError> {
    let mut endpoints = own(state, call, id)?.endpoints.iter();
    let found = endpoints.find(|endpoint| endpoint.id == endpoint_id);
    found.cloned().ok_or_else(ApiError::not_found)
}

pub fn read_endpoint(
    state: &SandboxState,
    call: &Call<'_>,
    id: &str,
    endpoint_id: &str,
) -> Result<Reply, ApiError> {
    let endpoint = endpoint(state, call, id, endpoint_id)?;
    Ok(Reply::Ok(show_endpoint(&endpoint)))
}

pub fn remove_endpoint(
    state: &mut SandboxState,
    call: &Call<'_>,
    id: &str,
    endpoint_id: &str,
) -> Result<Reply, ApiError> {
    own(state, call, id)?;
    let removed = state.remove_endpoint(id, endpoint_id)?;
    Ok(Reply::Ok(show_endpoint(&removed)))
}

pub fn read_payment(state: &SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let found = state.find_payment(call.merchant_id, id);
    let (invoice, payment) = found.ok_or_else(ApiError::not_found)?;
    let shown = state.show_payment(&invoice.id, &invoice.currency, payment);
    Ok(Reply::Ok(shown))
}

pub fn read_user(state: &SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let user: Option<Value> = state.show_user(call.merchant_id, id);
    user.map(Reply::Ok).ok_or_else(ApiError::not_found)
}
