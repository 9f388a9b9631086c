//! `GET /v1/integrations`.

use super::shapes::ShownIntegration;
use crate::{
    integrations::{
        IntegrationService,
        store::{self, IntegrationFilter},
    },
    operation::prelude::*,
};

#[utoipa::path(
    summary = "List integrations",
    description = "Lists the integrations in pages, sorted by name unless `sort` says otherwise. Deleted integrations are not listed.",
    params(IntegrationFilter),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<ShownIntegration>>>)),
)]
#[get("/v1/integrations")]
pub(super) async fn list_integrations(
    _caller: Caller<scope::GlobalRead<scope::IntegrationsRead>>,
    request: HttpRequest,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let (filter, page) = IntegrationFilter::of(&request)?;
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
