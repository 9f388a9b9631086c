//! Calls that had no effect and may be repeated later.

use chrono::DateTime;
use reqwest::header::HeaderValue;

/// Why a call has to be repeated later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Later {
    /// It was not sent: the last calls to this account all failed, so calls are held back for this many seconds more.
    #[error("the last calls to this account all failed, so calls wait {seconds} s more")]
    HeldBack { seconds: u64 },
    /// 429: the provider had too many calls from us; it may say when to try again.
    #[error("the provider takes no more calls from us just now (status 429)")]
    TooManyCalls(Option<RetryAfterHeader>),
}

/// The provider's `Retry-After`, as it was sent: seconds, or a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryAfterHeader(String);

impl RetryAfterHeader {
    /// Returns `None` for a value that is neither seconds nor a date.
    pub(in crate::providers) fn read(header: Option<&HeaderValue>) -> Option<Self> {
        let text = header?.to_str().ok()?.trim();
        let is_seconds =
            (1..=9).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
        let is_date = || text.ends_with(" GMT") && DateTime::parse_from_rfc2822(text).is_ok();
        (is_seconds || is_date()).then(|| RetryAfterHeader(text.to_owned()))
    }

    /// The value, to be passed on in our own header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_taken_and_nothing_else() {
        let date = "Wed, 21 Oct 2026 07:28:00 GMT";
        for (text, read) in [
            ("7", Some("7")),
            (" 0 ", Some("0")),
            ("120", Some("120")),
            (date, Some(date)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("99999999999", None),
            ("Wed, 21 Oct 2026 07:28:00 +0200", None),
            ("Wed, 99 Oct 2026 07:28:00 GMT", None),
        ] {
            let header = HeaderValue::from_static(text);
            let found = RetryAfterHeader::read(Some(&header));
            assert_eq!(found.as_ref().map(RetryAfterHeader::as_str), read, "{text}");
        }
        assert_eq!(RetryAfterHeader::read(None), None);
    }
}
