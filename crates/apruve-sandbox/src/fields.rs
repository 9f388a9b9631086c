//! Reads a request's body as tolerantly as Apruve does: bare or wrapped in its noun, booleans also as strings, unknown fields
//! ignored, null and the empty text treated as absent.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::error::{ApiError, invalid, missing};

/// The largest amount of an order.
pub const MOST_CENTS: i64 = 99_999_999;

/// The fields of one object of a request.
#[derive(Clone, Debug, Default)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body; `noun` is the key it may be wrapped in. An empty body is an object without fields.
    pub fn read(body: &[u8], noun: &str) -> Result<Self, ApiError> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Fields::default());
        }
        let value = serde_json::from_slice(body)
            .map_err(|_| ApiError::invalid_state("The request is not readable JSON"))?;
        let Value::Object(mut object) = value else {
            return Err(ApiError::invalid_state("The request is not a JSON object"));
        };
        Ok(Fields(match object.remove(noun) {
            Some(Value::Object(inner)) => inner,
            Some(other) => {
                object.insert(noun.to_owned(), other);
                object
            }
            None => object,
        }))
    }

    /// A field that is not null.
    fn given(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A field that is neither null nor the empty text.
    fn filled(&self, name: &str) -> Option<&Value> {
        self.given(name).filter(|value| *value != "")
    }

    /// A text; a number is read as its digits.
    pub fn text(&self, name: &str) -> Result<Option<String>, ApiError> {
        match self.filled(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(invalid(name, format!("{name} is not a text"))),
        }
    }

    /// A required text.
    pub fn required_text(&self, name: &str) -> Result<String, ApiError> {
        self.text(name)?.ok_or_else(|| missing(name))
    }

    /// A whole number; also as a text of digits.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let integer = match self.filled(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        let wrong = || invalid(name, format!("{name} is not an integer"));
        integer.ok_or_else(wrong).map(Some)
    }

    /// An amount of an order or of a part of it, in minor units: 0 to [`MOST_CENTS`].
    pub fn cents(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let amount = self.integer(name)?;
        if amount.is_some_and(|amount| !(0..=MOST_CENTS).contains(&amount)) {
            let title = format!("{name} is not between 0 and {MOST_CENTS}");
            return Err(invalid(name, title));
        }
        Ok(amount)
    }

    /// A required amount.
    pub fn required_cents(&self, name: &str) -> Result<i64, ApiError> {
        self.cents(name)?.ok_or_else(|| missing(name))
    }

    /// A flag; also as the texts `"true"` and `"false"`.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.filled(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) if text == "true" => Ok(Some(true)),
            Some(Value::String(text)) if text == "false" => Ok(Some(false)),
            Some(_) => Err(invalid(name, format!("{name} is not a boolean"))),
        }
    }

    /// A time in ISO 8601, with any offset.
    pub fn moment(&self, name: &str) -> Result<Option<DateTime<Utc>>, ApiError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let wrong = |_| invalid(name, format!("{name} is not an ISO 8601 time"));
        let moment = DateTime::parse_from_rfc3339(&text).map_err(wrong)?;
        Ok(Some(moment.to_utc()))
    }

    /// An object.
    pub fn object(&self, name: &str) -> Option<Fields> {
        self.0.get(name)?.as_object().cloned().map(Fields)
    }

    /// A list of objects.
    pub fn objects(&self, name: &str) -> Result<Option<Vec<Fields>>, ApiError> {
        let wrong = || invalid(name, format!("{name} is not a list of objects"));
        let items = match self.given(name) {
            None => return Ok(None),
            Some(items) => items.as_array().ok_or_else(wrong)?,
        };
        let object = |item: &Value| item.as_object().cloned().map(Fields).ok_or_else(wrong);
        items.iter().map(object).collect::<Result<_, _>>().map(Some)
    }

    /// Whether a field is present, null included.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// These fields unchanged, null where absent; for fields that are only stored and returned.
    pub fn kept(&self, names: &[&str]) -> Map<String, Value> {
        let value = |name: &&str| self.0.get(*name).cloned().unwrap_or(Value::Null);
        names
            .iter()
            .map(|name| ((*name).to_owned(), value(name)))
            .collect()
    }

    /// A field, unchanged.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(object: Map<String, Value>) -> Self {
        Fields(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::read(text.as_bytes(), "order").expect("readable")
    }

    #[test]
    fn a_wrapped_body_is_as_good_as_a_bare_one() {
        for text in [
            r#"{"amount_cents": 5}"#,
            r#"{"order": {"amount_cents": "5"}}"#,
        ] {
            assert_eq!(fields(text).cents("amount_cents"), Ok(Some(5)), "{text}");
        }
        assert_eq!(fields("").cents("amount_cents"), Ok(None));
    }

    #[test]
    fn flags_may_be_texts() {
        let flags = fields(r#"{"a": true, "b": "false", "c": null, "d": 1}"#);
        assert_eq!(flags.flag("a"), Ok(Some(true)));
        assert_eq!(flags.flag("b"), Ok(Some(false)));
        assert_eq!(flags.flag("c"), Ok(None));
        assert!(flags.flag("d").is_err());
    }

    #[test]
    fn an_amount_is_whole_and_within_its_limits() {
        for (text, fits) in [
            ("0", true),
            ("99999999", true),
            ("100000000", false),
            ("-1", false),
            ("1.0", false),
            ("[]", false),
        ] {
            let amount = fields(&format!(r#"{{"amount_cents": {text}}}"#)).cents("amount_cents");
            assert_eq!(amount.is_ok(), fits, "{text}");
        }
    }
}
