//! The refusal of an unknown field or parameter, with the nearest known name.

/// `There is no field ...`, with the known name that is nearest to it, where one is near.
pub fn there_is_no(kind: &str, unknown: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(name, unknown), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 3)
        .min();
    match nearest {
        Some((_, name)) => format!("There is no {kind} `{unknown}`; did you mean `{name}`?"),
        None => format!("There is no {kind} `{unknown}`."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_where_it_is_near() {
        for (unknown, offered) in [
            ("nmae", Some("name")),
            ("naem", Some("name")),
            ("sortOrdre", Some("sortOrder")),
            // As near as `nope`, and first by its letters.
            ("nape", Some("name")),
            ("nme", Some("name")),
            ("xyz", None),
            ("", None),
        ] {
            let sentence = there_is_no("field", unknown, &["sortOrder", "nope", "name"]);
            let expected = match offered {
                Some(name) => format!("There is no field `{unknown}`; did you mean `{name}`?"),
                None => format!("There is no field `{unknown}`."),
            };
            assert_eq!(sentence, expected);
        }
        assert_eq!(
            there_is_no("parameter", "x", &[]),
            "There is no parameter `x`."
        );
    }
}
