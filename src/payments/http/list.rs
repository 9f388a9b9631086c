//! `GET /v1/payments`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};

use super::shapes::PaymentShape;
use crate::{
    auth::{Caller, scope},
    clock::Clock,
    http::{
        openapi::PageParameters,
        pagination::{self, Direction, Item, Listed, Query, Versioned},
        problem::Problem,
    },
    payment_methods::PaymentMethodId,
    payments::{
        overdue,
        status::Status,
        store::{self, Filter, SortField},
    },
    store::{Store, StoreError},
};

#[utoipa::path(
    tag = "Payments",
    operation_id = "list_payments",
    summary = "List payments",
    description = "In pages, newest first unless `sort` says otherwise. `fundingOverdue=true` finds those with an invoice that Apruve has not paid for `fundingAlertHours` since it was issued, or shipped where that is required. Only the single payment contains `nextAction`.",
    params(
        ("orderId" = Option<String>, Query, description = "Only those of this order."),
        ("website" = Option<String>, Query, description = "Only those of this website."),
        ("status" = Option<Status>, Query, description = "Only those that stand like this."),
        ("paymentMethodId" = Option<String>, Query, description = "Only those with this method.", min_length = 1),
        ("reference" = Option<String>, Query, description = "Only those under which something has this name: the provider's id, or the caller's own such as the number of a check.", example = "CHK-1"),
        ("unsettled" = Option<bool>, Query, description = "Only those with an unknown result, or only the others."),
        ("fundingOverdue" = Option<bool>, Query, description = "Only those that Apruve should have paid, or only the others."),
        ("createdFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only those begun then or later."),
        ("createdUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only those begun before."),
        PageParameters,
        ("sort" = Option<String>, Query, description = "Fields in order of precedence, each with an optional `-`: createdAt, updatedAt, orderId, amount.", example = "-createdAt"),
    ),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<PaymentShape>>>)),
    security(("bearer" = ["payments:read"])),
)]
#[get("/v1/payments")]
pub(super) async fn list_payments(
    caller: Caller<scope::Filtered<scope::PaymentsRead>>,
    request: HttpRequest,
    store: Data<Store>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let words = Status::ALL
        .iter()
        .map(|status| status.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let filter = Filter {
        order_id: query.text("orderId"),
        website: query.text("website"),
        websites: caller.websites().clone(),
        status: query.parsed("status", &format!("one of {words}"), Status::parse),
        integration: query
            .parsed(
                "paymentMethodId",
                "a payment method's id",
                PaymentMethodId::parse,
            )
            .map(|method| method.integration),
        reference: query.text("reference"),
        unsettled: query.flag("unsettled"),
        overdue: None,
        created_from: query.instant("createdFrom"),
        created_until: query.instant("createdUntil"),
    };
    let overdue = query.flag("fundingOverdue");
    let page = query.page(&[(SortField::CreatedAt, Direction::Descending)]);
    query.finish()?;
    let (wanted, now) = (page.clone(), clock.now());
    let (rows, total) = store
        .for_lists("payments")
        .snapshot(move |conn| {
            let mut filter = filter.clone();
            if let Some(overdue) = overdue {
                filter.overdue = Some((overdue, overdue::deadlines(conn, now)?));
            }
            let rows = store::list(conn, &filter, &wanted)?;
            let total = wanted.total(|| store::count(conn, &filter))?;
            Ok::<_, StoreError>((rows, total))
        })
        .await?;
    Ok(pagination::respond_each(
        &request,
        &page,
        rows,
        total,
        |ledger| Versioned::new(ledger.payment.version, PaymentShape::of(&ledger)),
    ))
}
