//! Error responses of the document: one for each status, which names its problem types.

use std::collections::BTreeMap;

use utoipa::{
    ToSchema,
    openapi::{
        Content, ContentBuilder, Header, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder,
        path::Operation,
    },
};

use crate::http::problem::{Kind, MEDIA_TYPE, ProblemBody};

/// Returns one response for each status of these kinds.
pub fn describe(kinds: &[Kind]) -> BTreeMap<String, RefOr<Response>> {
    by_status(kinds)
        .into_iter()
        .map(|(status, kinds)| (status, RefOr::T(response(&kinds))))
        .collect()
}

/// Adds these kinds to the responses of an operation. Texts that the operation declares itself stay as they are.
pub fn add(operation: &mut Operation, kinds: &[Kind]) {
    let responses = &mut operation.responses.responses;
    for (status, kinds) in by_status(kinds) {
        match responses.get_mut(&status) {
            Some(RefOr::T(declared)) => {
                for kind in kinds {
                    if !declared.description.contains(&link(kind)) {
                        declared.description =
                            format!("{} {}", declared.description, sentence(kind));
                    }
                    add_headers(declared, kind);
                }
            }
            _ => {
                responses.insert(status, RefOr::T(response(&kinds)));
            }
        }
    }
    for (status, declared) in responses {
        if let RefOr::T(declared) = declared
            && status.starts_with(['4', '5'])
            && declared.content.is_empty()
        {
            let schema = Ref::from_schema_name(ProblemBody::name());
            declared
                .content
                .insert(MEDIA_TYPE.to_owned(), RefOr::T(Content::new(Some(schema))));
        }
    }
}

fn by_status(kinds: &[Kind]) -> BTreeMap<String, Vec<Kind>> {
    let mut by_status: BTreeMap<String, Vec<Kind>> = BTreeMap::new();
    for kind in kinds {
        let status = kind.status().as_str().to_owned();
        by_status.entry(status).or_default().push(*kind);
    }
    by_status
}

/// The type of a problem as descriptions name it.
pub(super) fn link(kind: Kind) -> String {
    format!("`{}`", kind.path())
}

fn sentence(kind: Kind) -> String {
    format!("{}: {}.", link(kind), kind.title())
}

fn response(kinds: &[Kind]) -> Response {
    let sentences: Vec<String> = kinds.iter().map(|kind| sentence(*kind)).collect();
    let schema = Ref::from_schema_name(ProblemBody::name());
    let mut content = ContentBuilder::new().schema(Some(schema));
    if let [kind, ..] = kinds {
        content = content.example(Some(serde_json::json!({
            "type": kind.path(),
            "title": kind.title(),
            "status": kind.status().as_u16(),
            "detail": kind.title(),
        })));
    }
    let mut response = ResponseBuilder::new()
        .description(sentences.join(" "))
        .content(MEDIA_TYPE, content.build())
        .build();
    kinds
        .iter()
        .for_each(|kind| add_headers(&mut response, *kind));
    response
}

fn add_headers(response: &mut Response, kind: Kind) {
    if kind == Kind::Unauthorized || kind == Kind::MissingScope {
        let challenge = HeaderBuilder::new()
            .description(Some(
                "`Bearer` with what is wrong or which scope is missing (RFC 6750).",
            ))
            .build();
        response
            .headers
            .insert("WWW-Authenticate".to_owned(), RefOr::T(challenge));
    }
    if kind.is_passing() || kind == Kind::TooManyRequests || kind == Kind::StillRunning {
        response
            .headers
            .entry("Retry-After".to_owned())
            .or_insert_with(retry_after);
    }
}

fn retry_after() -> RefOr<Header> {
    let header = HeaderBuilder::new()
        .description(Some(
            "When to send the request again: seconds, or a date. Absent with `key-refused`.",
        ))
        .build();
    RefOr::T(header)
}
