//! One pass over a JSON text that rejects what JSON permits but parsers read differently.
//!
//! RFC 8259 does not define the meaning of a repeated name, of half a surrogate pair, or of `1e999`. A text that passes
//! means the same to every later parser, so no operation accepts and stores a text that another cannot read. The pass
//! looks at structure, names, escapes and numbers only; the parser reports syntax errors, with better messages.

mod names;
mod number;
mod scan;

use self::{
    names::Names,
    scan::{escape_at, special_from},
};
use crate::http::problem::{FieldError, Kind, Problem};

/// The maximum nesting depth of objects and lists.
pub const MAX_DEPTH: usize = 64;
/// The largest number of errors in one response.
const MAX_PROBLEMS: usize = 100;

/// The kind of a text, which decides where the nesting depth starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// A body; the depth of a member `cart` is counted from the cart.
    Body,
    /// A cart, or another text without a cart in it.
    Cart,
}

/// The place of a text inside a larger text.
#[derive(Clone, Copy, Debug)]
pub struct TextOrigin<'p> {
    /// The prefix of all pointers.
    pub pointer: &'p str,
    /// The first line of the text in the larger text, counted from 1.
    pub line: usize,
    pub column: usize,
    /// The number of objects and lists around the text.
    pub depth: usize,
}

impl Default for TextOrigin<'_> {
    fn default() -> Self {
        TextOrigin {
            pointer: "",
            line: 1,
            column: 1,
            depth: 0,
        }
    }
}

/// Returns the body as text if all parsers read it the same, otherwise 400 with all errors.
pub fn check(bytes: &[u8], root: Root) -> Result<&str, Problem> {
    let text = utf8(bytes)?;
    let errors = errors(text, root, TextOrigin::default());
    if errors.is_empty() {
        return Ok(text);
    }
    Err(refusal(errors))
}

/// Returns the bytes as text, or 400 if they are not UTF-8.
pub fn utf8(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to();
        let message = format!("The body is not UTF-8 from byte {place} on.");
        refusal(vec![FieldError::at("", "not_utf8", message)])
    })
}

/// 400 with these errors.
pub fn refusal(errors: Vec<FieldError>) -> Problem {
    let detail = match errors.as_slice() {
        [only] => only.message.clone(),
        many => format!("The body has {} errors; see `errors`.", many.len()),
    };
    Problem::new(Kind::MalformedJson, detail).with_errors(errors)
}

/// Returns an error for every place that parsers read differently.
pub fn errors(text: &str, root: Root, origin: TextOrigin<'_>) -> Vec<FieldError> {
    let mut pass = Pass {
        bytes: text.as_bytes(),
        root,
        origin,
        frames: Vec::with_capacity(8),
        names: Names::new(text.as_bytes()),
        limit: MAX_DEPTH - origin.depth,
        errors: Vec::new(),
    };
    pass.run();
    pass.errors
}

/// An object or a list that is open.
struct Frame {
    is_object: bool,
    /// The index of its first name in [`Pass::names`].
    names: usize,
    /// The index of the current element of a list.
    index: usize,
}

struct Pass<'b> {
    bytes: &'b [u8],
    root: Root,
    origin: TextOrigin<'b>,
    frames: Vec<Frame>,
    names: Names<'b>,
    limit: usize,
    errors: Vec<FieldError>,
}

