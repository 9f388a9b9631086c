//! Refuses compressed bodies before reading a byte of them, because a few hundred kilobytes can expand to hundreds of
//! megabytes.

use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue};

use crate::http::problem::{Kind, Problem};

/// 415 for a request with a `Content-Encoding` other than `identity`.
pub(super) fn refuse_coded_body(headers: &HeaderMap) -> Option<Problem> {
    let mut codings = headers
        .get_all(CONTENT_ENCODING)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii);
    let is_plain = |coding: &[u8]| coding.is_empty() || coding.eq_ignore_ascii_case(b"identity");
    codings.any(|coding| !is_plain(coding)).then(|| {
        // RFC 9110, 15.5.16: the header names the accepted coding.
        Problem::new(
            Kind::UnsupportedMediaType,
            "The body has a Content-Encoding; send it as it is, without one.",
        )
        .with_header(ACCEPT_ENCODING, HeaderValue::from_static("identity"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_coding_but_identity_is_refused_wherever_it_stands_in_the_list() {
        for (lines, refused) in [
            (&[][..], false),
            (&["identity"], false),
            (&["Identity , identity"], false),
            (&[""], false),
            (&["gzip"], true),
            (&["GZIP"], true),
            (&["x-gzip"], true),
            (&["deflate"], true),
            (&["br"], true),
            (&["zstd"], true),
            (&["identity, gzip"], true),
            (&["identity", "br"], true),
            (&["identity;q=1"], true),
            (&["nonsense"], true),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(line));
            }
            assert_eq!(refuse_coded_body(&headers).is_some(), refused, "{lines:?}");
        }
    }
}
