//! Finds patterns whose meaning changed when postal codes began to follow their country's format.

use super::{fold::narrow, form::Form, pattern::Pattern, read::read};

/// Whether a pattern stored before that change matches other codes now. Before, `BN1 *` matched every British code that
/// begins with `BN1`, also `BN15 8AA`; `PA67*` matched `PA6 7LN`; `EH22`, and `1000..1099` in the Netherlands, matched
/// no full code.
pub fn has_changed_meaning(country: &str, text: &str) -> bool {
    let Ok(pattern) = read(country, text) else {
        return true;
    };
    let is_starred = narrow(text).trim_end().ends_with('*');
    match (Form::of(country), pattern) {
        (Form::British(_), Pattern::Code(code)) => is_starred || code.len() <= 4,
        (Form::British(_), Pattern::Prefix(prefix)) => {
            // `NG15` also matched `NG1 5AA`, but `NG1` and `N` were unambiguous.
            let first_digit = prefix.find(|next: char| next.is_ascii_digit());
            first_digit.is_some_and(|first| prefix.len() > first + 1)
        }
        (Form::Irish, Pattern::Code(code)) => !is_starred && code.len() == 3,
        (Form::Digits(digits), Pattern::Code(code)) => {
            country != "US" && digits.is_short_of_more(&code)
        }
        (Form::Digits(digits), Pattern::Range(..)) => country != "US" && digits.has_more(),
        (Form::British(_) | Form::Irish, Pattern::Range(..)) => true,
        (Form::Irish | Form::Digits(_), Pattern::Prefix(_)) | (Form::Canadian | Form::Other, _) => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_else_is_distinguished_from_what_does_not() {
        for (country, text, changed) in [
            ("GB", "BN1 *", true),
            ("GB", "BN1 3*", true),
            ("GB", "PA67*", true),
            ("GB", "EH22", true),
            ("GB", "1000..1999", true),
            ("GB", "NG1*", false),
            ("GB", "N*", false),
            ("GB", "YO1 7HH", false),
            ("JE", "JE2 *", true),
            ("IE", "D02", true),
            ("IE", "D02 *", false),
            ("IE", "D6 *", true),
            ("IE", "D0*", false),
            ("NL", "1000..1099", true),
            ("NL", "1012", true),
            ("NL", "1012AB", false),
            ("NL", "10*", false),
            ("PR", "00901", true),
            ("US", "90210", false),
            ("US", "90000..90999", false),
            ("US", "90210-99000", true),
            ("DE", "10115..10999", false),
            ("AT", "1010 *", false),
        ] {
            assert_eq!(
                has_changed_meaning(country, text),
                changed,
                "{country} {text}"
            );
        }
    }
}
