//! The message of an error together with those of its causes.

use std::error::Error;

/// The message of an error, followed by the messages of its causes.
///
/// Many errors repeat their cause in their own words; a cause whose text is already there is skipped.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut message = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        let text = text.trim_end_matches('.');
        if !message.contains(text) {
            // Keeps the full stop at the end.
            let end = if message.ends_with('.') { "." } else { "" };
            message = format!("{}: {text}{end}", message.trim_end_matches('.'));
        }
        next = cause.source();
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Says(&'static str, #[source] Option<Box<Says>>);

    fn says(words: &[&'static str]) -> Says {
        let (first, rest) = words.split_first().expect("a word");
        Says(first, (!rest.is_empty()).then(|| Box::new(says(rest))))
    }

    #[test]
    fn every_cause_is_named_once() {
        let chained = |words: &[&'static str]| chain(&says(words));
        assert_eq!(chained(&["it broke"]), "it broke");
        assert_eq!(chained(&["it broke", "no disk"]), "it broke: no disk");
        assert_eq!(
            chained(&["it broke: no disk", "no disk"]),
            "it broke: no disk"
        );
        assert_eq!(
            chained(&["Cannot start.", "no table", "no file."]),
            "Cannot start: no table: no file."
        );
    }
}
