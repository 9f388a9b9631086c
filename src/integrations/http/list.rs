//! `GET /v1/integrations`.

use super::shapes::ShownIntegration;
use crate::{
    integrations::{
        IntegrationService,
        store::{self, IntegrationFilter, IntegrationSort},
    },
    operation::prelude::*,
    payment_methods::MethodType,
};

#[utoipa::path(
    summary = "List integrations",
    description = "Lists the integrations in pages, sorted by name unless `sort` says otherwise. Deleted integrations are not listed.",
    params(
        ("type" = Option<MethodType>, Query, description = "Only integrations of this type."),
        ("enabled" = Option<bool>, Query, description = "Only active integrations (`true`) or inactive ones (`false`)."),
        ("name" = Option<String>, Query, description = "Only integrations whose name contains this text, in upper or lower case."),
        PageParameters,
        ("sort" = Option<String>, Query, description = "Fields in order of precedence, each with an optional `-`: name, createdAt, updatedAt, type.", example = "-createdAt,name"),
    ),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<ShownIntegration>>>)),
)]
#[get("/v1/integrations")]
pub(super) async fn list_integrations(
    _caller: Caller<scope::GlobalRead<scope::IntegrationsRead>>,
    request: HttpRequest,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let filter = IntegrationFilter {
        kind: query.parsed("type", &known_types(), MethodType::parse),
        enabled: query.flag("enabled"),
        name: query.part_of_name(),
    };
    let page = query.page(&[(IntegrationSort::Name, Direction::Ascending)]);
    query.finish()?;
    let found = service
        .store()
        .for_lists("integrations")
        .list_page(filter, &page, store::list, store::count)
        .await?;
    Ok(pagination::respond_each(&request, &page, found, |row| {
        let shown = ShownIntegration::new(row, &service);
        Versioned::in_state(&shown.state.clone(), shown)
    }))
}

fn known_types() -> String {
    format!(
        "one of {}",
        MethodType::ALL.map(MethodType::as_str).join(", ")
    )
}
