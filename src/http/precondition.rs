//! Strong ETags and `If-Match`, so that two administrators do not overwrite each other.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderValue},
};

use crate::http::problem::{Kind, Problem};

/// The version of a resource as an ETag, such as `"7"`.
pub fn etag(version: i64) -> (header::HeaderName, String) {
    tag(&version.to_string())
}

/// A text that identifies the state of a resource, as an ETag.
pub fn tag(state: &str) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"{state}\""))
}

/// The state of a resource whose answers also show values outside its version, such as `7.down`. `If-None-Match`
/// compares the whole state, `If-Match` the version alone.
pub fn state_beside(version: i64, beside: &str) -> String {
    match beside {
        "" => version.to_string(),
        _ => format!("{version}.{beside}"),
    }
}

/// The version in one of our ETags.
pub fn read_etag(text: &str) -> Option<i64> {
    let version = text.strip_prefix('"')?.strip_suffix('"')?.parse().ok()?;
    (etag(version).1 == text).then_some(version)
}

/// The version that the caller expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any version.
    Any,
    /// One of these tags.
    Tags(Vec<String>),
}

impl IfMatch {
    /// Exactly this version.
    pub fn version(version: i64) -> Self {
        IfMatch::Tags(vec![etag(version).1])
    }

    /// Reads the header; 428 without one.
    pub fn required(request: &HttpRequest) -> Result<Self, Problem> {
        Self::optional(request)?.ok_or_else(|| {
            Problem::new(
                Kind::PreconditionRequired,
                "Send the ETag that you read as If-Match, so that later changes are not overwritten.",
            )
        })
    }

    /// Reads the header, if there is one.
    pub fn optional(request: &HttpRequest) -> Result<Option<Self>, Problem> {
        let mut tags = Vec::new();
        for value in request.headers().get_all(header::IF_MATCH) {
            let text = value.to_str().map_err(|_| unreadable())?;
            if text.trim() == "*" {
                return Ok(Some(IfMatch::Any));
            }
            tags.extend(text.split(',').map(|tag| version_alone(tag.trim())));
        }
        Ok((!tags.is_empty()).then_some(IfMatch::Tags(tags)))
    }

    /// Returns 412 unless the resource still has the version that the caller read. Weak tags never match (RFC 9110,
    /// 13.1.1).
    pub fn check(&self, version: i64) -> Result<(), Problem> {
        let (_, current) = etag(version);
        match self {
            IfMatch::Any => Ok(()),
            IfMatch::Tags(tags) if tags.contains(&current) => Ok(()),
            IfMatch::Tags(_) => Err(Problem::new(
                Kind::Stale,
                format!(
                    "The ETag of the resource is now {current}, with these quotes. Read the resource again and repeat the change."
                ),
            )
            .with_header(
                header::ETAG,
                HeaderValue::from_str(&current).unwrap_or(HeaderValue::from_static("")),
            )),
        }
    }
}

/// Whether `If-None-Match` contains this state, which is as for [`tag`].
pub fn has_tag(request: &HttpRequest, state: &str) -> bool {
    let (_, current) = tag(state);
    request
        .headers()
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/") == current)
}

/// Removes from a tag what [`state_beside`] added: those values change at any time, and a caller does not edit them.
fn version_alone(tag: &str) -> String {
    match tag.split_once('.') {
        Some((version, beside)) if beside.ends_with('"') => format!("{version}\""),
        _ => tag.to_owned(),
    }
}

fn unreadable() -> Problem {
    Problem::new(
        Kind::BadRequest,
        "The If-Match header is not valid ASCII text.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn with(value: &str) -> Result<IfMatch, Problem> {
        let request = TestRequest::default()
            .insert_header((header::IF_MATCH, value))
            .to_http_request();
        IfMatch::required(&request)
    }

    #[test]
    fn the_version_that_was_read_matches_and_another_is_stale() {
        let held = with("\"6\", \"7\"").expect("tags");
        assert!(held.check(7).is_ok());
        assert_eq!(held.check(8).map_err(|p| p.kind()), Err(Kind::Stale));
        assert_eq!(
            with("W/\"7\"")
                .expect("a tag")
                .check(7)
                .map_err(|p| p.kind()),
            Err(Kind::Stale)
        );
        assert!(with("*").expect("any").check(1).is_ok());
    }

    #[test]
    fn what_is_shown_beside_a_version_matters_to_a_cache_and_not_to_a_change() {
        assert_eq!(state_beside(7, ""), "7");
        let (_, shown) = tag(&state_beside(7, "down.5"));
        assert_eq!(shown, "\"7.down.5\"");
        let held = with(&format!("\"5\", {shown}")).expect("tags");
        assert!(held.check(7).is_ok());
        for stale in [6, 8, 75] {
            assert_eq!(held.check(stale).map_err(|p| p.kind()), Err(Kind::Stale));
        }
        for other in ["W/\"7.down\"", "\"7.down", "7.down", "\".7\"", "\".\""] {
            let held = with(other).expect("a tag");
            assert_eq!(
                held.check(7).map_err(|p| p.kind()),
                Err(Kind::Stale),
                "{other}"
            );
        }
        let request = TestRequest::default()
            .insert_header((header::IF_NONE_MATCH, shown))
            .to_http_request();
        assert!(has_tag(&request, "7.down.5"));
        assert!(!has_tag(&request, "7.ok.6") && !has_tag(&request, "7"));
    }

    #[test]
    fn an_etag_is_read_as_it_was_written() {
        for version in [0, 7, i64::MAX] {
            assert_eq!(read_etag(&etag(version).1), Some(version));
        }
        for other in [
            "", "7", "\"\"", "\"+7\"", "\"07\"", "W/\"7\"", "\"x\"", "\"7\" ",
        ] {
            assert_eq!(read_etag(other), None, "{other}");
        }
    }

    #[test]
    fn a_change_without_if_match_is_refused() {
        let bare = TestRequest::default().to_http_request();
        assert_eq!(
            IfMatch::required(&bare).map_err(|p| p.kind()),
            Err(Kind::PreconditionRequired)
        );
    }
}
