//! `GET /v1/findings`.

use crate::{
    auth::Websites,
    findings::{
        Finding, FindingCode, FindingState,
        store::{self, FindingFilter, FindingSort},
    },
    operation::prelude::*,
};

#[utoipa::path(
    operation_id = "list_findings",
    summary = "List findings",
    description = "Lists the differences between payments and their provider that a person has to check, newest first unless `sort` says otherwise. A complete read that no longer finds a difference resolves the finding. If the difference is found again after that, it is a new finding.",
    params(
        ("state" = Option<FindingState>, Query, description = "Only findings in this state."),
        ("code" = Option<FindingCode>, Query, description = "Only findings with this code."),
        ("paymentId" = Option<String>, Query, description = "Only findings about this payment.", min_length = 1),
        ("integrationId" = Option<String>, Query, description = "Only findings about this integration and its payments.", min_length = 1),
        ("openedFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only findings opened at or after this instant."),
        ("openedUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only findings opened before this instant."),
        PageParameters,
        ("sort" = Option<String>, Query, description = "Fields in order of precedence, each with an optional `-`: openedAt, lastSeenAt.", example = "-openedAt"),
    ),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<Finding>>>)),
)]
#[get("/v1/findings")]
pub(super) async fn list_findings(
    caller: Caller<scope::Filtered<scope::FindingsRead>>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let filter = read_filter(&mut query, caller.websites());
    let page = query.page(&[(FindingSort::OpenedAt, Direction::Descending)]);
    query.finish()?;
    let found = store
        .for_lists("findings")
        .list_page(filter, &page, store::list, store::count)
        .await?;
    Ok(pagination::respond_each(
        &request,
        &page,
        found,
        |finding| Versioned::new(finding.version, finding),
    ))
}

fn read_filter(query: &mut Query, websites: &Websites) -> FindingFilter {
    let states: Vec<&str> = FindingState::ALL.iter().map(|it| it.as_str()).collect();
    let codes: Vec<&str> = FindingCode::ALL.iter().map(|it| it.as_str()).collect();
    let one_of = |words: Vec<&str>| format!("one of {}", words.join(", "));
    FindingFilter {
        state: query.parsed("state", &one_of(states), FindingState::parse),
        code: query.parsed("code", &one_of(codes), FindingCode::parse),
        payment: query.parsed("paymentId", "the id of a payment", |text| text.parse().ok()),
        integration: query.parsed("integrationId", "the id of an integration", |text| {
            text.parse().ok()
        }),
        opened: query.period("openedFrom", "openedUntil"),
        websites: websites.clone(),
    }
}
