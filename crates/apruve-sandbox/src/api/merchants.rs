//! Calls about a shop's accounts and webhook endpoints, and about payments by id.

use super::{Call, Shown};
use crate::{
    error::{ApiError, invalid},
    state::{SandboxState, behaviour::UnknownEmail, merchant::show_endpoint, object::ApiObject},
};

/// All accounts, or those of one buyer. These lists are not paged.
pub fn list_accounts(state: &SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let email = call.query.get("email").map(String::as_str);
    let accounts = state.accounts_of(id, email);
    let unknown = email.is_some() && accounts.is_empty();
    if unknown && state.behaviour.unknown_email == UnknownEmail::NotFound {
        return Err(ApiError::not_found());
    }
    Ok(accounts.into_iter().map(|one| one.show(state)).collect())
}

pub fn create_endpoint(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let url = call.fields("webhook_endpoint")?.required_text("url")?;
    let is_web = reqwest::Url::parse(&url)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !is_web {
        return Err(invalid("url", "Url is not an http or https address"));
    }
    let endpoint = state.add_endpoint(id, &url)?;
    Ok(show_endpoint(&endpoint))
}

pub fn read_endpoint(state: &SandboxState, id: &str, endpoint_id: &str) -> Shown {
    let mut endpoints = state.merchants.find(id)?.endpoints.iter();
    let found = endpoints.find(|endpoint| endpoint.id == endpoint_id);
    found.map(show_endpoint).ok_or_else(ApiError::not_found)
}

pub fn read_payment(state: &SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let found = state.find_payment(call.merchant_id, id);
    let (invoice, payment) = found.ok_or_else(ApiError::not_found)?;
    Ok(state.show_payment(&invoice.id, &invoice.currency, payment))
}
