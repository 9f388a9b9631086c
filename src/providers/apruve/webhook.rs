//! What a webhook says, and about what.
//!
//! A webhook is a hint, even when it is signed: it names the order to read back, and no amount in it is
//! trusted. Only test events of a few years are public, so unexpected content is reported and skipped.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Utc};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::fields::{self, Fields, Unreadable, Wire};
use crate::providers::{ProviderId, apruve::model::AuthorizedBuyer};

/// Longer than any text we use; what is longer counts as absent.
const MOST_CHARACTERS: usize = 255;

/// The envelope, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The same for every delivery of one event.
    pub uuid: Option<String>,
    pub event: Option<String>,
    /// When it happened, as Apruve says.
    pub created_at: Option<DateTime<Utc>>,
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    Order {
        id: ProviderId,
        /// The shop's own name for it, where Apruve sent it.
        merchant_order_id: Option<String>,
    },
    Invoice {
        id: ProviderId,
        /// Where it is missing, the invoice knows.
        order: Option<ProviderId>,
        /// Whether Apruve paid the shop for it.
        funded: bool,
    },
    Shipment {
        invoice: ProviderId,
    },
    /// A buying company, its people or its credit.
    Company {
        what: CompanyNoun,
        /// The company's account, where it is named.
        account: Option<ProviderId>,
        /// The e-mail addresses of buyers that are named.
        emails: Vec<String>,
    },
}

/// What of a company an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompanyNoun {
    Approval,
    /// Anything else about its account.
    Account,
    Member,
    Credit,
}

/// Why nothing follows from a webhook. Never quotes the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unintelligible {
    #[error("the body is empty")]
    Empty,
    #[error("the body cannot be read: {0}")]
    Unreadable(#[from] Unreadable),
    #[error("the body names no event")]
    NoEvent,
    #[error("it is an event we do not know")]
    UnknownEvent,
    #[error("its entity is not an object")]
    NoEntity,
    #[error("its entity does not say which {0} it is about")]
    Nameless(&'static str),
}

impl Envelope {
    /// Reads the top of a body and looks at nothing below it. What cannot be read is absent.
    pub fn read(body: &[u8]) -> Self {
        let members: HashMap<String, &RawValue> = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| member::<String>(&members, name).filter(|text| is_plain(text));
        Envelope {
            uuid: text("uuid").filter(|uuid| !uuid.is_empty()),
            event: text("event"),
            created_at: text("created_at")
                .and_then(|text| fields::time(text.trim()))
                // No database keeps more.
                .filter(|at| (1970..=9999).contains(&at.year())),
        }
    }
}

fn member<T: DeserializeOwned>(members: &HashMap<String, &RawValue>, name: &str) -> Option<T> {
    serde_json::from_str(members.get(name)?.get()).ok()
}

fn is_plain(text: &str) -> bool {
    text.chars().count() <= MOST_CHARACTERS && !text.chars().any(char::is_control)
}

impl About {
    /// Reads what a body is about. Older spellings of an event are the event.
    pub fn read(body: &[u8]) -> Result<Self, Unintelligible> {
        if body.is_empty() {
            return Err(Unintelligible::Empty);
        }
        let EventBody { event, entity } = fields::read_one(body)?;
        let event = event.ok_or(Unintelligible::NoEvent)?;
        let read = match event.as_str() {
            "order.accepted" | "order.approved" | "order.canceled" | "order.cancelled" => order,
            "payment_term.accepted" | "payment_term.approved" => payment_term,
            "invoice.closed" | "invoice.canceled" | "invoice.cancelled" => invoice,
            "invoice.funded" => funded_invoice,
            "shipment.created" | "shipment.updated" => shipment,
            // No sample of these is public: ids that the entity lacks are searched for elsewhere.
            event => {
                let what = company_noun(event).ok_or(Unintelligible::UnknownEvent)?;
                return Ok(company(what, entity.as_ref()));
            }
        };
        read(&entity.ok_or(Unintelligible::NoEntity)?)
    }
}

/// The two members that matter.
struct EventBody {
    event: Option<String>,
    entity: Option<Entity>,
}

impl Wire for EventBody {
    const NOUN: &'static str = "webhook";

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
        Ok(EventBody {
            event: fields.text("event"),
            // An entity of another kind is as good as none.
            entity: fields.nested("entity"),
        })
    }
}

/// The ids an entity of any kind may carry.
struct Entity {
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

impl Wire for Entity {
    const NOUN: &'static str = "entity";

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
        let links: Option<Links> = fields.nested("links");
        Ok(Entity {
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
                .or_else(|| fields.nested::<Named>("corporate_account")?.0),
            email: fields.text("email").filter(|text| is_plain(text)),
            buyers: fields.any_list("authorized_buyers"),
        })
    }
}

/// Something of which only its id matters.
struct Named(Option<ProviderId>);

impl Wire for Named {
    const NOUN: &'static str = "corporate_account";

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
        Ok(Named(fields.own_id().ok()))
    }
}

struct Links {
    order: Option<ProviderId>,
}

impl Wire for Links {
    const NOUN: &'static str = "links";

    /// The link itself is never followed; its last segment is an id like any other.
    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
        let order = fields.text("order");
        let tail = order.as_deref().and_then(|link| link.rsplit('/').next());
        Ok(Links {
            order: tail.and_then(ProviderId::parse),
        })
    }
}

fn order(entity: &Entity) -> Result<About, Unintelligible> {
    let id = entity.id.clone().ok_or(Unintelligible::Nameless("order"))?;
    Ok(About::Order {
        id,
        merchant_order_id: entity.merchant_order_id.clone(),
    })
}

/// A payment term has an id too, which is not the order's.
fn payment_term(entity: &Entity) -> Result<About, Unintelligible> {
    let named = [&entity.purchase_order, &entity.order, &entity.linked_order];
    let id = named.into_iter().flatten().next();
    Ok(About::Order {
        id: id.cloned().ok_or(Unintelligible::Nameless("order"))?,
        merchant_order_id: entity.merchant_order_id.clone(),
    })
}

fn invoice(entity: &Entity) -> Result<About, Unintelligible> {
    let id = entity.id.clone();
    Ok(About::Invoice {
        id: id.ok_or(Unintelligible::Nameless("invoice"))?,
        order: entity.order.clone(),
        funded: false,
    })
}

fn funded_invoice(entity: &Entity) -> Result<About, Unintelligible> {
    let mut about = invoice(entity)?;
    if let About::Invoice { funded, .. } = &mut about {
        *funded = true;
    }
    Ok(about)
}

fn shipment(entity: &Entity) -> Result<About, Unintelligible> {
    let invoice = entity.invoice.clone();
    Ok(About::Shipment {
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

/// The account's own id counts where the entity is the account; a team member has one too, which is another.
fn company(what: CompanyNoun, entity: Option<&Entity>) -> About {
    let own = entity.and_then(|entity| entity.id.clone());
    let named = entity.and_then(|entity| entity.account.clone());
    let emails = entity.into_iter().flat_map(|entity| {
        let buyers = entity.buyers.iter().filter_map(|buyer| buyer.email.clone());
        entity.email.clone().into_iter().chain(buyers)
    });
    About::Company {
        what,
        account: match what {
            CompanyNoun::Member => named,
            CompanyNoun::Approval | CompanyNoun::Account | CompanyNoun::Credit => named.or(own),
        },
        emails: emails.collect(),
    }
}
