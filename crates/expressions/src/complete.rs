//! What can be written at a place of a text that is being edited.
//!
//! The text need not be an expression yet, so it is not parsed: only its tokens up to the place are read, and what stands
//! before the place decides what may follow. What comes after the place is only looked at for the rest of its word.

mod context;
mod items;

use serde::Serialize;
use utoipa::ToSchema;

use crate::schema::Schema;
use context::{Context, context_at};
use items::CompletionItems;

/// One thing that can be written.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// What an editor shows.
    #[schema(example = "billingAddress")]
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// The type of its value, as attributes have one; null for operators.
    #[serde(rename = "type")]
    #[schema(example = "address")]
    pub value_type: Option<String>,
    /// What to write between `start` and `end`.
    #[schema(example = "billingAddress")]
    pub insert_text: String,
    /// The first UTF-16 code unit that is replaced, counted from 0.
    pub start: usize,
    /// The code unit after the last.
    pub end: usize,
}

/// The kind of something that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CompletionKind {
    /// An attribute of the document.
    Path,
    /// An attribute of an object.
    Member,
    /// A function, or what follows the name of a list.
    Function,
    /// A sign between two values.
    Operator,
    /// A word of the language.
    Keyword,
    /// An item of the list around.
    Variable,
    /// A value that an attribute often has.
    Value,
}

/// An offset that is no place in the text.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Misplaced {
    /// The text is shorter.
    #[error("the text has only {0} UTF-16 code units")]
    BehindEnd(usize),
    /// It is between the two code units of one character.
    #[error("the offset is inside of the character that begins at {0}")]
    InsideCharacter(usize),
}

impl Schema {
    /// What can be written at an offset, in UTF-16 code units, of a text that may be half-written.
    ///
    /// # Errors
    /// The offset is no place in the text.
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

/// The byte at which a UTF-16 code unit begins.
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
