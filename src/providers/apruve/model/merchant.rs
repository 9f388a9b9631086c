//! The shop itself.

use crate::providers::ProviderId;
use crate::providers::apruve::fields::{UnreadableAnswer, Wire, WireFields};

/// A shop, as Apruve knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merchant {
    pub id: ProviderId,
    pub name: Option<String>,
}

impl Wire for Merchant {
    const NOUN: &'static str = "merchant";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(Merchant {
            id: fields.own_id()?,
            name: fields.text("name"),
        })
    }
}
