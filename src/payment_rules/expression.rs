//! The expression of a rule, as an administrator writes it.

use crate::body::Fields;

/// The longest expression, in bytes.
pub const MAX_BYTES: usize = 4096;

/// Reads the expression; blank means none.
pub fn read(fields: &Fields<'_>) -> Option<String> {
    let text = fields.optional_text("expression", MAX_BYTES)?;
    if text.len() > MAX_BYTES {
        let message = format!("`expression` takes at most {MAX_BYTES} bytes.");
        fields.refuse("expression", "too_long", message);
    }
    (!text.trim().is_empty()).then_some(text)
}
