//! Properties of any pattern and any code.

use proptest::prelude::*;

use super::{
    super::{
        PatternSet, PostalCode, check,
        pattern::{BadPattern, Pattern},
        read::read,
    },
    matches,
};

const COUNTRIES: [&str; 17] = [
    "US", "PR", "GB", "GG", "JE", "IM", "IE", "CA", "NL", "PT", "PL", "BR", "JP", "DE", "FR", "AT",
    "LV",
];

/// A code in full that a pattern matches.
fn witness(country: &str, pattern: &Pattern) -> Option<String> {
    let grow = |start: &str| -> Vec<String> {
        let ends = [
            "", "1AA", " 1AA", "1 1AA", "A1 1AA", "01AA", "AA", "A", "B1", "0B1", "A0B1", "1A0B1",
            "11AA", "111", "1", "11", "1111", "11111", "111111", "1111111", "11111111", "1111AA",
            "111AA", "02 AF30", "2 AF30", "6W AF30", "W AF30", "1AF30", "AF30", "F30", "30", "0",
            "00", "000", "0000", "Y1 1AA", "E1 1AA", "M1 1AA", "IR 0AA", "R 0AA", "0AA",
            "FPO1 1AA", "PO1 1AA", "O1 1AA",
        ];
        ends.iter().map(|end| format!("{start}{end}")).collect()
    };
    let starts = match pattern {
        Pattern::Code(text) | Pattern::Prefix(text) => vec![text.clone()],
        // A point has one mark of its length before it, or a blank in it.
        Pattern::Range(low, _) => vec![
            low.trim_start_matches(|mark: char| mark.is_control())
                .to_owned(),
            low.replace(" 0", ""),
            low.replace(' ', ""),
        ],
    };
    starts.iter().flat_map(|start| grow(start)).find(|code| {
        let is_code = matches!(read(country, code), Ok(Pattern::Code(_)));
        let keys = PostalCode::of(country, code).map(|code| code.keys);
        is_code
            && keys.is_some_and(|keys| match pattern {
                Pattern::Code(wanted) => keys.codes.contains(wanted),
                Pattern::Prefix(prefix) => keys.text.starts_with(prefix),
                Pattern::Range(low, high) => keys
                    .points
                    .iter()
                    .any(|point| low <= point && point <= high),
            })
    })
}

/// Texts that look like patterns more often than not.
fn pattern_text() -> impl Strategy<Value = (&'static str, String)> {
    let country = prop::sample::select(&COUNTRIES[..]);
    let part = "[A-Z]{0,2}[0-9]{0,2}[A-Z]?[ -]?[0-9]{0,5}[A-Z]{0,2}|[0-9]{1,9}|(BT|GY|JE|IM|D|K|W|LV)[0-9]{1,2}";
    let text = (part, prop::sample::select(&["", "*", " *", ".."][..]), part);
    (country, text).prop_map(|(country, (low, middle, high))| {
        let high = if middle == ".." { high } else { String::new() };
        (country, format!("{low}{middle}{high}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn whatever_is_accepted_matches_some_code((country, text) in pattern_text()) {
        if let Ok(pattern) = read(country, &text) {
            let witness = witness(country, &pattern);
            prop_assert!(witness.is_some(), "{} `{}` is {:?}", country, text, pattern);
            let witness = witness.unwrap_or_default();
            prop_assert!(matches(country, &text, &witness), "{} `{}` × `{}`", country, text, witness);
        }
    }

    #[test]
    fn what_a_refusal_proposes_is_accepted((country, text) in pattern_text()) {
        if let Err(BadPattern::Never(message)) = read(country, &text) {
            let proposed = message.split_once(" postal code; write").map(|(_, proposed)| proposed);
            let texts: Vec<_> = proposed.into_iter().flat_map(|all| all.split('`').skip(1).step_by(2)).collect();
            prop_assert!(!texts.is_empty(), "{}", message);
            for proposed in texts {
                prop_assert_eq!(check(country, proposed), Ok(()), "{}: {}", country, message);
            }
        }
    }

    #[test]
    fn any_text_is_read_without_harm(country in "[A-Z]{2}", text in "\\PC{0,12}[*.]{0,2}", code in "\\PC{0,12}") {
        let set = PatternSet::new(&country, [text.as_str()]);
        if let Some(code) = PostalCode::of(&country, &code) {
            prop_assert!(!set.matches(&code) || read(&country, &text).is_ok());
        }
    }
}
