//! Parses Apruve's webhooks. Few real events are public, so unexpected content is ignored and never an error.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use chrono::Datelike;

use super::fields::{self, UnreadableAnswer, Wire, WireFields};
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
        resource: fields::unwrapped(&members)
            .map_err(Unintelligible::from)
            .and_then(resource),
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

/// The resource that an event is about. Older spellings of an event name are accepted.
fn resource(body: EventBody) -> Result<EventResource, Unintelligible> {
    let EventBody { event, entity } = body;
    let event = event.ok_or(Unintelligible::NoEvent)?;
    let read = match event.as_str() {
        "order.accepted" | "order.approved" | "order.canceled" | "order.cancelled" => order,
        "payment_term.accepted" | "payment_term.approved" => payment_term,
        "invoice.closed" | "invoice.canceled" | "invoice.cancelled" => invoice,
        "invoice.funded" => funded_invoice,
        "shipment.created" | "shipment.updated" => shipment,
        // No sample of these events is public, so ids are taken from wherever they may be, and may be absent.
        event => {
            let what = company_noun(event).ok_or(Unintelligible::UnknownEvent)?;
            return Ok(company(what, entity.as_ref()));
        }
    };
    read(&entity.ok_or(Unintelligible::NoEntity)?)
}

/// The two members of a webhook that are used.
struct EventBody {
    event: Option<String>,
    entity: Option<EventEntity>,
}

impl Wire for EventBody {
    const NOUN: &'static str = "webhook";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(EventBody {
            event: fields.text("event"),
            // An entity that is not an object counts as absent.
            entity: fields.nested("entity"),
        })
    }
}

/// The ids that the entity of any event may have.
struct EventEntity {
    id: Option<ProviderId>,
    order: Option<ProviderId>,
    invoice: Option<ProviderId>,
    purchase_order: Option<ProviderId>,
    linked_order: Option<ProviderId>,
    merchant_order_id: Option<String>,
    account: Option<ProviderId>,
    email: Option<String>,
    buyers: Vec<AuthorizedBuyer>,
}

impl Wire for EventEntity {
    const NOUN: &'static str = "entity";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        let links: Option<Links> = fields.nested("links");
        Ok(EventEntity {
            id: fields.own_id().ok(),
            order: fields.id("order_id"),
            invoice: fields.id("invoice_id"),
            purchase_order: fields.id("purchase_order_id"),
            linked_order: links.and_then(|links| links.order),
            merchant_order_id: fields
                .text("merchant_order_id")
                .filter(|text| !text.is_empty() && is_plain(text)),
            account: fields
                .id("corporate_account_id")
                .or_else(|| fields.id("corporate_account_uuid"))
                .or_else(|| fields.nested::<IdOnly>("corporate_account")?.0),
            email: fields.text("email").filter(|text| is_plain(text)),
            buyers: fields.any_list("authorized_buyers"),
        })
    }
}

/// An object of which only the id is used.
struct IdOnly(Option<ProviderId>);

impl Wire for IdOnly {
    const NOUN: &'static str = "corporate_account";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(IdOnly(fields.own_id().ok()))
    }
}

struct Links {
    order: Option<ProviderId>,
}

impl Wire for Links {
    const NOUN: &'static str = "links";

    /// Takes the id from the last segment of the link, which in some answers ends in `.json`; the link itself is never
    /// followed.
    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        let order = fields.text("order");
        let tail = order.as_deref().and_then(|link| link.rsplit('/').next());
        let id = tail.map(|tail| tail.strip_suffix(".json").unwrap_or(tail));
        Ok(Links {
            order: id.and_then(ProviderId::parse),
        })
    }
}

fn order(entity: &EventEntity) -> Result<EventResource, Unintelligible> {
    let id = entity.id.clone().ok_or(Unintelligible::Nameless("order"))?;
    Ok(EventResource::Order {
        id,
        merchant_order_id: entity.merchant_order_id.clone(),
    })
}

/// The entity's own `id` is not used: it would be that of the payment term, not of the order.
fn payment_term(entity: &EventEntity) -> Result<EventResource, Unintelligible> {
    let named = [&entity.purchase_order, &entity.order, &entity.linked_order];
    let id = named.into_iter().flatten().next();
    Ok(EventResource::Order {
        id: id.cloned().ok_or(Unintelligible::Nameless("order"))?,
        merchant_order_id: entity.merchant_order_id.clone(),
    })
}

fn invoice(entity: &EventEntity) -> Result<EventResource, Unintelligible> {
    let id = entity.id.clone();
    Ok(EventResource::Invoice {
        id: id.ok_or(Unintelligible::Nameless("invoice"))?,
        order: entity.order.clone(),
        funded: false,
    })
}

fn funded_invoice(entity: &EventEntity) -> Result<EventResource, Unintelligible> {
    let mut about = invoice(entity)?;
    if let EventResource::Invoice { funded, .. } = &mut about {
        *funded = true;
    }
    Ok(about)
}

fn shipment(entity: &EventEntity) -> Result<EventResource, Unintelligible> {
    let invoice = entity.invoice.clone();
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

/// The entity's own id is the account's, except for a team member, whose own id is that of the person.
fn company(what: CompanyNoun, entity: Option<&EventEntity>) -> EventResource {
    let own = entity.and_then(|entity| entity.id.clone());
    let named = entity.and_then(|entity| entity.account.clone());
    let emails = entity.into_iter().flat_map(|entity| {
        let buyers = entity.buyers.iter().filter_map(|buyer| buyer.email.clone());
        entity.email.clone().into_iter().chain(buyers)
    });
    EventResource::Company {
        what,
        account: match what {
            CompanyNoun::Member => named,
            CompanyNoun::Approval | CompanyNoun::Account | CompanyNoun::Credit => named.or(own),
        },
        emails: emails.collect(),
    }
}
