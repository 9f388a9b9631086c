//! How a form shows the settings of an integration: titles in the reader's language, the order of the fields, and their
//! widgets, as react-jsonschema-form reads them (`uiSchema`).

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    locale::{Labels, Language, Texts, Wanted},
    payment_methods::MethodType,
};

/// The texts of one field: by language, English first. The schema itself has the English help.
#[derive(Deserialize)]
struct FieldText {
    field: String,
    title: BTreeMap<String, String>,
    help: BTreeMap<String, String>,
}

/// The texts of all fields, in the order of the form. A test reads the file, so that it can be read here.
static TEXTS: LazyLock<Vec<FieldText>> =
    LazyLock::new(|| serde_json::from_str(include_str!("form/texts.json")).unwrap_or_default());

/// The widgets of fields that need another one than the default.
const WIDGETS: [(&str, &str); 3] = [
    ("apiKey", "password"),
    ("instructions", "textarea"),
    ("sendTo", "textarea"),
];

/// Adds titles to the schema of settings, and translates its descriptions into the reader's language.
pub fn add_texts(schema: &mut Value, wanted: &Wanted) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        if let Some(text) = text_of(name) {
            property["title"] = text.title(wanted).into();
            let english = property["description"].as_str().unwrap_or_default();
            property["description"] = pick(english, &text.help, wanted).into();
        }
        add_texts(property, wanted);
    }
}

fn text_of(name: &str) -> Option<&'static FieldText> {
    TEXTS.iter().find(|text| text.field == name)
}

impl FieldText {
    fn title(&self, wanted: &Wanted) -> String {
        let english = self.title.get("en").map_or("", String::as_str);
        pick(english, &self.title, wanted)
    }
}

/// The text in the reader's language, or in English.
fn pick(english: &str, translated: &BTreeMap<String, String>, wanted: &Wanted) -> String {
    let labels = Labels {
        default: english.to_owned(),
        localized: translated.clone(),
    };
    let texts = Texts::new(&labels, Language::new("en").as_ref());
    texts.pick(wanted).to_owned()
}

/// The `uiSchema` of a type's settings: order and widgets. The read-only hints are hidden.
pub fn ui_schema(kind: MethodType, schema: &Value) -> Value {
    let has = |name: &str| schema["properties"].get(name).is_some();
    let mut ui = Map::new();
    ui.insert("ui:order".to_owned(), field_order(schema));
    for (name, widget) in WIDGETS.iter().filter(|(name, _)| has(name)) {
        ui.insert((*name).to_owned(), json!({ "ui:widget": widget }));
    }
    if kind == MethodType::Apruve {
        let parts = field_order(&schema["properties"]["credit"]);
        ui.insert("credit".to_owned(), json!({ "ui:order": parts }));
        let keys = json!({ "items": { "ui:widget": "textarea" } });
        ui.insert("webhookPublicKeys".to_owned(), keys);
        for hint in ["apiKeyHint", "webhookUrlHint"] {
            ui.insert(hint.to_owned(), json!({ "ui:widget": "hidden" }));
        }
    }
    ui.into()
}

/// The order of the fields of one object.
fn field_order(schema: &Value) -> Value {
    let has = |name: &str| schema["properties"].get(name).is_some();
    let names = TEXTS.iter().map(|text| text.field.as_str());
    names.filter(|name| has(name)).chain(["*"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrations::schema;

    #[test]
    fn every_field_that_can_be_set_has_a_title_and_a_place() {
        for kind in MethodType::ALL.iter().copied() {
            let mut schema = schema::of_new(kind);
            add_texts(&mut schema, &Wanted::nothing());
            let ui = ui_schema(kind, &schema);
            let order = ui["ui:order"].as_array().expect("an order");
            for (name, property) in schema["properties"].as_object().expect("properties") {
                if property["readOnly"] == true {
                    continue;
                }
                assert!(property["title"].is_string(), "{kind:?} {name}");
                assert!(order.contains(&json!(name)), "{kind:?} {name}");
                let text = text_of(name).expect(name);
                assert!(text.title.keys().eq(["de", "en", "fr"]), "{name}");
                assert!(text.help.keys().eq(["de", "fr"]), "{name}");
            }
        }
    }

    #[test]
    fn titles_are_in_the_readers_language() {
        for (header, expected) in [
            ("de-AT", "Händler-ID"),
            ("fr-CA, en;q=0.5", "Identifiant du marchand"),
            ("ja", "Merchant id"),
            ("", "Merchant id"),
        ] {
            let wanted = Wanted::from_accept_language([header]);
            let text = text_of("merchantId").expect("its texts");
            assert_eq!(text.title(&wanted), expected, "{header}");
        }
    }
}
