//! A language in CLDR's terms: its current code, its parents, and its likely subtags.

use icu_locale::{
    Locale, LocaleCanonicalizer, LocaleExpander, fallback::LocaleFallbacker, subtags::language,
};

/// The maximum length of a tag in bytes (RFC 5646, 4.4.1).
const MAX_LENGTH: usize = 35;

/// A language, ready to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    /// The tag and its parents: `es-MX`, `es-419`, `es`. Never empty.
    chain: Vec<ChainStep>,
}

/// One step of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ChainStep {
    tag: String,
    /// The tag with CLDR's likely subtags: `zh-Hant-TW` for `zh-TW` and for `zh-Hant`.
    likely: String,
}

/// The canonical spelling of a BCP 47 tag (`fr-CA` for `FR-ca` and `fr_CA`).
pub fn canonical(tag: &str) -> Option<String> {
    read(tag).map(|locale| locale.to_string())
}

fn read(tag: &str) -> Option<Locale> {
    if tag.len() > MAX_LENGTH {
        return None;
    }
    Locale::try_from_str(&tag.replace('_', "-"))
        .ok()
        .filter(|locale| !locale.id.language.is_unknown())
}

impl Language {
    /// Reads a tag. Withdrawn codes are replaced by current ones: `iw` by `he`.
    pub fn new(tag: &str) -> Option<Self> {
        let mut locale = read(tag)?;
        LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
        let mut chain = parents(&locale);
        // CLDR makes `no` the parent of `nb` and `nn`, but it is not used in practice: what is tagged `no` is nearly always `nb`.
        for also in also(&locale) {
            if chain.iter().all(|step| step.tag != *also) {
                let also = Locale::try_from_str(also).ok();
                chain.extend(also.map(|also| ChainStep::new(&also)));
            }
        }
        (!chain.is_empty()).then_some(Language { chain })
    }

    /// Whether this step of the chain has `other`'s own tag.
    pub(super) fn is_at(&self, step: usize, other: &Language) -> bool {
        self.chain[step].tag == other.own().tag
    }

    /// Whether this step of the chain has the same likely subtags as `other`.
    pub(super) fn is_likely_at(&self, step: usize, other: &Language) -> bool {
        self.chain[step].likely == other.own().likely
    }

    /// The number of steps.
    pub(super) fn steps(&self) -> usize {
        self.chain.len()
    }

    /// Whether both are the same language in the same script, in any region.
    pub(super) fn is_alike(&self, other: &Language) -> bool {
        let without_region = |language: &Language| {
            let likely = &language.own().likely;
            likely.rsplit_once('-').map(|(rest, _)| rest.to_owned())
        };
        without_region(self).is_some_and(|own| without_region(other) == Some(own))
    }

    /// Whether this language is `other` or a subrange of it: `en-US` of `en` (RFC 4647, 3.3.1).
    pub(super) fn is_within(&self, other: &Language) -> bool {
        let rest = self.own().tag.strip_prefix(&other.own().tag);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    fn own(&self) -> &ChainStep {
        &self.chain[0]
    }
}

impl ChainStep {
    fn new(locale: &Locale) -> Self {
        let mut likely = locale.id.clone();
        LocaleExpander::new_extended().maximize(&mut likely);
        likely.variants.clear();
        if likely.language == language!("no") {
            likely.language = language!("nb");
        }
        ChainStep {
            tag: locale.to_string(),
            likely: likely.to_string(),
        }
    }
}

/// A tag and its parents, the nearest first.
fn parents(locale: &Locale) -> Vec<ChainStep> {
    let fallbacker = LocaleFallbacker::new();
    let mut steps = fallbacker
        .for_config(Default::default())
        .fallback_for(locale.into());
    let mut chain = Vec::new();
    while !steps.get().is_unknown() {
        chain.push(ChainStep::new(&steps.get().into_locale()));
        steps.step();
    }
    chain
}

fn also(locale: &Locale) -> &'static [&'static str] {
    match locale.id.language.as_str() {
        "no" => &["nb"],
        "nb" => &["no"],
        "nn" => &["no", "nb"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_spelled_in_one_way() {
        for (tag, spelled) in [
            ("FR-ca", "fr-CA"),
            ("fr_FR", "fr-FR"),
            ("zh_hant_tw", "zh-Hant-TW"),
            ("iw", "iw"),
        ] {
            assert_eq!(canonical(tag).as_deref(), Some(spelled), "{tag}");
        }
        for tag in [
            "",
            "x",
            "12",
            "french language",
            "und",
            "fr__FR",
            "fr_FR.UTF-8",
        ] {
            assert_eq!(canonical(tag), None, "{tag}");
            assert_eq!(Language::new(tag), None, "{tag}");
        }
    }

    #[test]
    fn parents_and_aliases_are_those_of_cldr() {
        for (tag, chain) in [
            ("fr-CA", &["fr-CA", "fr"][..]),
            ("es-MX", &["es-MX", "es-419", "es"]),
            ("es-ES", &["es-ES", "es"]),
            ("en-AU", &["en-AU", "en-001", "en"]),
            ("pt-AO", &["pt-AO", "pt-PT", "pt"]),
            ("zh-TW", &["zh-TW", "zh-Hant"]),
            ("zh-HK", &["zh-HK", "zh-Hant"]),
            ("zh-SG", &["zh-SG", "zh"]),
            ("sr-Latn", &["sr-Latn"]),
            ("iw-IL", &["he-IL", "he"]),
            ("in", &["id"]),
            ("ji", &["yi"]),
            ("mo", &["ro"]),
            ("tl-PH", &["fil-PH", "fil"]),
            ("sh", &["sr-Latn"]),
            ("no", &["no", "nb"]),
            ("no-NO", &["no-NO", "no", "nb"]),
            ("nb-NO", &["nb-NO", "nb", "no"]),
            ("nn", &["nn", "no", "nb"]),
        ] {
            let language = Language::new(tag).expect(tag);
            let tags: Vec<_> = language
                .chain
                .iter()
                .map(|step| step.tag.as_str())
                .collect();
            assert_eq!(tags, chain, "{tag}");
        }
    }
}
