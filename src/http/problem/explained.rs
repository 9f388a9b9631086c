//! `GET /problems` and `GET /problems/{type}`.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Kind, Problem, ProblemBody};
use crate::http::routing::Routes;

/// The explanation of a problem type, at the path that is its `type`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Explained {
    /// The problem's `type`: the path at which it is explained.
    #[serde(rename = "type")]
    #[schema(example = "/problems/stale")]
    kind: String,
    /// The HTTP status of such a problem.
    #[schema(example = 412)]
    status: u16,
    /// The `title` of such a problem.
    title: &'static str,
    /// Why it happens, and what to do.
    #[schema(
        example = "Somebody changed the resource since it was read. Read it again, and repeat the change with its new ETag."
    )]
    advice: &'static str,
}

impl From<Kind> for Explained {
    fn from(kind: Kind) -> Self {
        Explained {
            kind: kind.path(),
            status: kind.status().as_u16(),
            title: kind.title(),
            advice: kind.advice(),
        }
    }
}

/// Mounts the explanations of problem types.
pub fn routes(config: &mut impl Routes) {
    config.routing(list_problems).routing(get_problem);
}

/// List every problem type
#[utoipa::path(tag = "Problems", description = "All types that `type` of an error can have, with what to do about each.", responses((status = 200, description = "All problem types.", body = Vec<Explained>)))]
#[get("/problems")]
async fn list_problems() -> HttpResponse {
    let all: Vec<Explained> = Kind::ALL.iter().copied().map(Explained::from).collect();
    HttpResponse::Ok().json(all)
}

/// Explain a problem type
#[utoipa::path(tag = "Problems",
    description = "What one type means, and what to do about it. The `type` of a problem is the path of its explanation.",
    params(("slug" = String, Path, description = "The last segment of the problem's `type`.", example = "stale")),
    responses(
        (status = 200, description = "The explanation.", body = Explained),
        (status = 404, description = "No problem has this type.", content_type = "application/problem+json", body = ProblemBody<'static>),
    ))]
#[get("/problems/{slug}")]
async fn get_problem(slug: web::Path<String>) -> Result<HttpResponse, Problem> {
    let kind = Kind::ALL
        .iter()
        .copied()
        .find(|kind| kind.slug() == slug.as_str());
    let kind = kind.ok_or_else(|| Problem::not_found("problem type", slug))?;
    Ok(HttpResponse::Ok().json(Explained::from(kind)))
}
