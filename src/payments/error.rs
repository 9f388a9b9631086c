//! Why an operation on a payment was not begun.

use crate::{
    http::problem::{FieldError, Problem},
    idempotency::KeyReused,
    ids::PaymentId,
    integrations::account::NoAccount,
    payments::{apply_snapshot::OrderMismatch, status::Status, store, transaction::State},
    providers::{InvoiceStatus, Later, ProviderError},
    seal::CannotSeal,
    store::StoreError,
};

/// Why an operation on a payment was not begun.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    #[error("no such payment")]
    NotFound,
    #[error("no such transaction")]
    NoTransaction,
    /// The cart may not use the method; the reasons are those of checkout.
    #[error("the cart may not use the method")]
    NotEligible(serde_json::Value),
    /// Values whose errors only show together with the payment or the time.
    #[error("invalid values")]
    Invalid(Vec<FieldError>),
    /// The state does not allow it.
    #[error("{detail}")]
    WrongState {
        detail: String,
        status: Status,
        possible: Vec<&'static str>,
    },
    /// More than is left.
    #[error("more than is left")]
    ExceedsRemaining(Vec<Excess>),
    /// The cart of the payment is erased, and with it what its lines were.
    #[error("the lines at {0} are not known")]
    LinesUnknown(String),
    /// What was asked for is worth nothing.
    #[error("what is at {0} is worth nothing")]
    NothingToInvoice(&'static str),
    /// A funded, closed or shipped invoice is given back and not canceled.
    #[error("the invoice is {0:?} and cannot be canceled")]
    UseRefund(InvoiceStatus),
    /// The order at the provider is not the one this payment waits for.
    #[error("{0}")]
    OrderNotOurs(#[from] OrderMismatch),
    #[error("the order is bound to another payment")]
    OrderBoundElsewhere,
    #[error("the provider has no such order")]
    OrderNotFound,
    /// Several companies have this buyer.
    #[error("several companies have this buyer")]
    AmbiguousAccount(Vec<serde_json::Value>),
    #[error("no company with a credit line has this buyer")]
    NoCorporateAccount,
    /// The buyer has companies, and the one that was named is none of them.
    #[error("the company is none of the buyer's")]
    NotTheBuyersCompany,
    /// Whether the buyer's credit covers the order is not known. The same request may be sent again at `retry_after`.
    #[error("the buyer's credit is not known")]
    CreditNotKnown {
        /// The reasons of checkout.
        reasons: serde_json::Value,
        /// Seconds or a date.
        retry_after: String,
    },
    #[error("the credit left is {available}")]
    InsufficientCredit { available: String },
    /// Nothing was asked or done, and the same request may be sent again later.
    #[error("{0}")]
    Later(Later),
    /// The provider could not be reached, or gave no usable answer. The same request may be sent again.
    #[error("{0}")]
    Unreachable(String),
    /// The integration has no account any more.
    #[error("the integration is deleted")]
    NoAccount,
    /// The provider does not take the API key.
    #[error("the provider rejects the API key")]
    KeyRefused,
    /// Only what is unknown can be resolved by a person.
    #[error("the transaction is {0:?}")]
    NotUnknown(State),
    /// Reading it back contradicted the person.
    #[error("it is known to be {0:?}")]
    KnownOtherwise(State),
    #[error("the number is taken")]
    NumberTaken,
    /// The shop's reference is used by another operation.
    #[error("the reference at {0} is taken")]
    ReferenceTaken(&'static str),
    /// The shop's reference is used by a canceled operation.
    #[error("the reference at {0} belongs to something that was canceled")]
    ReferenceCanceled(&'static str),
    #[error("others keep changing this payment")]
    Contended,
    /// Another payment of the order is live: it holds money, or may still receive some.
    #[error("another payment of this order is live")]
    AnotherIsLive(PaymentId),
    #[error("the request is invalid")]
    Refused(Problem),
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    #[error(transparent)]
    CannotSeal(#[from] CannotSeal),
    #[error(transparent)]
    Store(StoreError),
}

impl PaymentError {
    /// The error of one value, which only shows together with the payment or the time.
    pub fn invalid(
        pointer: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        PaymentError::Invalid(vec![FieldError::at(pointer, code, message)])
    }

    /// An amount at `pointer` that is more than the one that is left.
    pub fn exceeds(pointer: impl Into<String>, what: impl ToString, left: impl ToString) -> Self {
        PaymentError::ExceedsRemaining(vec![Excess::new(pointer, what, left)])
    }
}

/// More of something than is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excess {
    pub pointer: String,
    pub what: String,
    pub left: String,
}

impl Excess {
    /// At a place in the body.
    pub fn new(pointer: impl Into<String>, what: impl ToString, left: impl ToString) -> Self {
        Excess {
            pointer: pointer.into(),
            what: what.to_string(),
            left: left.to_string(),
        }
    }
}

impl From<StoreError> for PaymentError {
    fn from(error: StoreError) -> Self {
        if error.is_conflict_on(store::INVOICE_NUMBER_KEY) {
            return PaymentError::NumberTaken;
        }
        if error.is_conflict_on(store::PROVIDER_ORDER_KEY) {
            return PaymentError::OrderBoundElsewhere;
        }
        // A concurrent write was first, so the operation is decided again.
        let concurrent = [
            store::CAPTURE_KEY,
            store::LIVE_ORDER_KEY,
            store::MERCHANT_ORDER_KEY,
            store::REFERENCE_KEY,
            store::NATURAL_KEY,
        ];
        if concurrent.iter().any(|key| error.is_conflict_on(key)) {
            return PaymentError::Contended;
        }
        PaymentError::Store(error)
    }
}

impl From<Problem> for PaymentError {
    fn from(problem: Problem) -> Self {
        PaymentError::Refused(problem)
    }
}

impl From<NoAccount> for PaymentError {
    fn from(no_account: NoAccount) -> Self {
        match no_account {
            NoAccount::NotFound | NoAccount::Offline => PaymentError::NoAccount,
            NoAccount::CannotOpen(cause) => PaymentError::Refused(Problem::internal(cause)),
            NoAccount::Store(error) => PaymentError::Store(error),
        }
    }
}

impl From<ProviderError> for PaymentError {
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::Unauthorized(..) => PaymentError::KeyRefused,
            ProviderError::NotFound => PaymentError::OrderNotFound,
            ProviderError::Later(later) => PaymentError::Later(later),
            other => PaymentError::Unreachable(other.to_string()),
        }
    }
}
