//! Builds pattern literals that replace `contains`, `startsWith`, `LIKE` and similar operators of other languages.

/// The pattern of texts that contain `part`.
pub(crate) fn containing(part: &str) -> String {
    written(&escaped(part))
}

/// The pattern of texts that start with `part`.
pub(crate) fn starting(part: &str) -> String {
    written(&format!("^{}", escaped(part)))
}

/// The pattern of texts that end with `part`.
pub(crate) fn ending(part: &str) -> String {
    written(&format!("{}$", escaped(part)))
}

/// The pattern for `part` as an argument of SQL's `LIKE`.
pub(crate) fn like(part: &str) -> String {
    let inner = part.trim_start_matches('%').trim_end_matches('%');
    let start = if part.starts_with('%') { "" } else { "^" };
    let end = if part.ends_with('%') { "" } else { "$" };
    let inner = escaped(inner).replace('%', ".*").replace('_', ".");
    written(&format!("{start}{inner}{end}"))
}

fn escaped(part: &str) -> String {
    regex::escape(part).replace('/', "\\/")
}

/// The pattern with its delimiters, as a quoted text.
fn written(pattern: &str) -> String {
    let mut text = String::from("'/");
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let is_escape = |next: &char| matches!(next, 'n' | 't' | 'r' | '\\' | '"' | '\'');
        match c {
            '\\' if chars.peek().is_none_or(is_escape) => text.push_str("\\\\"),
            '\'' => text.push_str("\\'"),
            c => text.push(c),
        }
    }
    text.push_str("/'");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Budget, Expression, read_free};

    #[test]
    fn a_spelt_pattern_finds_its_text_and_nothing_like_it() {
        for part in [
            "US", "a.b", "a/b", "it's", "a\\b", "\\n", "50%+", "[x]", "ä\"", "",
        ] {
            let found = |pattern: &str, text: &str| {
                let json = serde_json::json!({ "text": text }).to_string();
                let document = read_free(&json).expect("a document");
                let expression = Expression::parse_free(&format!("text matches {pattern}"));
                let expression =
                    expression.unwrap_or_else(|refusal| panic!("{pattern}: {refusal:?}"));
                expression.holds(&document, &mut Budget::default())
            };
            assert_eq!(
                found(&containing(part), &format!("x{part}y")),
                Ok(true),
                "{part}"
            );
            assert_eq!(
                found(&starting(part), &format!("{part}y")),
                Ok(true),
                "{part}"
            );
            assert_eq!(
                found(&ending(part), &format!("x{part}")),
                Ok(true),
                "{part}"
            );
            if !part.is_empty() {
                assert_eq!(
                    found(&starting(part), &format!("x{part}")),
                    Ok(false),
                    "{part}"
                );
                assert_eq!(
                    found(&ending(part), &format!("{part}y")),
                    Ok(false),
                    "{part}"
                );
                assert_eq!(found(&containing(part), "zzz"), Ok(false), "{part}");
            }
        }
    }

    #[test]
    fn a_like_is_anchored_where_it_has_no_percent_sign() {
        for (part, pattern) in [
            ("US%", "'/^US/'"),
            ("%US", "'/US$/'"),
            ("%US%", "'/US/'"),
            ("U_S", "'/^U.S$/'"),
            ("a%b", "'/^a.*b$/'"),
        ] {
            assert_eq!(like(part), pattern);
        }
    }
}
