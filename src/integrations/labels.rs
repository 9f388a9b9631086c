//! Reads labels with their translations from a request body.

use serde_json::Value;

use crate::{
    http::{
        body::{self, Fields, Findings, kind_of},
        problem::FieldError,
    },
    locale::{self, Labels},
};

const MOST_TRANSLATIONS: usize = 200;

/// Reads labels; returns `None` without an error if they are null or absent.
pub fn read(fields: &Fields<'_>, name: &'static str) -> Option<Labels> {
    let labels = fields.object(name)?;
    let default = labels.text("default", 1, 255);
    let localized = labels.value("localized");
    labels.finish();
    let mut read = Labels {
        default: default?,
        ..Labels::default()
    };
    let pointer = format!("{}/localized", fields.pointer(name));
    match localized {
        None => {}
        Some(Value::Object(texts)) if texts.len() <= MOST_TRANSLATIONS => {
            for (tag, text) in texts {
                read_translation(&mut read, tag, text, &pointer, fields.findings());
            }
        }
        Some(Value::Object(_)) => fields.findings().push(FieldError::at(
            pointer,
            "too_many",
            format!("`localized` takes at most {MOST_TRANSLATIONS} languages."),
        )),
        Some(other) => fields.findings().push(FieldError::at(
            pointer,
            "wrong_type",
            format!("`localized` must be an object, not {}.", kind_of(other)),
        )),
    }
    Some(read)
}

/// Reads one translation. Null removes a translation, as in a merge patch.
fn read_translation(
    labels: &mut Labels,
    tag: &str,
    text: &Value,
    pointer: &str,
    findings: &Findings,
) {
    let pointer = format!("{pointer}/{}", body::escape(tag));
    let Some(canonical) = locale::canonical(tag) else {
        let message = format!("`{tag}` is not a BCP 47 language tag such as `fr` or `fr-CA`.");
        findings.push(FieldError::at(pointer, "unknown_language", message));
        return;
    };
    if text.is_null() {
        return;
    }
    let Some(text) = body::text_at(text, &pointer, 255, findings) else {
        return;
    };
    if labels.localized.insert(canonical.clone(), text).is_some() {
        let message = format!("`{canonical}` is given twice, in two spellings.");
        findings.push(FieldError::at(pointer, "duplicate", message));
    }
}
