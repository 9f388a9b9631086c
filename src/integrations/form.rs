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

/// The descriptions of the schema in German and French.
const HELP: [(&str, [&str; 2]); 18] = [
    (
        "merchantId",
        [
            "Die ID des Händlers bei Apruve.",
            "L’identifiant du marchand chez Apruve.",
        ],
    ),
    (
        "apiKey",
        [
            "Apruves API-Schlüssel. Fehlt er bei einer Änderung, bleibt der jetzige; er ist wieder nötig, wenn sich `merchantId`, `testMode` oder `baseUrl` ändert.",
            "La clé d’API d’Apruve. Omise dans une modification, la clé actuelle reste; elle est de nouveau requise si `merchantId`, `testMode` ou `baseUrl` change.",
        ],
    ),
    (
        "testMode",
        [
            "Ob das Konto zu Apruves Testumgebung gehört.",
            "Si le compte appartient à l’environnement de test d’Apruve.",
        ],
    ),
    (
        "currencies",
        [
            "Warenkörbe in anderen Währungen können mit diesem Konto nicht bezahlt werden.",
            "Les paniers dans d’autres devises ne peuvent pas être payés avec ce compte.",
        ],
    ),
    (
        "financing",
        [
            "Wer auf das Geld des Käufers wartet.",
            "Qui attend l’argent de l’acheteur.",
        ],
    ),
    (
        "requiresShipment",
        [
            "Ob Apruve eine Rechnung erst bezahlt, wenn sie eine Sendung hat.",
            "Si Apruve ne paie une facture qu’une fois expédiée.",
        ],
    ),
    (
        "fundingAlertHours",
        [
            "Nach so vielen Stunden ohne Geld von Apruve ist eine Rechnung überfällig.",
            "Après ce nombre d’heures sans argent d’Apruve, une facture est en retard.",
        ],
    ),
    (
        "credit",
        [
            "Was der Kredit des Käufers und Ausfälle von Apruve im Checkout für die Zahlungsart bedeuten.",
            "Effet du crédit de l’acheteur et des pannes d’Apruve sur le mode de paiement.",
        ],
    ),
    (
        "check",
        [
            "`off`: Kredit wird nicht geprüft. `advise`: er führt zu Warnungen. `require`: er entscheidet, ob die Zahlungsart angeboten wird, und wird vor einer Zahlung gelesen.",
            "`off`: le crédit n’est pas vérifié. `advise`: il donne des avertissements. `require`: il décide de l’offre, et un paiement le lit d’abord.",
        ],
    ),
    (
        "maxAge",
        [
            "Was früher gelesen wurde, gilt als unbekannt; von `1s` bis `30days`.",
            "Ce qui a été lu avant est inconnu; de `1s` à `30days`.",
        ],
    ),
    (
        "whenUnknown",
        [
            "Was mit der Zahlungsart geschieht, solange der Kredit des Käufers unbekannt ist.",
            "Sort du mode de paiement tant que le crédit de l’acheteur est inconnu.",
        ],
    ),
    (
        "whenUnreachable",
        [
            "Was mit der Zahlungsart geschieht, solange Apruve nicht antwortet, gleich was `check` sagt.",
            "Sort du mode de paiement tant qu’Apruve ne répond pas, quel que soit `check`.",
        ],
    ),
    (
        "webhookPublicKeys",
        [
            "Öffentliche RSA-Schlüssel als PEM; einem Webhook wird geglaubt, wenn einer davon ihn bestätigt. Fehlen sie im Testbetrieb, gilt der Schlüssel von Apruves Testumgebung.",
            "Clés publiques RSA en PEM; un webhook est cru quand l’une d’elles le vérifie. Omises en mode test, la clé de l’environnement de test d’Apruve s’applique.",
        ],
    ),
    (
        "baseUrl",
        [
            "Ursprung eines anderen Servers als Apruves eigener; `apruve.allowed_hosts` muss ihn nennen.",
            "Origine d’un autre hôte que celui d’Apruve; `apruve.allowed_hosts` doit le citer.",
        ],
    ),
    (
        "instructions",
        [
            "Wird dem Käufer bei der Zahlungsart gezeigt.",
            "Affiché à l’acheteur avec le mode de paiement.",
        ],
    ),
    (
        "netDays",
        [
            "In so vielen Tagen ist ein Verkauf zu bezahlen, wenn die Zahlung nichts anderes sagt.",
            "Délai de paiement d’une vente, sauf indication contraire du paiement.",
        ],
    ),
    (
        "payTo",
        [
            "Auf wen der Scheck ausgestellt wird.",
            "À l’ordre de qui le chèque est établi.",
        ],
    ),
    (
        "sendTo",
        [
            "Die Adresse, an die er geschickt wird.",
            "L’adresse à laquelle il est envoyé.",
        ],
    ),
];

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
        if let Some(title) = title(name, wanted) {
            property["title"] = title.into();
        }
        let english = property["description"].as_str().unwrap_or_default();
        if let Some((_, [german, french])) = HELP.iter().find(|(known, _)| known == name) {
            property["description"] = pick([english, german, french], wanted).into();
        }
        add_texts(property, wanted);
    }
}

fn title(name: &str, wanted: &Wanted) -> Option<String> {
    let (_, titles) = TITLES.iter().find(|(known, _)| *known == name)?;
    Some(pick(*titles, wanted))
}

/// The text in the reader's language, of those in English, German and French.
fn pick([english, german, french]: [&str; 3], wanted: &Wanted) -> String {
    let labels = Labels {
        default: english.to_owned(),
        localized: [("de", german), ("fr", french)]
            .map(|(tag, text)| (tag.to_owned(), text.to_owned()))
            .into(),
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
            add_texts(&mut schema, &Wanted::nothing());
            let ui = ui_schema(kind, &schema);
            let order = ui["ui:order"].as_array().expect("an order");
            for (name, property) in schema["properties"].as_object().expect("properties") {
                if property["readOnly"] == true {
                    continue;
                }
                assert!(property["title"].is_string(), "{kind:?} {name}");
                assert!(order.contains(&json!(name)), "{kind:?} {name}");
                assert!(
                    HELP.iter().any(|(known, _)| known == name),
                    "{kind:?} {name}"
                );
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
