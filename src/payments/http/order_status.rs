//! `GET /v1/orders/{orderId}/payment-status`.

use std::collections::BTreeSet;

use super::shapes::AmountsShape;
use crate::{
    ids::PaymentId,
    operation::prelude::*,
    payments::{
        PaymentService,
        error::PaymentError,
        status::Status,
        store::{self, Attempt},
    },
};

/// The payment status of an order.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrderPaymentStatus {
    /// The shop's number for the order.
    #[schema(example = "SO-1001")]
    order_id: String,
    /// The website of the order; null where the shop named none.
    #[schema(example = "us-store")]
    website: Option<String>,
    /// Of the live payment of the order, else of the newest.
    status: Status,
    /// The payment that `status` and `amounts` are of.
    #[schema(value_type = String, example = "payment_01h455vb4pex5vsknk084sn02q")]
    payment_id: PaymentId,
    /// Sums over everything that happened to that payment.
    amounts: AmountsShape,
    /// All attempts: the live one first, then the newest.
    payments: Vec<Attempt>,
}

#[utoipa::path(
    summary = "Read the payment status of an order",
    description = "The status of the live payment of the order, else of the newest attempt.",
    params(("orderId" = String, Path, description = "The shop's number for the order.", example = "SO-1001"), 
        ("website" = Option<String>, Query, description = "The order's website; empty for none. Needed where several websites have this order.", example = "us-store"),
    ),
    responses((status = 200, description = "The payment status.", body = OrderPaymentStatus)),
)]
#[get("/v1/orders/{orderId}/payment-status")]
pub(super) async fn get_order_payment_status(
    caller: Caller<scope::Filtered<scope::PaymentsRead>>,
    request: HttpRequest,
    order_id: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let website = query.text("website");
    query.finish()?;
    let order_id = order_id.into_inner();
    // No order id contains NUL, and PostgreSQL cannot compare such a text.
    if order_id.contains('\0') {
        return Err(no_payment());
    }
    let (wanted, websites) = (order_id.clone(), caller.websites().clone());
    let found = service.store().snapshot(move |conn| {
        let attempts = store::list_attempts(conn, &wanted, website.as_deref(), &websites)?;
        let Some(first) = attempts.first() else {
            return Err(PaymentError::Refused(no_payment()));
        };
        check_one_website(&attempts)?;
        let ledger = store::load(conn, first.id)?.ok_or(PaymentError::NotFound)?;
        Ok((ledger, attempts))
    });
    let (ledger, attempts) = found.await?;
    Ok(HttpResponse::Ok().json(OrderPaymentStatus {
        order_id,
        website: ledger.payment.website.clone(),
        status: ledger.status(),
        payment_id: ledger.payment.id,
        amounts: AmountsShape::of(&ledger.amounts(), ledger.payment.currency),
        payments: attempts,
    }))
}

fn no_payment() -> Problem {
    Problem::new(Kind::NotFound, "Nobody has tried to pay this order.")
}

/// Two websites may have numbered their orders alike.
fn check_one_website(attempts: &[Attempt]) -> Result<(), Problem> {
    let websites = attempts.iter().map(|it| it.website.as_deref());
    let websites: BTreeSet<&str> = websites.map(Option::unwrap_or_default).collect();
    if websites.len() < 2 {
        return Ok(());
    }
    let message = "Several websites have an order with this number; say which with `website`.";
    Err(
        Problem::invalid(vec![FieldError::parameter("website", "required", message)])
            .with("websites", websites),
    )
}
