//! A method with prepared parts of its JSON.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    locale::{Language, Texts, Wanted},
    payment_methods::Method,
};

/// A method and the JSON that every answer repeats.
#[derive(Debug)]
pub struct RenderedMethod {
    pub method: Method,
    /// `{"id":"…","type":"…","label":`, followed in an answer by the label.
    head: String,
    /// `"…","shortLabel":"…"` in the default language.
    default_labels: String,
    label: Texts,
    short_label: Texts,
    /// `,"options":{…}` without what a rule adds.
    options: Arc<str>,
    own_options: Map<String, Value>,
}

impl RenderedMethod {
    /// Prepares the parts. The default labels are in the language `default`.
    pub fn new(method: Method, default: Option<&Language>) -> Self {
        let own_options = match method.options() {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        let (id, kind) = (method.id, method.id.kind.as_str());
        let nobody = Wanted::default();
        let label = Texts::new(&method.label, default);
        let short_label = Texts::new(&method.short_label, default);
        RenderedMethod {
            head: format!("{{\"id\":\"{id}\",\"type\":\"{kind}\",\"label\":"),
            default_labels: labels(label.pick(&nobody), short_label.pick(&nobody)),
            label,
            short_label,
            options: format!(",\"options\":{}", Value::Object(own_options.clone())).into(),
            own_options,
            method,
        }
    }

    /// The method's name for a reader.
    pub fn label(&self, wanted: &Wanted) -> &str {
        self.label.pick(wanted)
    }

    /// The method's short name for a reader.
    pub fn short_label(&self, wanted: &Wanted) -> &str {
        self.short_label.pick(wanted)
    }

    /// Whether the labels differ by language.
    pub fn is_translated(&self) -> bool {
        !self.label.is_single() || !self.short_label.is_single()
    }

    /// `,"options":…` and what comes after it: the method's options and, beside them, those the rule adds, which follow once
    /// more as `ruleOptions`. A rule cannot change what the method itself says.
    pub fn options_with(&self, added: Option<&Map<String, Value>>) -> Arc<str> {
        let Some(added) = added.filter(|added| !added.is_empty()) else {
            return Arc::clone(&self.options);
        };
        let mut all = added.clone();
        all.extend(self.own_options.clone());
        let [all, added] = [all, added.clone()].map(Value::Object);
        format!(",\"options\":{all},\"ruleOptions\":{added}").into()
    }

    /// Writes id, type and labels of the method without the closing brace: other members follow.
    pub fn write_open(&self, out: &mut Vec<u8>, wanted: &Wanted) {
        out.extend_from_slice(self.head.as_bytes());
        if !wanted.is_empty() && self.is_translated() {
            let labels = labels(self.label(wanted), self.short_label(wanted));
            out.extend_from_slice(labels.as_bytes());
        } else {
            out.extend_from_slice(self.default_labels.as_bytes());
        }
    }
}

fn labels(label: &str, short_label: &str) -> String {
    let quoted = |text: &str| Value::from(text).to_string();
    format!("{},\"shortLabel\":{}", quoted(label), quoted(short_label))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        locale::Labels,
        payment_methods::{MethodType, PaymentMethodId, Terms},
    };

    fn rendered_method() -> RenderedMethod {
        let label = Labels {
            default: "On \"terms\"".into(),
            localized: BTreeMap::from([("fr".to_owned(), "À terme".to_owned())]),
        };
        RenderedMethod::new(
            Method {
                id: PaymentMethodId {
                    kind: MethodType::PaymentTerm,
                    integration: crate::ids::fresh(chrono::DateTime::UNIX_EPOCH),
                },
                name: "terms".into(),
                enabled: true,
                short_label: label.clone(),
                label,
                terms: Terms::PaymentTerm {
                    instructions: "Net 30".into(),
                    net_days: None,
                },
                version: 1,
            },
            None,
        )
    }

    fn written(
        method: &RenderedMethod,
        added: Option<&Map<String, Value>>,
        wanted: &Wanted,
    ) -> Value {
        let mut text = Vec::new();
        method.write_open(&mut text, wanted);
        text.extend_from_slice(method.options_with(added).as_bytes());
        text.push(b'}');
        serde_json::from_slice(&text).expect("JSON")
    }

    #[test]
    fn the_written_parts_make_one_json_object() {
        let rendered_method = rendered_method();
        for (wanted, label) in [
            (Wanted::default(), "On \"terms\""),
            (Wanted::one("fr").unwrap_or_default(), "À terme"),
        ] {
            let object = written(&rendered_method, None, &wanted);
            assert_eq!(object["label"], label);
            assert_eq!(object["type"], "payment_term");
            assert_eq!(object["options"]["instructions"], "Net 30");
        }
    }

    #[test]
    fn a_rule_adds_options_but_does_not_replace_the_methods_own() {
        let added = serde_json::json!({ "badge": "new", "instructions": "no" });
        let rendered_method = rendered_method();
        let shown = |added| written(&rendered_method, added, &Wanted::default());
        let object = shown(added.as_object());
        assert_eq!(
            object["options"],
            serde_json::json!({ "badge": "new", "instructions": "Net 30" })
        );
        assert_eq!(object["ruleOptions"], added);
        for none in [None, Some(&Map::new())] {
            assert_eq!(shown(none).get("ruleOptions"), None);
        }
    }
}
