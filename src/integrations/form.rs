//! How a form shows the settings of an integration: titles in the reader's language, the order of the fields, and their
//! widgets, as react-jsonschema-form reads them (`uiSchema`).

use serde_json::{Map, Value, json};

use crate::{
    locale::{Labels, Language, Texts, Wanted},
    payment_methods::MethodType,
};

/// Fields in the order of the form, with their titles in English, German and French.
const TITLES: [(&str, [&str; 3]); 18] = [
    (
        "merchantId",
        ["Merchant id", "Händler-ID", "Identifiant du marchand"],
    ),
    ("apiKey", ["API key", "API-Schlüssel", "Clé d’API"]),
    ("testMode", ["Test mode", "Testbetrieb", "Mode test"]),
    ("currencies", ["Currencies", "Währungen", "Devises"]),
    ("financing", ["Financing", "Finanzierung", "Financement"]),
    (
        "requiresShipment",
        [
            "Paid once shipped",
            "Zahlung erst nach Versand",
            "Payé après expédition",
        ],
    ),
    (
        "fundingAlertHours",
        [
            "Overdue after hours",
            "Überfällig nach Stunden",
            "En retard après (heures)",
        ],
    ),
    ("credit", ["Credit", "Kredit", "Crédit"]),
    (
        "check",
        ["Check credit", "Kredit prüfen", "Vérifier le crédit"],
    ),
    ("maxAge", ["Valid for", "Gültig für", "Valable pendant"]),
    (
        "whenUnknown",
        ["When unknown", "Wenn unbekannt", "Si inconnu"],
    ),
    (
        "whenUnreachable",
        [
            "When unreachable",
            "Wenn nicht erreichbar",
            "Si injoignable",
        ],
    ),
    (
        "webhookPublicKeys",
        [
            "Webhook public keys",
            "Öffentliche Webhook-Schlüssel",
            "Clés publiques des webhooks",
        ],
    ),
    ("baseUrl", ["Base URL", "Basis-URL", "URL de base"]),
    (
        "instructions",
        ["Instructions", "Anweisungen", "Instructions"],
    ),
    (
        "netDays",
        [
            "Net days",
            "Zahlungsziel in Tagen",
            "Délai de paiement (jours)",
        ],
    ),
    ("payTo", ["Pay to", "Zahlbar an", "À l’ordre de"]),
    ("sendTo", ["Send to", "Senden an", "Envoyer à"]),
];

/// The widget of a field, where the plain one is not enough.
const WIDGETS: [(&str, &str); 3] = [
    ("apiKey", "password"),
    ("instructions", "textarea"),
    ("sendTo", "textarea"),
];

/// Adds the titles to the schema of settings.
pub fn add_titles(schema: &mut Value, wanted: &Wanted) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        if let Some(title) = title(name, wanted) {
            property["title"] = title.into();
        }
        add_titles(property, wanted);
    }
}

fn title(name: &str, wanted: &Wanted) -> Option<String> {
    let (_, [english, german, french]) = TITLES.iter().find(|(known, _)| *known == name)?;
    let labels = Labels {
        default: (*english).to_owned(),
        localized: [("de", german), ("fr", french)]
            .map(|(tag, text)| (tag.to_owned(), (*text).to_owned()))
            .into(),
    };
    let texts = Texts::new(&labels, Language::new("en").as_ref());
    Some(texts.pick(wanted).to_owned())
}

/// Order and widgets of the settings of this type. Fields that only are shown come last and cannot be edited.
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
    let names = TITLES.iter().map(|(name, _)| *name);
    names.filter(|name| has(name)).chain(["*"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrations::schema;

    #[test]
    fn every_field_that_can_be_set_has_a_title_and_a_place() {
        for kind in MethodType::ALL {
            let mut schema = schema::of_new(kind);
            add_titles(&mut schema, &Wanted::nothing());
            let ui = ui_schema(kind, &schema);
            let order = ui["ui:order"].as_array().expect("an order");
            for (name, property) in schema["properties"].as_object().expect("properties") {
                if property["readOnly"] == true {
                    continue;
                }
                assert!(property["title"].is_string(), "{kind:?} {name}");
                assert!(order.contains(&json!(name)), "{kind:?} {name}");
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
            assert_eq!(
                title("merchantId", &wanted).as_deref(),
                Some(expected),
                "{header}"
            );
        }
    }
}
