//! A text with translations, prepared for choosing one.

use super::{Labels, Language, Wanted, wanted::Range};

/// A text in several languages.
#[derive(Clone, Debug)]
pub struct Texts {
    default: String,
    /// The language of the default text, if it is known.
    language: Option<Language>,
    translations: Vec<(Language, String)>,
    /// The text for callers that name no language.
    unasked: String,
}

impl Texts {
    /// Prepares labels whose default text is in this language.
    pub fn new(labels: &Labels, language: Option<&Language>) -> Self {
        let translations = labels.localized.iter();
        let translations =
            translations.filter_map(|(tag, text)| Some((Language::new(tag)?, text.clone())));
        let mut texts = Texts {
            default: labels.default.clone(),
            language: language.cloned(),
            translations: translations.collect(),
            unasked: labels.default.clone(),
        };
        if let Some(language) = language {
            let wanted = Wanted::from(language.clone());
            texts.unasked = texts.pick(&wanted).to_owned();
        }
        texts
    }

    /// Whether there are no translations.
    pub fn is_single(&self) -> bool {
        self.translations.is_empty()
    }

    /// The best text for a reader: in the first of the reader's languages that has a text, including the default's
    /// language. Among texts for one language the nearest wins: the language itself, then its parents, then languages
    /// with the same likely subtags. A default text in another form of the language (`en-GB` for `en-US`) precedes the
    /// reader's next language.
    pub fn pick(&self, wanted: &Wanted) -> &str {
        if wanted.is_empty() && wanted.refused.is_empty() {
            return &self.unasked;
        }
        wanted
            .ranges
            .iter()
            .find_map(|range| match range {
                Range::Of(language) => self.find(language, wanted),
                Range::Any => self.any(wanted),
            })
            .unwrap_or(&self.default)
    }

    fn find(&self, language: &Language, wanted: &Wanted) -> Option<&str> {
        self.first(language, wanted, Language::is_at)
            .or_else(|| self.first(language, wanted, Language::is_likely_at))
            .or_else(|| {
                let default = self.language.as_ref()?;
                (default.is_alike(language) && !wanted.refuses(default)).then_some(&*self.default)
            })
    }

    /// The first text that fits at the earliest step; a translation precedes the default.
    fn first(
        &self,
        language: &Language,
        wanted: &Wanted,
        fits: fn(&Language, usize, &Language) -> bool,
    ) -> Option<&str> {
        (0..language.steps()).find_map(|step| {
            let mut all = self.all();
            all.find(|(other, _)| fits(language, step, other) && !wanted.refuses(other))
                .map(|(_, text)| text)
        })
    }

    /// The text for `*`: the default, unless the header names its language elsewhere.
    fn any(&self, wanted: &Wanted) -> Option<&str> {
        let default = self.language.as_ref();
        if default.is_none_or(|language| !wanted.names(language)) {
            return Some(&self.default);
        }
        let mut others = self.all().filter(|(language, _)| !wanted.names(language));
        others.next().map(|(_, text)| text)
    }