impl<'b> Pass<'b> {
    fn run(&mut self) {
        let bytes = self.bytes;
        let (mut at, mut is_name) = (0, false);
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    let Some(end) = self.string(at, is_name) else {
                        return;
                    };
                    at = end + 1;
                    // Skips the colon after a name, if it follows at once.
                    if is_name {
                        is_name = false;
                        at += usize::from(bytes.get(at) == Some(&b':'));
                    }
                    continue;
                }
                b'{' | b'[' => {
                    is_name = byte == b'{';
                    if !self.open(at, is_name) {
                        return;
                    }
                }
                b'}' | b']' => {
                    is_name = false;
                    self.close(at);
                }
                b',' => {
                    if let Some(frame) = self.frames.last_mut() {
                        frame.index += 1;
                        is_name = frame.is_object;
                    }
                }
                b'-' | b'0'..=b'9' => {
                    at = self.number(at);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn open(&mut self, at: usize, is_object: bool) -> bool {
        if self.root == Root::Body && self.frames.len() <= 1 {
            let last = self.names.len().wrapping_sub(1);
            let is_cart = self.frames.len() == 1 && self.names.get(last) == Some(b"cart");
            self.limit = MAX_DEPTH + usize::from(is_cart);
        }
        if self.frames.len() == self.limit {
            let message = format!("objects and lists are nested more than {MAX_DEPTH} deep");
            self.note(at, self.pointer(), "too_deep", &message);
            return false;
        }
        self.frames.push(Frame {
            is_object,
            names: self.names.len(),
            index: 0,
        });
        true
    }

    fn close(&mut self, at: usize) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        for name in self.names.repeated_unseen(frame.names) {
            self.note_repeated(at, &name);
        }
        self.names.truncate(frame.names);
    }

    /// Reads a text whose opening quote is at `start`. Returns the place of the closing quote, or `None` if there is
    /// none.
    fn string(&mut self, start: usize, is_name: bool) -> Option<usize> {
        let (mut at, mut has_escape, mut is_broken) = (start + 1, false, false);
        loop {
            at = special_from(self.bytes, at)?;
            if self.bytes.get(at) == Some(&b'"') {
                break;
            }
            has_escape = true;
            let (next, is_whole) = escape_at(self.bytes, at);
            is_broken |= !is_whole;
            at = next;
        }
        if is_broken {
            let message = "a text has half a surrogate pair, which is no character";
            self.note(start, self.pointer(), "lone_surrogate", message);
        }
        if is_name && let Some(frame) = self.frames.last() {
            let from = frame.names;
            if self.names.push(start + 1..at, has_escape, from) {
                let name = self.names.text(self.names.len() - 1);
                self.note_repeated(start, &name);
            }
        }
        Some(at)
    }

    /// Reads a number. Returns the place after it.
    fn number(&mut self, start: usize) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'))
            .unwrap_or(rest.len());
        let (number, _) = rest.split_at(length);
        if !number::is_in_range(number) {
            let message = "a number takes more than 28 digits to write out";
            self.note(start, self.pointer(), "number_out_of_range", message);
        }
        start + length
    }

    #[cold]
    fn note_repeated(&mut self, at: usize, name: &str) {
        let pointer = format!("{}/{}", self.object(), super::escape(name));
        let message = format!("the name `{name}` is given twice in one object");
        self.note(at, pointer, "duplicate_name", &message);
    }

    #[cold]
    fn note(&mut self, at: usize, pointer: String, code: &'static str, what: &str) {
        if self.errors.len() < MAX_PROBLEMS {
            let before = self.bytes.get(..at).unwrap_or_default();
            let lines = before.iter().filter(|byte| **byte == b'\n').count();
            let bytes = before.iter().rev().take_while(|byte| **byte != b'\n');
            let line = self.origin.line + lines;
            let column = bytes.count() + if lines == 0 { self.origin.column } else { 1 };
            let message = format!("Line {line}, column {column}: {what}.");
            self.errors.push(FieldError::at(pointer, code, message));
        }
    }

    /// The pointer of the current value.
    fn pointer(&self) -> String {
        self.pointer_of(self.frames.len())
    }

    /// The pointer of the current object.
    fn object(&self) -> String {
        self.pointer_of(self.frames.len().saturating_sub(1))
    }

    fn pointer_of(&self, depth: usize) -> String {
        let mut pointer = self.origin.pointer.to_owned();
        for (place, frame) in self.frames.iter().enumerate().take(depth) {
            let end = self.frames.get(place + 1).map(|next| next.names);
            let end = end.unwrap_or(self.names.len());
            let segment = match (frame.is_object, end.checked_sub(1)) {
                (false, _) => frame.index.to_string(),
                (true, Some(last)) if last >= frame.names => self.names.text(last),
                (true, _) => continue,
            };
            pointer.push('/');
            pointer.push_str(&super::escape(&segment));
        }
        pointer
    }
}

#[cfg(test)]
mod tests;
