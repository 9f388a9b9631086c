//! The website of a cart.

use super::Cart;
use crate::{
    auth::{WebsiteRefusal, Websites},
    cart::schema,
    expressions::{Record, Value},
};

impl Cart<'_> {
    /// The website the cart belongs to, if it was posted.
    pub fn website(&self) -> Option<&str> {
        self.record.get("website").and_then(Value::as_text)
    }

    /// Sets the website of a cart that names none, if its caller is bound to exactly one.
    pub fn bind(&mut self, websites: &Websites) -> Result<(), WebsiteRefusal> {
        if !websites.is_bound() {
            return Ok(());
        }
        let chosen = websites.choose(self.website())?;
        if let (Some(chosen), Some(slot)) = (chosen, schema().root().slot_of("website")) {
            self.record.set_slot(slot, Value::Text(chosen.into()));
        }
        Ok(())
    }
}

/// Replaces a blank website by null.
pub(super) fn forget_blank(record: &mut Record<'_>) {
    if let Some(slot) = schema().root().slot_of("website")
        && let Value::Text(website) = record.slot(slot)
        && website.trim().is_empty()
    {
        record.set_slot(slot, Value::Null);
    }
}
