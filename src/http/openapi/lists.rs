//! Names the lists of the document and their items after the resource.

use serde_json::{Map, Value};

use super::schema_parts::{PREFIX, for_each_part, reference};

/// The prefixes of generic type names from utoipa, and the suffixes that replace them in the document.
const GENERIC: [(&str, &str); 4] = [
    ("Listed_", "List"),
    ("ProviderListing_", "List"),
    ("TransactionWithPayment_", "WithPayment"),
    ("Versioned_", "WithEtag"),
];

/// Gives the items of each list a component of their own.
pub fn name_items(schemas: &mut Map<String, Value>) {
    let mut named = Map::new();
    for (list, schema) in schemas
        .iter_mut()
        .filter(|(name, _)| name.starts_with("Listed_"))
    {
        let resource = resource_of(list);
        let Some(items) = schema.pointer_mut("/properties/items/items") else {
            continue;
        };
        if items.get("$ref").is_some() {
            continue;
        }
        if let Some(readable) = items
            .pointer_mut("/oneOf/0")
            .filter(|it| it.get("allOf").is_some())
        {
            let name = format!("{resource}WithEtag");
            named.insert(name.clone(), readable.take());
            *readable = reference(&name);
        }
        let name = format!("{resource}ListItem");
        named.insert(name.clone(), items.take());
        *items = reference(&name);
    }
    schemas.extend(named);
}

/// Renames generic types: `Listed_Item_Versioned_Payment` becomes `PaymentList`.
pub fn rename(document: &mut Value) {
    let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    let renamed: Vec<(String, String)> = schemas
        .keys()
        .filter_map(|name| Some((name.clone(), plain_name(name)?)))
        .collect();
    for (old, new) in renamed {
        if let Some(schema) = schemas.remove(&old) {
            // Several generic names of one list map to the same name; their schemas are equal.
            schemas.entry(new).or_insert(schema);
        }
    }
    for_each_part(document, &mut |part| {
        let named = part.get("$ref").and_then(Value::as_str);
        let new = named.and_then(|it| plain_name(it.strip_prefix(PREFIX)?));
        if let Some(new) = new {
            part["$ref"] = reference(&new)["$ref"].take();
        }
    });
}

fn plain_name(name: &str) -> Option<String> {
    let (_, ending) = GENERIC.iter().find(|(start, _)| name.starts_with(start))?;
    let resource = resource_of(name);
    Some(format!("{resource}{ending}"))
}

fn resource_of(generic: &str) -> &str {
    generic.rsplit('_').next().unwrap_or(generic)
}
