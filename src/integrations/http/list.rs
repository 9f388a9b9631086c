//! `GET /v1/integrations`.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::shapes::ShownIntegration;
use crate::{
    auth::{Caller, scope},
    http::{
        openapi::PageParameters,
        pagination::{self, Direction, Item, Listed, Query, Versioned},
        problem::Problem,
    },
    integrations::{
        PublicOrigin,
        health::HealthBoard,
        store::{self, IntegrationFilter, IntegrationSort},
    },
    payment_methods::MethodType,
    store::Store,
};

#[utoipa::path(
    tag = "Integrations",
    summary = "List integrations",
    description = "In pages, by name unless `sort` says otherwise. Without deleted ones.",
    params(
        ("type" = Option<MethodType>, Query, description = "Only this type."),
        ("enabled" = Option<bool>, Query, description = "Only those that are on, or off."),
        ("name" = Option<String>, Query, description = "Only those whose name contains this, in any case."),
        PageParameters,
        ("sort" = Option<String>, Query, description = "Fields in order of precedence, each with an optional `-`: name, createdAt, updatedAt, type.", example = "-createdAt,name"),
    ),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<ShownIntegration>>>)),
    security(("bearer" = ["integrations:read"])),
)]
#[get("/v1/integrations")]
pub(super) async fn list_integrations(
    _caller: Caller<scope::GlobalRead<scope::IntegrationsRead>>,
    request: HttpRequest,
    store: web::Data<Store>,
    origin: web::Data<PublicOrigin>,
    health: web::Data<HealthBoard>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let filter = IntegrationFilter {
        kind: query.parsed("type", &known_types(), MethodType::parse),
        enabled: query.flag("enabled"),
        name: query.part_of_name(),
    };
    let page = query.page(&[(IntegrationSort::Name, Direction::Ascending)]);
    query.finish()?;
    let (rows, total) = store
        .for_lists("integrations")
        .list_page(filter, &page, store::list, store::count)
        .await?;
    Ok(pagination::respond_each(
        &request,
        &page,
        rows,
        total,
        |row| {
            let shown = ShownIntegration::new(row, &origin, &health);
            Versioned::in_state(&shown.state.clone(), shown)
        },
    ))
}

fn known_types() -> String {
    format!(
        "one of {}",
        MethodType::ALL.map(MethodType::as_str).join(", ")
    )
}
