//! Chooses the format of a report by the parameter `format`, else by the header `Accept`.

use actix_web::{
    HttpRequest,
    http::header::{Accept, Header},
};

use crate::{
    http::{
        pagination::Query,
        problem::{Kind, Problem},
    },
    string_enum::string_enum,
};

string_enum! {
    /// The format of a report, by its word in `format`, which is also the file extension.
    ReportFormat as "ReportFormat" {
        Json = "json",
        Csv = "csv",
        /// JSON Lines.
        Lines = "jsonl",
    }
}

impl ReportFormat {
    /// Reads `format`, else the format that `Accept` prefers.
    pub fn read(query: &mut Query, request: &HttpRequest) -> Result<Self, Problem> {
        match query.value("format") {
            Some(format) => Ok(format),
            // Refused with the other parameters.
            None if query.has("format") => Ok(ReportFormat::Json),
            None => accepted(request).ok_or_else(not_acceptable),
        }
    }

    /// The value of `Content-Type`.
    pub fn media_type(self) -> &'static str {
        match self {
            ReportFormat::Json => "application/json",
            ReportFormat::Csv => "text/csv; charset=utf-8; header=present",
            ReportFormat::Lines => "application/jsonl",
        }
    }
}

fn accepted(request: &HttpRequest) -> Option<ReportFormat> {
    let header = Accept::parse(request)
        .ok()
        .filter(|accept| !accept.0.is_empty());
    let Some(accept) = header else {
        // The header is absent or cannot be parsed.
        return Some(ReportFormat::Json);
    };
    // RFC 9110: of several matching ranges, the most specific one decides the quality.
    let liking = |format: ReportFormat| {
        let (essence, _) = format
            .media_type()
            .split_once(';')
            .unwrap_or((format.media_type(), ""));
        let exactness = |range: &str| match range.strip_suffix('*') {
            Some("*/") => Some(1),
            Some(kind) if essence.starts_with(kind) => Some(2),
            None if range == essence => Some(3),
            _ => None,
        };
        let ranges = accept.0.iter();
        let fitting = ranges.filter_map(|it| Some((exactness(it.item.essence_str())?, it.quality)));
        fitting
            .max_by_key(|(exactness, _)| *exactness)
            .map(|(_, quality)| quality)
    };
    let all = ReportFormat::ALL.iter().copied();
    let liked = all.filter_map(|format| Some((format, liking(format)?)));
    let liked = liked.filter(|(_, quality)| *quality > actix_web::http::header::Quality::ZERO);
    // Of several formats with the best quality, the first of all wins: `max_by_key` takes the last, hence `rev`.
    liked
        .rev()
        .max_by_key(|(_, quality)| *quality)
        .map(|(format, _)| format)
}

fn not_acceptable() -> Problem {
    let detail = "Reports are application/json, text/csv or application/jsonl; `Accept` takes none of these. `format` says it too: json, csv or jsonl.";
    Problem::new(Kind::NotAcceptable, detail)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn what_is_liked_best_is_written() {
        use ReportFormat::*;
        for (accept, expected) in [
            ("", Some(Json)),
            ("*/*", Some(Json)),
            ("application/json", Some(Json)),
            ("text/csv", Some(Csv)),
            ("TEXT/CSV", Some(Csv)),
            ("text/csv; header=present", Some(Csv)),
            ("text/*", Some(Csv)),
            ("application/*", Some(Json)),
            ("application/jsonl", Some(Lines)),
            ("application/jsonl, text/csv", Some(Csv)),
            ("text/csv;q=0.5, application/jsonl", Some(Lines)),
            (
                "application/json;q=0.1, text/csv;q=0.2, */*;q=0.05",
                Some(Csv),
            ),
            ("application/json;q=0, application/*", Some(Lines)),
            ("text/html, */*;q=0.1", Some(Json)),
            ("text/html", None),
            ("application/xml, image/*", None),
            ("text/csv;q=0", None),
        ] {
            let mut request = TestRequest::default();
            if !accept.is_empty() {
                request = request.insert_header(("Accept", accept));
            }
            assert_eq!(accepted(&request.to_http_request()), expected, "{accept}");
        }
    }
}
