//! Readers of the members of a payment body. Each records an invalid value and then returns a placeholder, which is never used:
//! a body with errors is refused whole.

use std::{cell::RefCell, ops::Deref};

use chrono::{DateTime, Utc};
use reqwest::Url;

use super::{
    address, bodies, items,
    posted_body::{INVOICED, PostedBody, exact_members},
};
use crate::{
    ids::TransactionId,
    money::Currency,
    operation::prelude::*,
    payments::{
        Reference,
        ledger::Ledger,
        natural_key::{ContentHash, GivenKey, NaturalKey},
        open_payment::OpenPayment,
        operations::refund::no_invoice,
        order::{self, InvoiceRequest, ItemQuantity, Prices},
    },
    providers::{AddressDraft, ProviderId},
    string_enum::StringEnum,
};

/// The data that the values of a body are checked against.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The payment's currency.
    pub currency: Currency,
    /// Whether the cart's prices include tax.
    pub prices: Prices,
    pub now: DateTime<Utc>,
}

impl Context {
    /// The context of a payment.
    pub fn of(ledger: &Ledger, now: DateTime<Utc>) -> Self {
        let purchase = ledger.purchase();
        let with_tax = purchase.is_some_and(|it| it.details.prices_include_tax);
        Context {
            currency: ledger.payment.currency,
            prices: match with_tax {
                true => Prices::WithTax,
                false => Prices::WithoutTax,
            },
            now,
        }
    }
}

impl PostedBody {
    /// Reads the body of an operation on a payment, or returns all its errors.
    pub fn read<T>(
        &self,
        payment: &OpenPayment,
        read: impl FnOnce(&ObjectReader<'_>) -> T,
    ) -> Result<T, Problem> {
        self.read_in(
            Context::of(payment.ledger(), payment.service.clock().now()),
            read,
        )
    }

    /// As [`PostedBody::read`], with a given context.
    pub(super) fn read_in<T>(
        &self,
        context: Context,
        read: impl FnOnce(&ObjectReader<'_>) -> T,
    ) -> Result<T, Problem> {
        let findings = Findings::default();
        let reader = ObjectReader {
            body: self,
            context,
            fields: Fields::of(&self.map, &findings),
            read: RefCell::default(),
        };
        let value = read(&reader);
        reader.finish();
        findings.into_result(Some(value))
    }
}

/// One object that is being read.
pub struct ObjectReader<'b> {
    body: &'b PostedBody,
    context: Context,
    fields: Fields<'b>,
    /// The exact members that were read so far.
    read: RefCell<Vec<&'static str>>,
}

/// Members without amounts are read as in any body.
impl<'b> Deref for ObjectReader<'b> {
    type Target = Fields<'b>;

    fn deref(&self) -> &Fields<'b> {
        &self.fields
    }
}

impl<'b> ObjectReader<'b> {
    /// Records unknown members.
    pub(super) fn finish(self) {
        for name in exact_members() {
            if self.has_exact(name) && !self.read.borrow().contains(&name) {
                let message = format!("There is no field `{name}`.");
                self.refuse(name, "unknown_field", message);
            }
        }
        self.fields.finish();
    }

    /// The shop's own reference for this operation, with the hash of all given fields. `None` if it is blank.
    pub fn given(&self, name: Option<&str>, pointer: &'static str) -> Option<GivenKey> {
        let name = name.filter(|name| !name.trim().is_empty())?;
        let key = NaturalKey {
            name: name.to_owned(),
            content: Some(ContentHash::of(&self.body.text)),
        };
        Some(GivenKey { key, pointer })
    }

