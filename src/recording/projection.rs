//! The recorded part of a cart.
//!
//! A person's name, street address, telephone number and e-mail address, and any text with an `@`, are never recorded.
//! Of attributes that the schema does not know, only numbers, `true` and `false` are recorded. The names of left-out
//! attributes are stored beside the cart.

#[cfg(test)]
mod tests;

use std::{borrow::Cow, collections::BTreeSet, fmt::Write};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::KeptPaths;
use crate::{
    cart::{
        self, Cart,
        sums::{self, CartRefusalKind},
    },
    expressions::{Record, Value},
};

/// The maximum size of a recorded cart in bytes.
const LARGEST: usize = 64 * 1024;
const LONGEST_TEXT: usize = 255;
/// The maximum length of a custom attribute's name in characters.
const LONGEST_NAME: usize = 64;
/// Not recorded, because the setting replaces the posted value before expressions see it.
const OF_THE_SHOP: &str = "merchantCountry";
/// A cart is not recorded if one of these must be left out, because rules could not be judged.
const NEEDED: [&str; 4] = [
    "website",
    "billingAddress",
    "billingAddress.regionCode",
    "billingAddress.postalCode",
];

/// The reason why a cart is not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotKept {
    /// The cart is too large.
    TooLarge,
    /// The name of an attribute may be personal data, or an attribute that every rule reads must not be recorded.
    Private,
}

/// A recorded cart, as it was sealed.
#[derive(Debug, Deserialize)]
pub struct RecordedCart<'r> {
    #[serde(borrow)]
    pub cart: &'r RawValue,
    /// The paths of the left-out attributes; `[]` is any item of a list.
    #[serde(borrow)]
    pub withheld: Vec<Cow<'r, str>>,
    /// Whether no method could accept the cart, because it had nothing to pay or contradicted itself.
    pub unpayable: bool,
}

impl<'r> RecordedCart<'r> {
    /// Parses the opened bytes.
    pub fn parse(bytes: &'r [u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The cart as expressions see it. An expression that reads a withheld attribute fails.
    pub fn read(&self) -> Option<Cart<'r>> {
        let mut cart = cart::read(self.cart.get()).ok()?;
        for path in &self.withheld {
            cart.withhold(path);
        }
        Some(cart)
    }
}

/// The recorded part of a cart as JSON.
///
/// # Errors
/// The cart cannot be recorded.
pub(super) fn record(cart: &Cart<'_>, kept: &KeptPaths) -> Result<String, NotKept> {
    let mut projection = CartProjection {
        out: "{\"cart\":".to_owned(),
        withheld: BTreeSet::new(),
        is_private: false,
    };
    projection.object(cart.record(), kept, "");
    let (mut out, withheld) = (projection.out, projection.withheld);
    if projection.is_private || NEEDED.iter().any(|path| withheld.contains(*path)) {
        return Err(NotKept::Private);
    }
    let refused = sums::judge(cart).err().map(|refused| refused.kind);
    let unpayable = refused.is_some_and(|kind| kind != CartRefusalKind::Unfinished);
    let withheld = serde_json::to_string(&withheld).map_err(|_| NotKept::Private)?;
    // Writing to a text cannot fail.
    let _ = write!(out, ",\"withheld\":{withheld},\"unpayable\":{unpayable}}}");
    match out.len() > LARGEST {
        true => Err(NotKept::TooLarge),
        false => Ok(out),
    }
}

/// Whether a known attribute may be recorded.
fn may_be_kept(shape: &str, name: &str) -> bool {
    match shape {
        "address" => matches!(
            name,
            "countryIso2"
                | "countryIso3"
                | "countryName"
                | "regionCode"
                | "regionName"
                | "postalCode"
        ),
        "customer" => matches!(name, "id" | "group" | "parent" | "paymentTerm"),
        "customerUser" => name == "enabled",
        "lineItem" | "kitItemLineItem" => !matches!(name, "title" | "checksum"),
        _ => true,
    }
}

struct CartProjection {
    out: String,
    withheld: BTreeSet<String>,
    is_private: bool,
}

impl CartProjection {
    fn object(&mut self, record: &Record<'_>, kept: &KeptPaths, path: &str) {
        let mut separator = '{';
        let begin = |it: &mut Self, separator: &mut char, name: &str| {
            it.out.push(std::mem::replace(separator, ','));
            it.text(name);
            it.out.push(':');
        };
        let shape = record.shape();
        let shape_name = shape.map_or("", |shape| shape.name());
        let attributes = shape.map_or(&[][..], |shape| shape.attributes());
        for (slot, attribute) in attributes.iter().enumerate() {
            let (name, value) = (attribute.name(), record.slot(slot));
            if value.is_null() || (path.is_empty() && name == OF_THE_SHOP) {
                continue;
            }
            let below = kept.below(name);
            let is_empty = value.as_list().is_some_and(<[_]>::is_empty);
            let is_kept = may_be_kept(shape_name, name) && (below.is_some() || is_empty);
            if !is_kept || !is_plain(value) {
                self.withheld.insert(format!("{path}{name}"));
                continue;
            }
            begin(self, &mut separator, name);
            let nothing = KeptPaths::default();
            self.value(value, below.unwrap_or(&nothing), &format!("{path}{name}"));
        }
        let keeps_custom = !matches!(shape_name, "address" | "customerUser");
        for (name, raw) in record.customs() {
            if name.chars().count() > LONGEST_NAME || name.contains(['@', '.', '[']) {
                self.is_private = true;
                return;
            }
            if !keeps_custom || !is_plain(&Value::Raw(raw)) {
                self.withheld.insert(format!("{path}{name}"));
                continue;
            }
            begin(self, &mut separator, name);
            self.out.push_str(raw);
        }
        if separator == '{' {
            self.out.push('{');
        }
        self.out.push('}');
    }

    fn value(&mut self, value: &Value<'_>, kept: &KeptPaths, path: &str) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => self.out.push_str(&number.to_string()),
            Value::Text(text) => self.text(text),
            Value::Raw(raw) => self.out.push_str(raw),
            Value::Record(record) => self.object(record, kept, &format!("{path}.")),
            Value::List(items) => {
                self.out.push('[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        self.out.push(',');
                    }
                    self.value(item, kept, &format!("{path}[]"));
                }
                self.out.push(']');
            }
        }
    }

    fn text(&mut self, text: &str) {
        // A text always has a JSON form.
        let quoted = serde_json::to_string(text).unwrap_or_else(|_| "null".to_owned());
        self.out.push_str(&quoted);
    }
}

/// Whether a value contains no personal data by itself. A value that the schema does not describe must be a number,
/// `true`, `false` or null.
fn is_plain(value: &Value<'_>) -> bool {
    match value {
        Value::Text(text) => text.chars().count() <= LONGEST_TEXT && !text.contains('@'),
        Value::Raw(raw) => !raw.starts_with(['"', '[', '{']),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Record(_) | Value::List(_) => true,
    }
}
