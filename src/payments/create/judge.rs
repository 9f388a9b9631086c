//! Checks that the rules, the provider and the buyer's credit let a new attempt begin, and computes the cart's amounts.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{DueDate, NewPayment};
use crate::{
    auth::Websites,
    cart::{self, PaymentTerm},
    checkout::permission::{self, Permission, credit_reason},
    credit::{CreditIssue, CreditRefusal},
    http::problem::{FieldError, Problem},
    payment_methods::{CreditPolicy, MethodType, Terms},
    payment_rules::rulebook::RulebookCache,
    payments::{PaymentError, PaymentService, Reference, order::OrderTotals},
    pii::Email,
};

/// The amounts of a cart with a method that it may use.
pub(super) struct JudgedCart {
    pub kind: MethodType,
    /// The method's label in the buyer's language.
    pub label: String,
    /// The method's short label in the buyer's language.
    pub short_label: String,
    /// The buyer's payment term, where the method is one.
    pub payment_term: Option<PaymentTerm>,
    /// When the sale is due, if the caller or the method says so.
    pub due: Option<DueDate>,
    pub totals: OrderTotals,
    /// The credit policy of a method with a provider.
    pub credit: Option<CreditPolicy>,
    /// The address of the person who buys.
    pub email: Option<Email>,
    /// Equal for two requests with the same cart, method, PO number and buyer.
    pub digest: String,
}

impl PaymentService {
    /// Evaluates the rules and adds up the totals. Not async, so that no guard on the rules is held across an await.
    pub(super) fn judge(
        &self,
        rulebooks: &RulebookCache,
        new: &NewPayment,
        websites: &Websites,
    ) -> Result<JudgedCart, PaymentError> {
        let current = rulebooks.current().map_err(Problem::from)?;
        let book = current.book();
        let in_cart = |error: FieldError| error.prefixed("/cart");
        let mut cart = cart::read(&new.cart).map_err(|problem| match problem.errors() {
            [] => PaymentError::Refused(problem),
            errors => PaymentError::Invalid(errors.iter().cloned().map(in_cart).collect()),
        })?;
        cart.set_merchant_country(book.merchant_country());
        if cart.website() != new.website.as_deref() {
            let message =
                "The cart's website and the payment's are two; say the same, or leave one out.";
            return Err(PaymentError::invalid(
                "/website",
                "contradicts_cart",
                message,
            ));
        }
        let (now, reader) = (self.clock().now(), (&new.languages, websites));
        let card = match permission::ask(book, &cart, now, new.method, reader) {
            Permission::Offered(card) => card,
            Permission::NotOffered(reasons) => return Err(PaymentError::NotEligible(reasons)),
            Permission::Unknown => {
                let message = format!("There is no payment method `{}`.", new.method);
                let pointer = "/paymentMethodId";
                return Err(PaymentError::invalid(pointer, "unknown_method", message));
            }
        };
        let agreed = match &card.method.terms {
            Terms::PaymentTerm { net_days, .. } => net_days.map(DueDate::NetDays),
            Terms::Provider(_) | Terms::CheckMoneyOrder { .. } => None,
        };
        let refused = |errors: Vec<FieldError>| {
            PaymentError::Invalid(errors.into_iter().map(in_cart).collect())
        };
        let totals = OrderTotals::read(&cart).map_err(refused)?;
        let payment_term = match new.method.kind {
            MethodType::PaymentTerm => cart.payment_term(),
            _ => None,
        };
        let email = cart.buyer_email();
        // The totals distinguish numbers beyond a float's digits.
        let cart: Value = serde_json::from_str(&new.cart).unwrap_or_default();
        let identity = json!([
            new.method,
            new.po_number.as_ref().map(Reference::as_str),
            cart,
            totals.numbers(),
            new.buyer.as_ref().map(|it| (&it.email, &it.company)),
        ]);
        Ok(JudgedCart {
            kind: new.method.kind,
            label: card.label(&new.languages).to_owned(),
            short_label: card.short_label(&new.languages).to_owned(),
            payment_term,
            due: new.due.or(agreed),
            credit: card.method.terms.credit().copied(),
            email,
            totals,
            digest: URL_SAFE_NO_PAD.encode(digest(&SHA256, identity.to_string().as_bytes())),
        })
    }

    /// Refuses an attempt that the provider's health or the buyer's credit forbids. Where a sales rep orders, the company's
    /// account is read for the order itself.
    pub(super) async fn admit(
        &self,
        new: &NewPayment,
        judged: &JudgedCart,
    ) -> Result<(), PaymentError> {
        let Some(policy) = judged.credit.as_ref().filter(|_| new.buyer.is_none()) else {
            return Ok(());
        };
        let credit = &self.providers().credit;
        let (email, total) = (judged.email.as_ref(), judged.totals.total());
        let admitted = credit.admit(new.method.integration, policy, email, total);
        admitted.await.map_err(|refusal| match refusal {
            CreditRefusal::NotEligible(issue) => {
                PaymentError::NotEligible(credit_reason(&issue, &judged.label))
            }
            CreditRefusal::TryAgain { code, retry_after } => {
                let reasons = credit_reason(&CreditIssue::hiding(code), &judged.label);
                PaymentError::CreditNotKnown {
                    reasons,
                    retry_after,
                }
            }
        })
    }
}
