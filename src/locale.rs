//! Labels in several languages, and which one a caller reads.

use std::collections::BTreeMap;

use icu_locale::Locale;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text with a default and translations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Labels {
    /// Shown to everyone for whom there is no translation.
    #[schema(example = "Pay on terms", min_length = 1, max_length = 255)]
    pub default: String,
    /// BCP 47 tag → translation.
    #[serde(default)]
    #[schema(example = json!({ "fr": "Payer à terme", "fr-CA": "Payer à terme" }))]
    pub localized: BTreeMap<String, String>,
}

/// The languages a caller reads, best first, each already widened (`fr-CA`, then `fr`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted(Vec<String>);

/// The canonical form of a BCP 47 tag (`FR-ca` → `fr-CA`).
pub fn canonical(tag: &str) -> Option<String> {
    if tag.len() > 35 {
        return None;
    }
    Locale::try_from_str(tag)
        .ok()
        .filter(|locale| !locale.id.language.is_unknown())
        .map(|locale| locale.to_string())
}

impl Wanted {
    /// One tag, from the `locale` parameter or the settings.
    pub fn one(tag: &str) -> Option<Self> {
        let mut wanted = Wanted::default();
        wanted.push(&canonical(tag)?);
        Some(wanted)
    }

    /// The tags of an `Accept-Language` header by descending weight (RFC 9110, 12.5.4). What cannot be read is skipped:
    /// a header no person typed must not fail a checkout.
    pub fn from_accept_language(header: &str) -> Self {
        let mut ranges: Vec<(u16, &str)> = header
            .split(',')
            .take(32)
            .filter_map(|part| {
                let (tag, weight) = match part.split_once(';') {
                    None => (part.trim(), 1000),
                    Some((tag, parameter)) => (tag.trim(), weight(parameter)?),
                };
                (weight > 0).then_some((weight, tag))
            })
            .collect();
        ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let mut wanted = Wanted::default();
        for (_, tag) in ranges {
            if let Some(tag) = canonical(tag) {
                wanted.push(&tag);
            }
        }
        wanted
    }

    /// Whether no language was named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// RFC 4647 look-up: a tag, then the tag without its last subtag, and so on.
    fn push(&mut self, tag: &str) {
        let mut rest = Some(tag);
        while let Some(tag) = rest {
            self.0.push(tag.to_owned());
            rest = tag.rsplit_once('-').map(|(shorter, _)| shorter);
        }
    }
}

fn weight(parameter: &str) -> Option<u16> {
    let value: f32 = parameter.trim().strip_prefix("q=")?.trim().parse().ok()?;
    (0.0..=1.0)
        .contains(&value)
        .then_some((value * 1000.0) as u16)
}

impl Labels {
    /// The best text for these languages.
    pub fn pick(&self, wanted: &Wanted) -> &str {
        wanted
            .0
            .iter()
            .find_map(|tag| self.localized.get(tag))
            .unwrap_or(&self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Labels {
        Labels {
            default: "Pay on terms".into(),
            localized: [
                ("fr", "Payer à terme"),
                ("fr-CA", "Payer sur facture"),
                ("de", "Rechnung"),
            ]
            .into_iter()
            .map(|(tag, text)| (tag.to_owned(), text.to_owned()))
            .collect(),
        }
    }

    #[test]
    fn a_region_falls_back_to_its_language_and_then_to_the_default() {
        for (tag, text) in [
            ("fr-CA", "Payer sur facture"),
            ("fr-BE", "Payer à terme"),
            ("FR-ca", "Payer sur facture"),
            ("it", "Pay on terms"),
        ] {
            let wanted = Wanted::one(tag).expect(tag);
            assert_eq!(labels().pick(&wanted), text, "{tag}");
        }
    }

    #[test]
    fn accept_language_is_read_by_weight_and_rubbish_is_skipped() {
        let wanted =
            Wanted::from_accept_language("it;q=0.9, %%, de;q=0.5, fr-CH;q=0.8, *;q=0.1, en;q=0");
        assert_eq!(labels().pick(&wanted), "Payer à terme");
        assert_eq!(
            labels().pick(&Wanted::from_accept_language("")),
            "Pay on terms"
        );
    }

    #[test]
    fn what_is_no_language_tag_is_not_taken() {
        for tag in ["", "x", "12", "french language", "und"] {
            assert_eq!(canonical(tag), None, "{tag}");
        }
    }
}
