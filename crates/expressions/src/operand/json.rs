//! Writes a value as JSON, with all digits of numbers.

use super::Operand;
use crate::schema::{Attribute, Shape};
use crate::value::{Record, Value};

impl Operand<'_> {
    /// The JSON of the value, numbers with all their digits.
    pub fn write_json(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Text(text) => write_text(text, out),
            Self::MadeText(text) => write_text(text, out),
            Self::Values(items) => write_list(items.iter(), out, write_value),
            Self::Items(items) => write_list(items.iter(), out, |item, out| item.write_json(out)),
            Self::Range(first, last) => {
                let step = if last < first { -1 } else { 1 };
                // The JSON is only displayed, so a long range is cut.
                let length = (first.abs_diff(*last).saturating_add(1)).min(1000);
                let members = (0..length)
                    .map(|index| first + step * i64::try_from(index).unwrap_or_default());
                write_list(members, out, |member, out| {
                    out.push_str(&member.to_string())
                });
            }
            Self::Record(record) => {
                write_record(record, out, &|_, value, out| write_value(value, out));
            }
            Self::RawList(raw) | Self::RawRecord(raw) => write_compact(raw, out),
            Self::Map(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_text(key, out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }
}

pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn write_list<T>(items: impl Iterator<Item = T>, out: &mut String, write: impl Fn(T, &mut String)) {
    out.push('[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

pub(crate) fn write_value(value: &Value<'_>, out: &mut String) {
    match value {
        // Written as posted, because an unusable value has no operand.
        Value::Raw(raw) => write_compact(raw, out),
        value => Operand::of(value).unwrap_or(Operand::Null).write_json(out),
    }
}

/// Writes an object without its null attributes; `write` writes the value of an attribute.
pub(crate) fn write_record(
    record: &Record<'_>,
    out: &mut String,
    write: &dyn Fn(&Attribute, &Value<'_>, &mut String),
) {
    let known = record.shape().map_or(&[][..], Shape::attributes);
    let known = known.iter().enumerate();
    let mut separator = "{";
    for (slot, attribute) in known.filter(|(slot, _)| !record.slot(*slot).is_null()) {
        out.push_str(std::mem::replace(&mut separator, ","));
        write_text(attribute.name(), out);
        out.push(':');
        write(attribute, record.slot(slot), out);
    }
    for (name, raw) in record.customs() {
        out.push_str(std::mem::replace(&mut separator, ","));
        write_text(name, out);
        out.push(':');
        write_compact(raw, out);
    }
    out.push_str(if separator == "{" { "{}" } else { "}" });
}

/// JSON without whitespace between its tokens.
fn write_compact(raw: &str, out: &mut String) {
    let (mut quoted, mut escaped) = (false, false);
    for c in raw.chars() {
        if !quoted && c.is_ascii_whitespace() {
            continue;
        }
        out.push(c);
        match c {
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
    }
}
