//! Parses Apruve's webhooks. Few real events are public, so unexpected content is ignored and never an error.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use chrono::Datelike;

use super::fields::{self, UnreadableAnswer, WireFields};
use crate::providers::{
    AuthorizedBuyer, CompanyNoun, EventResource, ParsedEvent, ProviderId, Unintelligible,
};

/// The maximum length of a text in characters; longer texts count as absent.
const MOST_CHARACTERS: usize = 255;

/// Parses a webhook. Its uuid, name and time are read from the top level, and only if the body is valid UTF-8; they are
/// absent if they cannot be read.
pub fn parse_event(body: &[u8]) -> ParsedEvent {
    if body.is_empty() {
        return ParsedEvent::unintelligible(Unintelligible::Empty);
    }
    // Lossy, because one invalid byte in a person's name must not hide what the event is about.
    let text = String::from_utf8_lossy(body);
    let members = match fields::read_object(&text) {
        Ok(members) => members,
        Err(why) => return ParsedEvent::unintelligible(why.into()),
    };
    let plain = |name| match &text {
        Cow::Borrowed(_) => members.string(name).filter(|text| is_plain(text)),
        Cow::Owned(_) => None,
    };
    ParsedEvent {
        uuid: plain("uuid").filter(|uuid| !uuid.is_empty()),
        name: plain("event"),
        occurred_at: plain("created_at")
            .and_then(|text| fields::time(text.trim()))
            // The range of years that every database can store.
            .filter(|at| (1970..=9999).contains(&at.year())),
        resource: resource(&members.unwrapped("webhook")),
    }
}

impl From<UnreadableAnswer> for Unintelligible {
    fn from(why: UnreadableAnswer) -> Self {
        Unintelligible::Unreadable(why.to_string())
    }
}

fn is_plain(text: &str) -> bool {
    text.chars().count() <= MOST_CHARACTERS && !text.chars().any(char::is_control)
}

/// The resource that an event is about. Older spellings of an event name are accepted. An entity that is not an object
/// counts as absent.
fn resource(body: &WireFields<'_>) -> Result<EventResource, Unintelligible> {
    let event = body.text("event").ok_or(Unintelligible::NoEvent)?;
    let entity = body.object("entity");
    if let Some(what) = company_noun(&event) {
        return Ok(company(what, entity.as_ref()));
    }
    let entity = || entity.as_ref().ok_or(Unintelligible::NoEntity);
    match event.as_str() {
        "order.accepted" | "order.approved" | "order.canceled" | "order.cancelled" => {
            let entity = entity()?;
            order(entity.own_id().ok(), entity)
        }
        "payment_term.accepted" | "payment_term.approved" => payment_term(entity()?),
        "invoice.closed" | "invoice.canceled" | "invoice.cancelled" => invoice(entity()?, false),
        "invoice.funded" => invoice(entity()?, true),
        "shipment.created" | "shipment.updated" => shipment(entity()?),
        _ => Err(Unintelligible::UnknownEvent),
    }
}

/// The entity's own `id` is not used: it would be that of the payment term, not of the order.
fn payment_term(entity: &WireFields<'_>) -> Result<EventResource, Unintelligible> {
    let named = entity.id("purchase_order_id");
    let named = named.or_else(|| entity.id("order_id"));
    order(named.or_else(|| linked_order(entity)), entity)
}

fn order(id: Option<ProviderId>, entity: &WireFields<'_>) -> Result<EventResource, Unintelligible> {
    let number = entity.text("merchant_order_id");
    Ok(EventResource::Order {
        id: id.ok_or(Unintelligible::Nameless("order"))?,
        merchant_order_id: number.filter(|text| !text.is_empty() && is_plain(text)),
    })
}

/// Takes the id from the last segment of the link, which in some answers ends in `.json`; the link itself is never
/// followed.
fn linked_order(entity: &WireFields<'_>) -> Option<ProviderId> {
    let link = entity.object("links")?.text("order")?;
    let tail = link.rsplit('/').next()?;
    ProviderId::parse(tail.strip_suffix(".json").unwrap_or(tail))
}

fn invoice(entity: &WireFields<'_>, funded: bool) -> Result<EventResource, Unintelligible> {
    let id = entity.own_id();
    Ok(EventResource::Invoice {
        id: id.map_err(|_| Unintelligible::Nameless("invoice"))?,
        order: entity.id("order_id"),
        funded,
    })
}

fn shipment(entity: &WireFields<'_>) -> Result<EventResource, Unintelligible> {
    let invoice = entity.id("invoice_id");
    Ok(EventResource::Shipment {
        invoice: invoice.ok_or(Unintelligible::Nameless("invoice"))?,
    })
}

fn company_noun(event: &str) -> Option<CompanyNoun> {
    match event.split_once('.')? {
        ("corporate_account", "approved") => Some(CompanyNoun::Approval),
        ("corporate_account", _) => Some(CompanyNoun::Account),
        ("team_member", _) => Some(CompanyNoun::Member),
        ("credit_available", _) => Some(CompanyNoun::Credit),
        _ => None,
    }
}

/// No sample of these events is public, so ids are taken from wherever they may be, and may be absent. The entity's own
/// id is the account's, except for a team member, whose own id is that of the person.
fn company(what: CompanyNoun, entity: Option<&WireFields<'_>>) -> EventResource {
    let named = |entity: &WireFields<'_>| {
        entity
            .id("corporate_account_id")
            .or_else(|| entity.id("corporate_account_uuid"))
            .or_else(|| entity.object("corporate_account")?.own_id().ok())
            .or_else(|| match what {
                CompanyNoun::Member => None,
                _ => entity.own_id().ok(),
            })
    };
    let emails = entity.into_iter().flat_map(|entity| {
        let own = entity.text("email").filter(|text| is_plain(text));
        let buyers: Vec<AuthorizedBuyer> = entity.any_list("authorized_buyers");
        own.into_iter()
            .chain(buyers.into_iter().filter_map(|buyer| buyer.email))
    });
    EventResource::Company {
        what,
        account: entity.and_then(named),
        emails: emails.collect(),
    }
}
