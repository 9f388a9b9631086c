//! Reads the payment methods of a rule from an administrator's body.

use serde_json::{Map, Value};

use crate::{
    http::body::{self, Fields},
    payment_methods::PaymentMethodId,
    payment_rules::RuleMethod,
};

const MAX_METHODS: usize = 100;
const MAX_OPTIONS_BYTES: usize = 4096;

/// Finds the method that an entry of `paymentMethods` means; `None` after noting an error.
pub(super) type Resolve<'r> = &'r dyn Fn(&Fields<'_>) -> Option<PaymentMethodId>;

pub(super) fn by_id(entry: &Fields<'_>) -> Option<PaymentMethodId> {
    let text = entry.text("id", 1, 255)?;
    let id = PaymentMethodId::parse(&text);
    if id.is_none() {
        let message = no_such_method(&text);
        entry.refuse("id", UNKNOWN_METHOD, message);
    }
    id
}

/// The code of a method that does not exist.
pub const UNKNOWN_METHOD: &str = "unknown_payment_method";

/// The message for [`UNKNOWN_METHOD`].
pub fn no_such_method(id: &str) -> String {
    format!("There is no payment method `{id}`; the `paymentMethodId` of an integration is needed.")
}

/// Reads `paymentMethods`. Only a disabled rule may have none.
pub(super) fn read_methods(
    fields: &Fields<'_>,
    enabled: bool,
    resolve: Resolve<'_>,
) -> Vec<RuleMethod> {
    const NAME: &str = "paymentMethods";
    let mut methods: Vec<RuleMethod> = Vec::new();
    let is_missing = |value: &Value| enabled && value.as_array().is_some_and(Vec::is_empty);
    if fields.value(NAME).is_none_or(is_missing) {
        let message = match enabled {
            true => "A rule that is on offers at least one payment method.",
            false => "`paymentMethods` is needed; a rule that is off may have an empty list.",
        };
        fields.refuse(NAME, "required", message);
    }
    for (pointer, item) in fields.list(NAME, MAX_METHODS) {
        let Some(entry) = body::object_at(item, pointer, fields.findings()) else {
            continue;
        };
        // Answers contain the label and exports the name of a method, and both may be sent back.
        entry.ignore(&["type", "name", "label"]);
        let options = read_options(&entry);
        match resolve(&entry) {
            Some(id) if methods.iter().any(|other| other.id == id) => {
                entry.refuse("id", "duplicate", format!("`{id}` is listed twice."));
            }
            Some(id) => methods.push(RuleMethod::new(id, options)),
            None => {}
        }
        entry.finish();
    }
    methods
}

/// Reads `options`: any JSON object of at most [`MAX_OPTIONS_BYTES`].
fn read_options(entry: &Fields<'_>) -> Option<Map<String, Value>> {
    const NAME: &str = "options";
    let value = entry.value(NAME)?;
    let Value::Object(options) = value else {
        let message = format!("`options` must be an object, not {}.", body::kind_of(value));
        entry.refuse(NAME, "wrong_type", message);
        return None;
    };
    let text = value.to_string();
    if text.len() > MAX_OPTIONS_BYTES {
        let message = format!("`options` takes at most {MAX_OPTIONS_BYTES} bytes of JSON.");
        entry.refuse(NAME, "too_long", message);
    }
    Some(options.clone())
}
