//! Completions at a place in a text that is being edited.
//!
//! The text need not be an expression yet, so it is not parsed. Only its tokens up to the place are read; they decide
//! what may follow. From the text after the place only the rest of the current word is used.

mod context;
mod items;

use serde::Serialize;
use utoipa::ToSchema;

use crate::schema::Schema;
use context::{Context, context_at};
use items::CompletionItems;

/// One completion.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// The text that an editor shows.
    #[schema(example = "billingAddress")]
    pub label: String,
    /// The kind of the completion.
    pub kind: CompletionKind,
    /// The type of its value, as attributes have one; null for operators.
    #[serde(rename = "type")]
    #[schema(example = "address")]
    pub value_type: Option<String>,
    /// The text to write between `start` and `end`.
    #[schema(example = "billingAddress")]
    pub insert_text: String,
    /// The first UTF-16 code unit that is replaced, counted from 0.
    pub start: usize,
    /// The code unit after the last.
    pub end: usize,
}

/// The kind of a completion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CompletionKind {
    /// An attribute of the document.
    Path,
    /// An attribute of an object.
    Member,
    /// A function, or `any`, `all` or `sum`, which follow the name of a list.
    Function,
    /// An operator sign between two values.
    Operator,
    /// A word of the language.
    Keyword,
    /// The item variable of a surrounding loop.
    Variable,
    /// A value that an attribute commonly has.
    Value,
}

/// An invalid offset.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Misplaced {
    /// The text is shorter.
    #[error("the text has only {0} UTF-16 code units")]
    BehindEnd(usize),
    /// The offset is between the two code units of one character.
    #[error("the offset is inside of the character that begins at {0}")]
    InsideCharacter(usize),
}

impl Schema {
    /// The completions at an offset, in UTF-16 code units, of a text that may be half-written.
    ///
    /// # Errors
    /// The offset is beyond the end of the text or inside a character.
    pub fn complete(
        &'static self,
        text: &str,
        offset: usize,
    ) -> Result<Vec<Completion>, Misplaced> {
        let place = place_of(text, offset)?;
        let (context, word) = context_at(self, text, place);
        let mut items = CompletionItems::new(self, text, word, place);
        match context {
            Context::Value(place) => items.values(&place),
            Context::Member(kind) => items.members(&kind),
            Context::Operator(kind) => items.operators(&kind),
            Context::AfterNot => items.keyword("in"),
            Context::InText(attribute) => items.texts(attribute),
            Context::Nothing => {}
        }
        Ok(items.finish())
    }
}

/// The byte offset of a UTF-16 code unit.
fn place_of(text: &str, offset: usize) -> Result<usize, Misplaced> {
    let mut units = 0;
    for (place, c) in text.char_indices() {
        if units == offset {
            return Ok(place);
        }
        let next = units + c.len_utf16();
        if next > offset {
            return Err(Misplaced::InsideCharacter(units));
        }
        units = next;
    }
    match units == offset {
        true => Ok(text.len()),
        false => Err(Misplaced::BehindEnd(units)),
    }
}
