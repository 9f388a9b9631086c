//! What every operation on a payment reads alike: the frame of the request, ids, and amounts.

use actix_web::web::Bytes;
use reqwest::Url;
use serde_json::{Map, Value};

use super::items;
use crate::{
    auth::scope::Required,
    http::{
        body::{self, Fields, Findings, RawMembers},
        problem::Problem,
    },
    idempotency::Key,
    ids::TransactionId,
    money::Currency,
    operation::Write,
    payments::{
        error::PaymentError,
        natural_key::{ContentHash, Given},
        order::{self, Item},
        service::CallerContext,
    },
};

/// Members that are read from their own texts, because they have amounts in them.
pub const EXACT: [&str; 10] = [
    "amount",
    "taxAmount",
    "shippingAmount",
    "handlingAmount",
    "insuranceAmount",
    "surchargeAmount",
    "discountAmount",
    "lineItems",
    "items",
    "shipment",
];

/// How long the reason of a cancellation may be.
pub const MAX_REASON: usize = 1000;

/// Who asks and under which key, and the body.
pub fn parts<S: Required, B>(call: Write<S, B, Key>) -> (CallerContext, B) {
    let context = CallerContext {
        websites: call.caller.websites().clone(),
        actor: call.actor,
        key: call.header,
    };
    (context, call.body)
}

/// The transaction in a path; one that cannot be read names nothing.
pub fn transaction_id(text: &str) -> Result<TransactionId, Problem> {
    text.parse().map_err(|_| PaymentError::NoTransaction.into())
}

/// A body that is being read.
pub struct Body<'b> {
    text: &'b str,
    map: Map<String, Value>,
    apart: RawMembers<'b>,
    pub findings: Findings,
}

impl<'b> Body<'b> {
    /// Reads an object; no body at all, or null, is an empty one.
    pub fn read(bytes: &'b Bytes) -> Result<Self, Problem> {
        let text = body::text(bytes)?;
        Body::of(match text.trim() {
            "" | "null" => "{}",
            _ => text,
        })
    }

    /// Reads an object from its text.
    pub fn of(text: &'b str) -> Result<Self, Problem> {
        let (map, apart) = body::parse_apart(text, &EXACT)?;
        Ok(Body {
            text,
            map,
            apart,
            findings: Findings::default(),
        })
    }

    /// The whole body, for readers of exact numbers.
    pub fn text(&self) -> &'b str {
        self.text
    }

    /// The shop's name for this operation, if it gave one, with everything else that it gave.
    pub fn given(&self, name: Option<&str>, pointer: &'static str) -> Option<Given> {
        let name = name.filter(|name| !name.trim().is_empty())?;
        Some(Given {
            name: name.to_owned(),
            content: ContentHash::of(self.text),
            pointer,
        })
    }

    /// The text of a member that is read by itself; null counts as absent.
    pub fn member(&self, name: &str) -> Option<&'b str> {
        self.apart.get(name).map(|raw| raw.get())
    }

    /// The fields but those that are read exactly. Of those, `exact` are the ones that this operation has.
    pub fn fields(&self, exact: &[&'static str]) -> Fields<'_> {
        let fields = Fields::of(&self.map, &self.findings);
        fields.ignore(exact);
        for name in EXACT {
            if self.apart.contains_key(name) && !exact.contains(&name) {
                let message = format!("There is no field `{name}`.");
                fields.refuse(name, "unknown_field", message);
            }
        }
        fields
    }

    /// `amount` in minor units, above zero; absent and wrong are both `None`, and wrong is noted.
    pub fn amount(&self, currency: Currency) -> Option<i64> {
        match order::read_amount(self.text, currency) {
            Ok(amount) => amount.map(|amount| amount.minor()),
            Err(errors) => {
                self.findings.extend(errors);
                None
            }
        }
    }

    /// `items`, where they are given; what is refused is noted.
    pub fn items(&self) -> Vec<Item> {
        match self.member("items") {
            Some(text) => items::read(text, &self.findings),
            None => Vec::new(),
        }
    }

    /// The errors of the body.
    pub fn refuse<T>(self) -> Result<T, Problem> {
        self.findings.into_result(None)
    }

    /// The values, unless there are errors.
    pub fn finish<T>(self, value: T) -> Result<T, Problem> {
        self.findings.into_result(Some(value))
    }
}

/// A link for people, to be opened in a browser.
pub fn read_url(fields: &Fields<'_>, name: &'static str) -> Option<String> {
    let text = fields.optional_text(name, 2000)?;
    if text.is_empty() {
        return None;
    }
    let url = Url::parse(&text).ok();
    if !url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        let message = format!("`{name}` must be a link such as https://carrier.example/track/1Z.");
        fields.refuse(name, "not_a_url", message);
    }
    Some(text)
}

/// Nothing has to be said; an empty object may be.
pub fn without_fields(bytes: &Bytes) -> Result<(), Problem> {
    let body = Body::read(bytes)?;
    body.fields(&[]).finish();
    body.finish(())
}

/// Notes a currency that is not the payment's; a field that may be absent.
pub fn check_currency(fields: &Fields<'_>, currency: Currency) {
    let Some(given) = fields.optional_text("currency", 8) else {
        return;
    };
    if given != currency.code() {
        let message = format!(
            "The payment is in {}; `currency` must be that, not `{given}`.",
            currency.code()
        );
        fields.refuse("currency", "currency_mismatch", message);
    }
}
