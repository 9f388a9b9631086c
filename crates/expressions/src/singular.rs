//! The name of one item of a list: `lineItems.any(lineItem.quantity > 1)`.
//!
//! The name is the English singular of the list's last name. If the singular equals the name, as with `milk` or
//! `series`, `Item` is appended. Only the end of a name is changed: `kitItemLineItems` gives `kitItemLineItem`.

/// Irregular words as plural and singular. They are compared without case, and the first letter keeps its case.
const WORDS: [(&str, &str); 19] = [
    ("children", "child"),
    ("people", "person"),
    ("men", "man"),
    ("feet", "foot"),
    ("teeth", "tooth"),
    ("geese", "goose"),
    ("mice", "mouse"),
    ("lice", "louse"),
    ("oxen", "ox"),
    ("movies", "movie"),
    ("quizzes", "quiz"),
    ("matrices", "matrix"),
    ("indices", "index"),
    ("vertices", "vertex"),
    ("shoes", "shoe"),
    ("criteria", "criterion"),
    ("statuses", "status"),
    ("aliases", "alias"),
    ("caches", "cache"),
];

/// Words whose singular is the same as the plural.
const UNCHANGED: [&str; 14] = [
    "series",
    "species",
    "news",
    "money",
    "rice",
    "information",
    "equipment",
    "fish",
    "sheep",
    "deer",
    "ss",
    "us",
    "is",
    "media",
];

/// Endings of plurals and of their singulars; the first match is used.
const ENDINGS: [(&str, &str); 33] = [
    ("taxes", "tax"),
    ("waxes", "wax"),
    ("axes", "axis"),
    ("analyses", "analysis"),
    ("diagnoses", "diagnosis"),
    ("parentheses", "parenthesis"),
    ("bases", "base"),
    ("crises", "crisis"),
    ("theses", "thesis"),
    ("houses", "house"),
    ("causes", "cause"),
    ("heroes", "hero"),
    ("potatoes", "potato"),
    ("tomatoes", "tomato"),
    ("buses", "bus"),
    ("bonuses", "bonus"),
    ("viruses", "virus"),
    ("campuses", "campus"),
    ("sses", "ss"),
    ("shes", "sh"),
    ("ches", "ch"),
    ("xes", "x"),
    ("zzes", "zz"),
    ("quies", "quy"),
    ("halves", "half"),
    ("shelves", "shelf"),
    ("wolves", "wolf"),
    ("wives", "wife"),
    ("knives", "knife"),
    ("lives", "life"),
    ("ata", "atum"),
    ("ies", "y"),
    ("s", ""),
];

/// The name of one item of the list called `list`.
pub(super) fn item_name(list: &str) -> String {
    let singular = singular(list);
    if singular == list {
        format!("{list}Item")
    } else {
        singular
    }
}

fn singular(plural: &str) -> String {
    let lower = plural.to_ascii_lowercase();
    if let Some((ending, word)) = WORDS
        .iter()
        .find(|(ending, _)| ends_word(plural, &lower, ending))
    {
        let (stem, tail) = plural.split_at(plural.len() - ending.len());
        let capital = tail.starts_with(|c: char| c.is_ascii_uppercase());
        let head = if capital {
            word[..1].to_ascii_uppercase()
        } else {
            word[..1].to_owned()
        };
        return format!("{stem}{head}{}", &word[1..]);
    }
    if UNCHANGED.iter().any(|ending| lower.ends_with(ending)) {
        return plural.to_owned();
    }
    for (ending, replacement) in ENDINGS {
        let vowel_before = |stem: &str| stem.ends_with(['a', 'e', 'i', 'o', 'u']);
        let Some(stem) = lower.strip_suffix(ending) else {
            continue;
        };
        if ending == "ies" && (stem.len() < 2 || vowel_before(stem))
            || stem.is_empty() && replacement.is_empty()
        {
            continue;
        }
        // Letters that the ending shares with its replacement keep their case.
        let shared = ending
            .bytes()
            .zip(replacement.bytes())
            .take_while(|(one, other)| one == other)
            .count();
        return format!(
            "{}{}",
            &plural[..stem.len() + shared],
            &replacement[shared..]
        );
    }
    plural.to_owned()
}

/// Whether a name ends with a word: the word is the whole name, begins with a capital or after `_`, or has more than
/// four letters.
fn ends_word(name: &str, lower: &str, ending: &str) -> bool {
    lower.ends_with(ending) && {
        let start = name.len() - ending.len();
        start == 0
            || ending.len() > 4
            || name[start..].starts_with(|c: char| c.is_ascii_uppercase())
            || name[..start].ends_with('_')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_called_by_the_singular_of_its_list() {
        for (list, item) in [
            ("lineItems", "lineItem"),
            ("kitItemLineItems", "kitItemLineItem"),
            ("users", "user"),
            ("addresses", "address"),
            ("categories", "category"),
            ("taxes", "tax"),
            ("boxes", "box"),
            ("children", "child"),
            ("orderChildren", "orderChild"),
            ("people", "person"),
            ("salesPeople", "salesPerson"),
            ("statuses", "status"),
            ("branches", "branch"),
            ("inventoryLevels", "inventoryLevel"),
            ("unitPrecisions", "unitPrecision"),
            ("warehouses", "warehouse"),
            ("prices", "price"),
            ("invoices", "invoice"),
            ("keys", "key"),
            ("matrices", "matrix"),
            ("milk", "milkItem"),
            ("series", "seriesItem"),
            ("list", "listItem"),
            ("mixed", "mixedItem"),
            ("matrix", "matrixItem"),
            ("status", "statusItem"),
            ("address", "addressItem"),
            ("s", "sItem"),
            ("Gruppen", "GruppenItem"),
            ("größes", "größe"),
        ] {
            assert_eq!(item_name(list), item);
        }
    }
}
