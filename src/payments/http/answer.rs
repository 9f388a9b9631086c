//! The responses to operations on payments, and the problems of refused ones.

use actix_web::http::{
    StatusCode,
    header::{HeaderValue, RETRY_AFTER},
};

use super::{
    invoice_shapes::{InvoiceShape, ShipmentShape},
    line_shapes::PaymentLineShape,
    request::Answer,
    shapes::{NextAction, PaymentShape, TransactionShape, WithPayment},
};
use crate::{
    ids::{PaymentId, TransactionId},
    integrations::later,
    operation::prelude::*,
    payments::{
        PaymentService,
        error::{Excess, PaymentError},
        loaded_payment::LoadedPayment,
        open_payment::OperationResult,
        operations,
        transaction::{Action, Failure, FailureCode, State},
    },
    providers::Later,
};

/// Status and headers by an operation's own transaction: 201 if it is settled, 200 if it repeats another request with
/// the same reference of the shop, 202 while it is not settled, and a problem if it failed.
fn settled(done: &OperationResult) -> Result<Reply, Problem> {
    let transaction = done.transaction()?;
    let status = match (transaction.state, &transaction.failure) {
        (State::Failed, Some(failure)) => {
            return Err(refusal(failure, done.performed.later.as_ref()));
        }
        (State::Succeeded | State::Failed, _) if done.performed.repeated => StatusCode::OK,
        (State::Succeeded | State::Failed, _) => StatusCode::CREATED,
        (State::Pending | State::Unknown, _) => StatusCode::ACCEPTED,
    };
    let id = done.ledger().payment.id;
    Ok(reply(status, id, done.performed.replayed))
}

fn reply(status: StatusCode, payment: PaymentId, replayed: bool) -> Reply {
    let location = format!("/v1/payments/{payment}");
    Reply::with(status).location(location).replayed(replayed)
}

/// The problem of a failed operation; `later` says when the request may be sent again.
pub fn refusal(failure: &Failure, later: Option<&Later>) -> Problem {
    let kind = match failure.code {
        FailureCode::ProviderRefused => Kind::ProviderRefused,
        FailureCode::KeyRefused => Kind::KeyRefused,
        FailureCode::NotSent => Kind::GatewayUnreachable,
        FailureCode::Canceled
        | FailureCode::Declined
        | FailureCode::Expired
        | FailureCode::NotFound
        | FailureCode::Resolved => Kind::Conflict,
    };
    let problem = match later {
        Some(later) => later::problem(later),
        None => Problem::new(kind, failure.message.clone()),
    };
    problem.with("failure", failure)
}

/// A payment with its lines and the next action of the storefront.
pub async fn shown(
    service: &PaymentService,
    payment: &LoadedPayment,
) -> Result<PaymentShape, Problem> {
    let mut shape = PaymentShape::of(&payment.ledger);
    let invoiced = operations::invoice::invoiced(&payment.ledger);
    let totals = payment.checkout.as_ref().and_then(|it| it.totals.as_ref());
    let lines = totals.map(|totals| PaymentLineShape::all(totals, &invoiced));
    shape.lines = Some(lines.unwrap_or_default());
    let next = service.next_action(payment).await?;
    shape.next_action = next.map(|it| NextAction::ApruveCheckout {
        script_url: it.script_url,
        order: it.order,
        secure_hash: it.secure_hash,
    });
    Ok(shape)
}

/// Answers with the payment.
pub async fn payment(service: &PaymentService, done: OperationResult) -> Answer {
    Ok(settled(&done)?.json(shown(service, &done.payment).await?))
}

/// Answers with the operation's transaction, and the payment beside it.
pub async fn transaction(service: &PaymentService, done: OperationResult) -> Answer {
    let reply = settled(&done)?;
    let it = TransactionShape::of(done.transaction()?, done.ledger().payment.currency);
    Ok(reply.json(beside(service, it, &done.payment).await?))
}

/// Answers with the invoice that the operation made or is about, and the payment beside it.
pub async fn invoice(service: &PaymentService, done: OperationResult) -> Answer {
    let reply = settled(&done)?;
    let (ledger, transaction) = (done.ledger(), done.transaction()?);
    let parent = || ledger.invoice(transaction.parent_id?);
    let invoice = ledger.invoice(transaction.id).or_else(parent);
    let it = InvoiceShape::of(ledger, invoice.ok_or(PaymentError::NoTransaction)?);
    Ok(reply.json(beside(service, it, &done.payment).await?))
}