    /// The translations, followed by the default text if its language is known.
    fn all(&self) -> impl Iterator<Item = (&Language, &str)> {
        let translations = self.translations.iter();
        let translations = translations.map(|(language, text)| (language, text.as_str()));
        let default = self.language.iter();
        translations.chain(default.map(|language| (language, self.default.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tag of the text that a reader gets; `-` is the default text.
    fn shown(tags: &[&str], default: &str, header: &[&str]) -> String {
        let labels = Labels {
            default: "-".to_owned(),
            localized: tags
                .iter()
                .map(|tag| ((*tag).to_owned(), (*tag).to_owned()))
                .collect(),
        };
        let wanted = Wanted::from_accept_language(header.iter().copied());
        Texts::new(&labels, Language::new(default).as_ref())
            .pick(&wanted)
            .to_owned()
    }

    #[test]
    fn the_nearest_text_is_shown() {
        for (tags, header, text) in [
            (&["fr", "fr-CA", "de"][..], "fr-CA", "fr-CA"),
            (&["fr", "fr-CA", "de"], "fr-BE", "fr"),
            (&["fr", "fr-CA", "de"], "FR-ca", "fr-CA"),
            (&["fr", "fr-CA", "de"], "it", "-"),
            (&["fr-FR"], "fr_FR", "fr-FR"),
            (&["fr-FR"], "fr", "fr-FR"),
            (&["fr-CA"], "fr", "-"),
            (&["zh-Hant", "zh"], "zh-TW", "zh-Hant"),
            (&["zh-Hant", "zh"], "zh-HK", "zh-Hant"),
            (&["zh-Hant", "zh"], "zh-CN", "zh"),
            (&["zh"], "zh-TW", "-"),
            (&["zh-CN"], "zh-Hant", "-"),
            (&["zh-TW"], "zh-Hant", "zh-TW"),
            (&["zh-TW"], "zh-Hant-TW", "zh-TW"),
            (&["zh-CN"], "zh-Hans", "zh-CN"),
            (&["es-419", "es"], "es-MX", "es-419"),
            (&["es-419", "es"], "es-AR", "es-419"),
            (&["es-419", "es"], "es-ES", "es"),
            (&["es"], "es-MX", "es"),
            (&["pt-PT", "pt"], "pt-AO", "pt-PT"),
            (&["en-001", "en"], "en-IN", "en-001"),
            (&["sr"], "sr-Latn", "-"),
            (&["sr-Latn"], "sh", "sr-Latn"),
            (&["he"], "iw", "he"),
            (&["iw"], "he-IL", "iw"),
            (&["id"], "in", "id"),
            (&["in"], "id", "in"),
            (&["yi"], "ji", "yi"),
            (&["ro"], "mo", "ro"),
            (&["fil"], "tl", "fil"),
            (&["nb"], "no", "nb"),
            (&["no"], "nb", "no"),
            (&["nb"], "no-NO", "nb"),
            (&["nb-NO"], "no", "nb-NO"),
            (&["no"], "nb-NO", "no"),
            (&["nb"], "nn", "nb"),
            (&["no"], "nn-NO", "no"),
            (&["nn"], "nb", "-"),
            (&["nn", "nb"], "nn", "nn"),
        ] {
            assert_eq!(shown(tags, "", &[header]), text, "{header} of {tags:?}");
        }
    }

    #[test]
    fn the_readers_best_language_wins_even_if_it_is_the_defaults() {
        let browser = "en-US,en;q=0.8,fr;q=0.4";
        for (default, header, text) in [
            ("en", browser, "-"),
            ("en-US", browser, "-"),
            ("en-GB", browser, "-"),
            ("", browser, "fr"),
            ("de", browser, "fr"),
            ("en", "fr,en;q=0.9", "fr"),
            ("en", "en;q=0.3,fr;q=0.4", "fr"),
            ("en", "it", "-"),
            ("zh", "zh-TW,fr;q=0.1", "fr"),
            ("pt-BR", "pt-PT,fr;q=0.1", "-"),
            ("no", "nb-NO,fr;q=0.1", "-"),
            ("", "it", "-"),
            ("fr-CA", "fr-CA", "-"),
            ("fr-CA", "fr-BE", "fr"),
        ] {
            assert_eq!(
                shown(&["fr"], default, &[header]),
                text,
                "{header}, default in {default}"
            );
        }
    }

    #[test]
    fn a_header_is_read_by_weight_over_all_its_lines() {
        for (header, text) in [
            (
                &["it;q=0.9, %%, de;q=0.5, fr-CH;q=0.8, *;q=0.1, en;q=0"][..],
                "fr",
            ),
            (&["de;q=0.5", "fr;q=0.8"], "fr"),
            (&["it", "de"], "de"),
            (&["fr;q=0.5,de;q=0.5"], "fr"),
            (&["fr;q=0.5,de; Q = .6"], "de"),
            (&["fr;q=2,de;q=0.1"], "de"),
            (&["fr;level=1;q=0.2,de;q=0.3"], "de"),
            (&["fr;q=0,de;q=0.001"], "de"),
            (&[""], "-"),
            (&[",,;q=1"], "-"),
            (&[], "-"),
        ] {
            assert_eq!(shown(&["de", "fr"], "en", header), text, "{header:?}");
        }
    }

    #[test]
    fn a_star_is_whatever_is_named_nowhere_else() {
        for (tags, default, header, text) in [
            (&["fr"][..], "en", "*", "-"),
            (&["fr"], "", "*", "-"),
            (&["fr"], "en", "*, fr;q=0.5", "-"),
            (&["de", "fr"], "en", "it, *;q=0.5", "-"),
            (&["de", "fr"], "en", "*, en;q=0.5", "de"),
            (&["de", "fr"], "en", "*, en;q=0.5, de;q=0.1", "fr"),
            (&["fr"], "en", "*;q=0.8, en;q=0.5, fr;q=0.1", "-"),
            (&["fr"], "en", "en;q=0, *;q=0.5", "fr"),
            (&["fr"], "en-US", "en;q=0, *;q=0.5", "fr"),
            (&["fr"], "en", "en;q=0", "-"),
            (&["fr", "fr-CA"], "en", "fr-CA;q=0, fr-CA, fr", "fr"),
        ] {
            assert_eq!(
                shown(tags, default, &[header]),
                text,
                "{header}, default in {default}"
            );
        }
    }

    #[test]
    fn who_names_no_language_gets_the_shops() {
        let labels = Labels {
            default: "-".to_owned(),
            localized: [("fr".to_owned(), "fr".to_owned())].into(),
        };
        for (default, text) in [("fr", "fr"), ("en", "-"), ("", "-")] {
            let texts = Texts::new(&labels, Language::new(default).as_ref());
            assert_eq!(texts.pick(&Wanted::default()), text, "default in {default}");
        }
    }
}