    /// The text of a member that is read exactly.
    fn exact(&self, name: &'static str) -> Option<&'b str> {
        self.ignore(&[name]);
        self.read.borrow_mut().push(name);
        self.body.exact.get(name).map(|raw| raw.get())
    }

    /// A JSON object with only these exact members.
    fn exact_members(&self, names: &[&'static str]) -> String {
        let members = names.iter().filter_map(|name| {
            let value = self.exact(name)?;
            Some(format!("\"{name}\":{value}"))
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    /// A required text.
    pub fn text(&self, name: &'static str, most: usize) -> String {
        self.fields.text(name, 1, most).unwrap_or_default()
    }

    /// A moment that is not in the future. `what` names the event in the error message.
    pub fn past_instant(&self, name: &'static str, what: &str) -> Option<DateTime<Utc>> {
        let at = self.instant(name)?;
        if at > self.context.now {
            let message = format!("`{name}` is in the future: {at}. Give the moment {what}.");
            self.refuse(name, "in_the_future", message);
        }
        Some(at)
    }

    /// An optional word of a closed list.
    pub fn optional_word<W: StringEnum>(&self, name: &'static str) -> Option<W> {
        self.word_in(name, &self.optional_text(name, 255)?)
    }

    /// A required word of a closed list.
    pub fn word<W: StringEnum>(&self, name: &'static str) -> W {
        let text = self.fields.text(name, 1, 255);
        text.and_then(|text| self.word_in(name, &text))
            .unwrap_or(W::WORDS[0])
    }

    fn word_in<W: StringEnum>(&self, name: &str, text: &str) -> Option<W> {
        let found = W::WORDS.iter().find(|it| it.word() == text);
        if found.is_none() {
            let words: Vec<&str> = W::WORDS.iter().map(|it| it.word()).collect();
            let message = format!("`{name}` must be {}, not `{text}`.", words.join(" or "));
            self.refuse(name, "unknown_word", message);
        }
        found.copied()
    }

    /// `amount` in minor units, above zero.
    pub fn amount(&self) -> Option<i64> {
        let body = self.exact_members(&["amount"]);
        match order::read_amount(&body, self.context.currency) {
            Ok(amount) => amount.map(|amount| amount.minor()),
            Err(errors) => {
                self.findings().extend(errors);
                None
            }
        }
    }

    /// The required `amount`.
    pub fn required_amount(&self) -> i64 {
        if self.exact("amount").is_none() {
            self.refuse("amount", "required", "`amount` is required.");
        }
        self.amount().unwrap_or_default()
    }

    /// `currency`, which must be the payment's.
    pub fn currency(&self) -> Option<String> {
        let given = self.optional_text("currency", 8)?;
        let code = self.context.currency.code();
        if given != code {
            let message =
                format!("The payment is in {code}; `currency` must be that, not `{given}`.");
            self.refuse("currency", "currency_mismatch", message);
        }
        Some(given)
    }

    /// The required `currency`.
    pub fn required_currency(&self) -> String {
        self.required("currency");
        self.currency().unwrap_or_default()
    }

    /// `items`: parts of lines.
    pub fn items(&self) -> Vec<ItemQuantity> {
        match self.exact("items") {
            Some(text) => items::read(text, self.findings()),
            None => Vec::new(),
        }
    }

    /// `amount`, the charges and `lineItems` of an invoice.
    pub fn invoice_amounts(&self, items: Vec<ItemQuantity>) -> InvoiceRequest {
        let body = self.exact_members(&INVOICED);
        let read = InvoiceRequest::read(&body, self.context.currency, self.context.prices);
        let mut request = read.unwrap_or_else(|errors| {
            self.findings().extend(errors);
            InvoiceRequest::everything(self.context.prices)
        });
        request.items = items;
        request
    }

    /// A member that [`ObjectReader::invoice_amounts`] reads together with others.
    pub fn together(&self) -> Option<()> {
        None
    }

    /// Whether a member that is read exactly was posted.
    pub fn has_exact(&self, name: &str) -> bool {
        self.body.exact.contains_key(name)
    }

    /// A nested object, which is read like a body of its own. The pointers of its errors begin with its name.
    pub fn nested<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&ObjectReader<'_>) -> T,
    ) -> Option<T> {
        let body = PostedBody::parse(self.exact(name)?);
        let value = body.and_then(|body| body.read_in(self.context, read));
        let pointer = self.pointer(name);
        let noted = |problem: Problem| {
            let errors = problem.errors().iter().cloned();
            let below = errors.map(|error| error.prefixed(&pointer));
            self.findings().extend(below);
        };
        value.map_err(noted).ok()
    }

    /// A reference of the shop that the provider must keep unchanged.
    pub fn reference(&self, name: &'static str) -> Option<Reference> {
        bodies::reference(&self.fields, name, false)
    }

    /// An id at the provider.
    pub fn provider_id(&self, name: &'static str) -> Option<ProviderId> {
        let id = ProviderId::parse(&self.optional_text(name, 255)?);
        if id.is_none() {
            let message = format!("`{name}` is not an id as the provider makes them.");
            self.refuse(name, "not_an_id", message);
        }
        id
    }

    /// The invoice that a refund is taken off.
    pub fn invoice_id(&self) -> Option<TransactionId> {
        let text = self.optional_text("invoiceId", 255)?;
        let noted = |_| self.findings().push(no_invoice());
        text.parse().map_err(noted).ok()
    }

    /// An address for an invoice.
    pub fn address(&self, name: &'static str) -> Option<AddressDraft> {
        address::read(&self.fields, name)
    }

    /// A link for people, to be opened in a browser.
    pub fn url(&self, name: &'static str) -> Option<String> {
        let text = self.optional_text(name, 2000)?;
        if text.is_empty() {
            return None;
        }
        let url = Url::parse(&text).ok();
        if !url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            let message =
                format!("`{name}` must be a link such as https://carrier.example/track/1Z.");
            self.refuse(name, "not_a_url", message);
        }
        Some(text)
    }

    /// The change that a patch makes to a member: `None` where it is left out, `Some(None)` where it is null or empty.
    pub fn change<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&Self) -> Option<T>,
    ) -> Option<Option<T>> {
        self.raw(name).map(|_| read(self))
    }

    /// The change of a text.
    pub fn text_change(&self, name: &'static str, most: usize) -> Option<Option<String>> {
        self.change(name, |it| {
            it.optional_text(name, most)
                .filter(|text| !text.trim().is_empty())
        })
    }
}