/// What invoicing did: the invoice, what went out with it, and the payment.
#[derive(Serialize, ToSchema)]
#[schema(as = InvoiceAnswer)]
pub struct InvoiceAnswer {
    #[serde(flatten)]
    it: WithPayment<InvoiceShape>,
    /// The result of the shipment that was requested with it. Not there when none was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipment: Option<TransactionShape>,
}

/// Answers with the invoice that was made, its shipment, and the payment beside them.
pub async fn invoiced(service: &PaymentService, done: OperationResult) -> Answer {
    let reply = settled(&done)?;
    let ledger = done.ledger();
    let invoice = ledger.invoice(done.performed.transaction);
    let invoice = invoice.ok_or(PaymentError::NoTransaction)?;
    let shipment = ledger.children(invoice.id, Action::Shipment).next();
    let it = InvoiceShape::of(ledger, invoice);
    Ok(reply.json(InvoiceAnswer {
        it: beside(service, it, &done.payment).await?,
        shipment: shipment.map(|it| TransactionShape::of(it, ledger.payment.currency)),
    }))
}

/// Answers with a transaction that a person resolved, whatever its outcome.
pub async fn resolved(service: &PaymentService, done: OperationResult) -> Answer {
    let it = TransactionShape::of(done.transaction()?, done.ledger().payment.currency);
    let answer = beside(service, it, &done.payment).await?;
    Ok(Reply::ok().replayed(done.performed.replayed).json(answer))
}

/// Answers with a shipment as it is now, and the payment beside it.
pub async fn shipment(
    service: &PaymentService,
    payment: &LoadedPayment,
    id: TransactionId,
) -> Answer {
    let ledger = &payment.ledger;
    let shipment = ledger.find(id).ok_or(PaymentError::NoTransaction)?;
    let it = ShipmentShape::of(shipment, ledger.payment.currency);
    Ok(HttpResponse::Ok().json(beside(service, it, payment).await?))
}

async fn beside<T: Serialize>(
    service: &PaymentService,
    it: T,
    payment: &LoadedPayment,
) -> Result<WithPayment<T>, Problem> {
    let payment = shown(service, payment).await?;
    Ok(WithPayment { it, payment })
}

/// Answers with the payment and a status of the caller's choice.
pub async fn with_status(
    service: &PaymentService,
    status: StatusCode,
    replayed: bool,
    payment: &LoadedPayment,
) -> Answer {
    let shape = shown(service, payment).await?;
    Ok(reply(status, shape.id, replayed).json(shape))
}

