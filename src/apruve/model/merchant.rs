//! The shop itself.

use crate::apruve::fields::{Fields, Unreadable, Wire};

/// A shop, as Apruve knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merchant {
    pub name: Option<String>,
}

impl Wire for Merchant {
    const NOUN: &'static str = "merchant";

    fn read(fields: &Fields) -> Result<Self, Unreadable> {
        Ok(Merchant {
            name: fields.text("name"),
        })
    }
}
