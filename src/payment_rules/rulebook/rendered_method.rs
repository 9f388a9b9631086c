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
    /// `"…","shortLabel":"…","options":` in the default language.
    default_labels: String,
    label: Texts,
    short_label: Texts,
    /// `{…}`, without the options that a rule adds.
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
        let nobody = Wanted::default();
        let label = Texts::new(&method.label, default);
        let short_label = Texts::new(&method.short_label, default);
        RenderedMethod {
            head: format!(
                "{{\"id\":\"{}\",\"type\":\"{}\",\"label\":",
                method.id,
                method.id.kind.as_str()
            ),
            default_labels: labels(label.pick(&nobody), short_label.pick(&nobody)),
            label,
            short_label,
            options: Value::Object(own_options.clone()).to_string().into(),
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

    /// The value of `options` and the member `ruleOptions`: the method's options with those that the rule adds, then
    /// the rule's options alone. A rule cannot override the method's own options.
    pub fn options_with(&self, added: Option<&Map<String, Value>>) -> Arc<str> {
        let Some(added) = added.filter(|added| !added.is_empty()) else {
            return Arc::clone(&self.options);
        };
        let mut all = added.clone();
        all.extend(self.own_options.clone());
        let [all, added] = [all, added.clone()].map(Value::Object);
        format!("{all},\"ruleOptions\":{added}").into()
    }

    /// Writes the method as an answer offers it, without the closing brace, so that the caller can add members.
    pub fn write_open(&self, out: &mut String, options: &str, wanted: &Wanted) {
        out.push_str(&self.head);
        if !wanted.is_empty() && self.is_translated() {
            out.push_str(&labels(
                self.label.pick(wanted),
                self.short_label.pick(wanted),
            ));
        } else {
            out.push_str(&self.default_labels);
        }
        out.push_str(options);
    }
}

fn labels(label: &str, short_label: &str) -> String {
    let quoted = |text: &str| Value::from(text).to_string();
    format!(
        "{},\"shortLabel\":{},\"options\":",
        quoted(label),
        quoted(short_label)
    )
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

    #[test]
    fn the_written_parts_make_one_json_object() {
        let rendered_method = rendered_method();
        for (wanted, label) in [
            (Wanted::default(), "On \"terms\""),
            (Wanted::one("fr").unwrap_or_default(), "À terme"),
        ] {
            let mut text = String::new();
            rendered_method.write_open(&mut text, &rendered_method.options_with(None), &wanted);
            text.push('}');
            let object: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(object["label"], label);
            assert_eq!(object["type"], "payment_term");
            assert_eq!(object["options"]["instructions"], "Net 30");
        }
    }

    #[test]
    fn a_rule_adds_options_but_does_not_replace_the_methods_own() {
        let added = serde_json::json!({ "badge": "new", "instructions": "no" });
        let rendered_method = rendered_method();
        let shown = |added: Option<&Map<String, Value>>| {
            let mut text = String::new();
            rendered_method.write_open(
                &mut text,
                &rendered_method.options_with(added),
                &Wanted::default(),
            );
            text.push('}');
            serde_json::from_str::<Value>(&text).expect("JSON")
        };
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
