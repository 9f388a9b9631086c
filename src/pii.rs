//! Finds a person in stored data by the e-mail address, and identifies the person by a hash.

use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// A person's e-mail address in lower case. Has no `Display`, so that it does not reach a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// The text does not look like an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an e-mail address: something, an @, and a host")]
pub struct NotAnEmail;

impl FromStr for Email {
    type Err = NotAnEmail;

    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim().to_lowercase();
        let (name, host) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        let is_whole = !name.is_empty()
            && !host.is_empty()
            && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        is_whole.then_some(Email(text)).ok_or(NotAnEmail)
    }
}

impl Email {
    /// The address in lower case: for hashing it with a key, never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A hash that identifies the person without the address.
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.0.as_bytes()))
    }

    /// Whether a document mentions the person: in any text of a JSON document, otherwise anywhere.
    pub fn is_in(&self, document: &[u8]) -> bool {
        match serde_json::from_slice(document) {
            Ok(json) => self.is_in_json(&json),
            Err(_) => self.is_in_text(&String::from_utf8_lossy(document)),
        }
    }

    fn is_in_json(&self, json: &Value) -> bool {
        match json {
            Value::String(text) => self.is_in_text(text),
            Value::Array(items) => items.iter().any(|item| self.is_in_json(item)),
            Value::Object(fields) => fields
                .iter()
                .any(|(name, value)| self.is_in_text(name) || self.is_in_json(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Matches whole addresses only: `ann@acme.example` does not match `joann@acme.example`.
    fn is_in_text(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        text.match_indices(&self.0).any(|(start, found)| {
            let before = text[..start].chars().next_back();
            let mut after = text[start + found.len()..].chars();
            let goes_on = match after.next() {
                // A full stop ends a sentence, or is followed by one more part of the host.
                Some('.') => after.next().is_some_and(char::is_alphanumeric),
                next => next.is_some_and(is_of_address),
            };
            !goes_on && !before.is_some_and(is_of_address)
        })
    }
}

/// Whether a character continues an address. Rare characters count as its end, so that a search finds too much rather
/// than too little.
fn is_of_address(c: char) -> bool {
    c.is_alphanumeric() || "@.+_-".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_found_however_the_address_is_written_and_nobody_else_is() {
        let ann: Email = " Ann@Acme.example ".parse().expect("an address");
        for mention in [
            r#"{"customerUser":{"email":"ann@acme.example"}}"#,
            r#"{"a":[1,{"b":["ANN@ACME.EXAMPLE"]}]}"#,
            r#"{"note":"ask Ann <ann@acme.example>."}"#,
            r#"{"note":"ask ann@acme.example. Or not"}"#,
            r#"{"ann@acme.example":true}"#,
            r#"{"email":"ann\u0040acme.example"}"#,
            r#"{"link":"https://acme.example/?email=ann@acme.example"}"#,
            "not JSON: ann@acme.example",
        ] {
            assert!(ann.is_in(mention.as_bytes()), "{mention}");
        }
        for other in [
            r#"{"email":"joann@acme.example"}"#,
            r#"{"email":"ann@acme.example.org"}"#,
            r#"{"email":"ann@acme.examples"}"#,
            r#"{"email":"a.ann@acme.example"}"#,
            r#"{"ann":"acme.example"}"#,
            "",
        ] {
            assert!(!ann.is_in(other.as_bytes()), "{other}");
        }
        assert!(ann.is_in(b"\xff ann@acme.example \xff"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "ann",
            "@acme.example",
            "ann@",
            "ann acme@example",
            "a@b\n",
        ] {
            let read = text.parse::<Email>();
            assert_eq!(read.is_err(), text != "a@b\n", "{text:?}");
        }
    }
}
