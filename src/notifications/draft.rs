//! Reads an endpoint from a request body and collects all errors in one pass.

use reqwest::Url;
use serde_json::{Map, Value};

use super::endpoint::{Endpoint, Words};
use crate::{
    auth::{WebsiteRefusal, Websites},
    events::types_named,
    http::{
        body::Fields,
        problem::{FieldError, Problem},
    },
    outbound::HostPolicy,
};

/// Read-only fields of answers: a body may repeat them, and they are ignored.
const READ_ONLY: [&str; 5] = ["id", "etag", "disabledReason", "createdAt", "updatedAt"];
const MOST_WORDS: usize = 100;

/// An endpoint as a body describes it.
pub struct EndpointDraft {
    pub url: String,
    pub types: Words,
    pub websites: Option<Words>,
    pub description: Option<String>,
    pub enabled: bool,
}

/// Reads an endpoint from the body of a caller with these websites. `current` is the endpoint to change.
pub fn read(
    body: &Map<String, Value>,
    current: Option<&Endpoint>,
    caller: &Websites,
    policy: &HostPolicy,
) -> Result<EndpointDraft, Problem> {
    let draft = Fields::read(body, |fields| {
        fields.ignore(&READ_ONLY);
        if fields.value("secret").is_some() {
            let message = "The service makes the secret, and shows it once; `POST …/rotate-secret` makes another one.";
            fields.refuse("secret", "read_only", message);
        }
        let enabled = fields.flag("enabled", true);
        // An endpoint whose address is not allowed any more can still be changed and switched off, but not on.
        let present = current.filter(|now| now.enabled || !enabled);
        let url = read_url(fields, present.map(|now| now.url.as_str()), policy);
        let types = read_types(fields);
        let websites = fields
            .value("websites")
            .map(|_| fields.unique_texts("websites", MOST_WORDS, 255));
        if websites.is_some() && is_empty_list(fields, "websites") {
            let message = "Name a website, or leave `websites` out.";
            fields.refuse("websites", "required", message);
        }
        let description = fields.optional_name("description", 1000);
        url.zip(types).map(|(url, types)| EndpointDraft {
            url,
            types,
            websites: websites.map(Words),
            description,
            enabled,
        })
    })?;
    let websites = allowed(draft.websites, caller)?;
    Ok(EndpointDraft { websites, ..draft })
}

/// The websites of the endpoint. A caller that is bound to websites may name only these; without names, all of these
/// are used.
fn allowed(named: Option<Words>, caller: &Websites) -> Result<Option<Words>, WebsiteRefusal> {
    let Some(own) = caller.names() else {
        return Ok(named);
    };
    let names = named.unwrap_or_else(|| Words(own.to_vec()));
    let is_own = !names.0.is_empty() && names.0.iter().all(|name| caller.include(Some(name)));
    is_own
        .then_some(Some(names))
        .ok_or(WebsiteRefusal::NotYours)
}

/// The present address may stay even if the policy does not allow it any more.
fn read_url(fields: &Fields<'_>, present: Option<&str>, policy: &HostPolicy) -> Option<String> {
    let text = fields.text("url", 1, 2048)?;
    if present == Some(text.as_str()) {
        return Some(text);
    }
    let Ok(url) = Url::parse(&text) else {
        let message = "`url` must be an address such as https://erp.shop.example/onterms.";
        fields.refuse("url", "not_a_url", message);
        return None;
    };
    if url.fragment().is_some() {
        let message = "`url` must have no fragment (`#…`): it would not be sent.";
        fields.refuse("url", "fragment", message);
        return None;
    }
    if let Err(refused) = policy.check(&url) {
        fields.refuse("url", "address_refused", refused.sentence);
        return None;
    }
    Some(text)
}

fn read_types(fields: &Fields<'_>) -> Option<Words> {
    let words = fields.unique_located_texts("types", MOST_WORDS, 100);
    if fields.value("types").is_none() || is_empty_list(fields, "types") {
        fields.refuse(
            "types",
            "required",
            "`types` names at least one type of event, or `*`.",
        );
    }
    for (pointer, word) in &words {
        if types_named(word).is_none() {
            let message = format!(
                "`{word}` is neither a type in `GET /v1/event-types`, nor a group such as payment.*, nor *."
            );
            fields
                .findings()
                .push(FieldError::at(pointer.clone(), "unknown_word", message));
        }
    }
    Some(Words(words.into_iter().map(|(_, word)| word).collect()))
}

fn is_empty_list(fields: &Fields<'_>, name: &'static str) -> bool {
    let items = fields.value(name).and_then(Value::as_array);
    items.is_some_and(Vec::is_empty)
}
