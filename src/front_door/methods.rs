//! The known paths and their methods, for requests that the router does not answer or that are gone.

use std::collections::HashMap;

/// The methods of each path by route pattern; app data, from the OpenAPI document.
pub struct AllowedMethods(pub HashMap<String, String>);

impl AllowedMethods {
    /// The route pattern that matches a path; unlike the path it contains no id.
    pub(super) fn pattern_of(&self, path: &str) -> Option<&str> {
        let fits = |pattern: &&String| {
            let (names, parts) = (pattern.split('/'), path.split('/'));
            names.clone().count() == parts.clone().count()
                && names
                    .zip(parts)
                    .all(|(name, part)| name == part || name.starts_with('{'))
        };
        let itself = self.0.get_key_value(path).map(|(pattern, _)| pattern);
        itself
            .or_else(|| self.0.keys().find(fits))
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_its_request_still_finds_its_pattern() {
        let patterns = [
            "/v1/rules",
            "/v1/rules/{id}",
            "/v1/rules/export",
            "/v1/rules/{id}/enable",
        ];
        let methods = AllowedMethods(
            patterns
                .map(|pattern| (pattern.to_owned(), "GET".to_owned()))
                .into(),
        );
        for (path, pattern) in [
            ("/v1/rules", Some("/v1/rules")),
            ("/v1/rules/export", Some("/v1/rules/export")),
            ("/v1/rules/rule_1", Some("/v1/rules/{id}")),
            ("/v1/rules/rule_1/enable", Some("/v1/rules/{id}/enable")),
            ("/v1/rules/rule_1/enable/x", None),
            ("/v1", None),
        ] {
            assert_eq!(methods.pattern_of(path), pattern, "{path}");
        }
    }
}