impl From<PaymentError> for Problem {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::NotFound => Problem::new(Kind::NotFound, "There is no such payment."),
            PaymentError::NoTransaction => Problem::new(Kind::NotFound, "The payment has no such transaction."),
            PaymentError::NotEligible(reasons) => {
                Problem::new(Kind::NotEligible, "The payment rules do not offer this method for this cart.")
                    .with("reasons", reasons)
            }
            PaymentError::Invalid(errors) => Problem::invalid(errors),
            PaymentError::WrongState { detail, status, possible } => {
                let might = match possible.as_slice() {
                    [] => "nothing more is possible".to_owned(),
                    some => format!("possible: {}", some.join(", ")),
                };
                Problem::new(
                    Kind::WrongState,
                    format!("{detail} The payment is {}; {might}.", status.as_str()),
                )
                .with("paymentStatus", status)
                .with("possible", possible)
            }
            PaymentError::ExceedsRemaining(excesses) => exceeds_remaining(&excesses),
            PaymentError::LinesUnknown(pointer) => {
                let message = "What the lines are is not known: the cart is erased, or the invoice was made over an amount. Give an `amount`.";
                at(Kind::LinesUnknown, pointer, "lines_unknown", message)
            }
            PaymentError::NothingToInvoice(pointer) => {
                let message = "There is nothing to invoice: the amount is not above zero.";
                at(Kind::NothingToInvoice, pointer, "nothing_to_invoice", message)
            }
            PaymentError::UseRefund(status) => Problem::new(
                Kind::UseRefund,
                format!("The invoice is {} and has been paid or shipped; give its money back with a refund.", status.as_str()),
            ),
            PaymentError::OrderNotOurs(why) => {
                Problem::new(Kind::OrderNotOurs, format!("The order cannot pay for this payment: {why}."))
            }
            PaymentError::OrderBoundElsewhere => Problem::new(
                Kind::OrderNotOurs,
                "The order pays for another payment already.",
            ),
            PaymentError::OrderNotFound => Problem::new(
                Kind::ApruveOrderNotFound,
                "The provider has no order with this id for this merchant.",
            )
            .with_errors(vec![FieldError::at(
                "/apruveOrderId",
                "not_found",
                "Send the id from APRUVE_COMPLETE_EVENT.",
            )]),
            PaymentError::AmbiguousAccount(candidates) => Problem::new(
                Kind::AmbiguousAccount,
                "Several companies have this buyer; say which with `corporateAccountId`.",
            )
            .with("candidates", candidates),
            PaymentError::NoCorporateAccount => at(
                Kind::NoCorporateAccount,
                "/buyerEmail",
                "not_found",
                "No company with a credit line at this merchant lists this buyer.",
            ),
            PaymentError::NotTheBuyersCompany => at(
                Kind::NoCorporateAccount,
                "/corporateAccountId",
                "not_found",
                "None of the companies that list this buyer has this id.",
            ),
            PaymentError::InsufficientCredit { available } => Problem::new(
                Kind::InsufficientCredit,
                format!("The company's credit line has {available} left, which does not cover the order."),
            )
            .with("available", available),
            PaymentError::CreditNotKnown { reasons, retry_after } => {
                let detail = "Whether the buyer's credit covers the order is not known at the moment, and the integration is configured to begin no payment then. Send the request again later.";
                let problem = Problem::new(Kind::Unavailable, detail).with("reasons", reasons);
                match HeaderValue::from_str(&retry_after) {
                    Ok(when) => problem.with_header(RETRY_AFTER, when),
                    // The problem then has the default `Retry-After`.
                    Err(_) => problem,
                }
            }
            PaymentError::Later(later) => later::problem(&later),
            PaymentError::Unreachable(cause) => {
                Problem::new(Kind::GatewayUnreachable, format!("The provider could not be called: {cause}."))
            }
            PaymentError::NoAccount => Problem::new(
                Kind::Conflict,
                "The integration of this payment was deleted, together with its key; no call to the provider is possible.",
            ),
            PaymentError::KeyRefused => Problem::new(
                Kind::KeyRefused,
                "The provider rejects the API key of this integration; configure a valid one.",
            ),
            PaymentError::NotUnknown(state) => Problem::new(
                Kind::WrongState,
                format!("The transaction is {}; only one whose outcome is unknown can be resolved.", state.as_str()),
            ),
            PaymentError::KnownOtherwise(state) => Problem::new(
                Kind::KnownOtherwise,
                format!("The provider reports {}; that status is kept.", state.as_str()),
            )
            .with("state", state),
            PaymentError::NumberTaken => PaymentError::ReferenceTaken("/merchantInvoiceId").into(),
            PaymentError::ReferenceTaken(pointer) => {
                let message = "This reference belongs to another operation, or to one with other fields; choose another.";
                at(Kind::ReferenceTaken, pointer, "taken", message)
            }
            PaymentError::ReferenceCanceled(pointer) => {
                let message = "What has this reference was canceled; choose another reference for what takes its place.";
                at(Kind::ReferenceCanceled, pointer, "canceled", message)
            }
            PaymentError::Contended => Problem::new(Kind::Conflict, "Others keep changing this payment; try again."),
            PaymentError::AnotherIsLive(other) => Problem::new(
                Kind::AnotherPaymentIsLive,
                format!("{other} is the live payment of this order; cancel or refund it whole before another begins."),
            )
            .with("paymentId", other.to_string()),
            PaymentError::Refused(problem) => problem,
            PaymentError::KeyReused(reused) => reused.into(),
            PaymentError::CannotSeal(cause) => Problem::internal(cause),
            PaymentError::Store(error) => error.into(),
        }
    }
}

/// A problem with one value.
fn at(
    kind: Kind,
    pointer: impl Into<String>,
    code: &'static str,
    message: &'static str,
) -> Problem {
    Problem::new(kind, message).with_errors(vec![FieldError::at(pointer, code, message)])
}

/// A problem with an error for each excess; `remaining` is that of the first one.
fn exceeds_remaining(excesses: &[Excess]) -> Problem {
    let sentence = |it: &Excess| format!("{} is more than the {} that is left.", it.what, it.left);
    let error = |it: &Excess| FieldError::at(it.pointer.clone(), "exceeds_remaining", sentence(it));
    let first = excesses.first();
    let detail = first.map(sentence).unwrap_or_default();
    Problem::new(Kind::ExceedsRemaining, detail)
        .with("remaining", first.map(|it| &it.left))
        .with_errors(excesses.iter().map(error).collect())
}
