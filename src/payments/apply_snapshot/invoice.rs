//! The invoices at the provider: ours are settled and followed, others adopted.

use super::{Known, money::is_paid, prelude::*};
use crate::payments::details::InvoiceDetails;

const UNEXPLAINED: &str = "An invoice was made at the provider that the authorization does not cover; cancel it there, or cancel one of ours. What was paid of it is booked.";

impl Reading<'_> {
    /// Follows the invoices of the order.
    pub(super) fn invoices(&mut self, seen: &List<InvoiceSnapshot>, known: Known<'_>) {
        // Ours are first, because one that is canceled or was never made leaves room for others.
        let mut others = Vec::new();
        for invoice in &seen.items {
            match ours(self.ledger, invoice) {
                Some(id) if self.follow_invoice(id, invoice) => self.attend(id, invoice, known),
                Some(_) => {}
                None => others.push(invoice),
            }
        }
        if seen.complete {
            self.unseen(seen);
        }
        for invoice in others {
            if let Some(id) = self.adopt_invoice(invoice) {
                self.attend(id, invoice, known);
            }
        }
        self.uncovered();
    }

    /// Findings for invoices that were adopted only because money was received on them, while the authorization does not cover
    /// them.
    fn uncovered(&mut self) {
        let sums = self.ledger.amounts();
        let taken = sums.invoiced.saturating_add(sums.canceled);
        if sums.invoiced == 0 || taken <= sums.authorized {
            return;
        }
        let invoices = self.ledger.of_action(Action::Invoice);
        let newest = invoices
            .filter(|it| it.origin == Origin::Provider && !self.ledger.part(it).canceled)
            .filter_map(|it| it.reference.clone())
            .next_back();
        let reported = |id: &ProviderId| {
            let mut reported = self.findings.iter();
            reported.any(|it| it.reference.as_deref() == Some(id.as_str()))
        };
        if let Some(id) = newest.filter(|id| !reported(id)) {
            self.report(FindingCode::InvoiceUnexplained, &id, UNEXPLAINED);
        }
    }

    /// Applies everything that a snapshot says of an invoice.
    fn attend(&mut self, id: TransactionId, seen: &InvoiceSnapshot, known: Known<'_>) {
        self.invoice_status(id, seen, known.funded_at);
        // The amount that a closing settles is what the returns left.
        self.parts(id, seen);
        self.close(id, seen);
        let invoice = self.ledger.find(id);
        let canceled_here = invoice.is_some_and(|invoice| self.ledger.part(invoice).canceled);
        let stands_there = matches!(
            seen.status,
            Some(InvoiceStatus::Pending | InvoiceStatus::Open | InvoiceStatus::Closed)
        );
        if stands_there && canceled_here {
            let message = "An invoice that is canceled here is not canceled at the provider; cancel it there. What was paid of it is booked.";
            self.report(FindingCode::InvoiceNotCanceled, &seen.id, message);
        }
        self.money(id, seen, known.financing);
    }

    /// Settles an invoice of ours. Returns false if the one at the provider is not what we made.
    fn follow_invoice(&mut self, id: TransactionId, seen: &InvoiceSnapshot) -> bool {
        let Some(invoice) = self.ledger.find(id) else {
            return false;
        };
        let (amount, settled) = (invoice.amount, invoice.state.is_settled());
        let same_currency = has_currency_of(self.ledger, seen);
        if !same_currency || seen.amount != Some(amount) {
            let message = "The invoice at the provider is over another amount or currency than ours; only what was paid of it in our currency is taken over.";
            let differs = Observation::of(FindingCode::InvoiceDiffers, &seen.id, message);
            self.report_difference(differs, amount, seen.amount, seen.currency.as_deref());
            // Money in another currency is not this payment's. An unsettled invoice with other contents is certainly
            // ours only once it is paid.
            if !same_currency || !(settled || is_paid(seen)) {
                self.found(id);
                return false;
            }
        }
        if !settled {
            self.succeed(id, "The provider has the invoice.");
        }
        self.edit(id, |it| it.reference = Some(seen.id.clone()));
        true
    }

    /// Takes over an invoice that was made at the provider, if the authorization covers it or it was paid.
    fn adopt_invoice(&mut self, seen: &InvoiceSnapshot) -> Option<TransactionId> {
        // Canceled before it was read the first time: it has no effect.
        if seen.status == Some(InvoiceStatus::Canceled) {
            return None;
        }
        let authorization = self.ledger.authorization().filter(|it| it.is_reserved());
        // While the order waits, a later snapshot decides.
        if authorization.is_some_and(|it| !it.state.is_settled()) {
            return None;
        }
        let authorization = authorization.map(|it| it.id);
        let amount = seen.amount.unwrap_or(0);
        // Zero without an authorization. A cancellation under way gives up what is left once it is done.
        let left = self.ledger.uninvoiced();
        let readable = amount > 0 && has_currency_of(self.ledger, seen);
        if amount > left || !readable {
            self.report(FindingCode::InvoiceUnexplained, &seen.id, UNEXPLAINED);
            if !readable || !is_paid(seen) {
                return None;
            }
        }
        let taken = |number: &String| {
            let mut invoices = self.ledger.reserved_invoices();
            invoices.any(|it| it.number.as_ref() == Some(number))
        };
        let mut new = Transaction::new(Action::Invoice, amount, authorization, self.by.at);
        new.reference = Some(seen.id.clone());
        // Invoice numbers are unique here, but need not be at the provider.
        new.number = match &seen.number {
            Some(number) if !number.is_empty() && !taken(number) => Some(number.clone()),
            _ => Some(seen.id.to_string()),
        };
        new.details.invoice = Some(InvoiceDetails {
            tax: seen.tax,
            shipping: seen.shipping,
            lines: seen.lines.clone(),
            ..InvoiceDetails::default()
        });
        Some(self.adopt(new, "An invoice was made at the provider."))
    }

    /// Handles our invoices that are missing in a complete list.
    fn unseen(&mut self, seen: &List<InvoiceSnapshot>) {
        let is_there = |it: &Transaction| {
            seen.items.iter().any(|seen| match &it.reference {
                Some(reference) => *reference == seen.id,
                None => it.number == seen.number,
            })
        };
        let missing = self.ledger.reserved_invoices().filter(|it| !is_there(it));
        let lost: Vec<Transaction> = missing
            .filter(|it| self.ledger.invoice_status(it) != InvoiceStatus::Canceled)
            .cloned()
            .collect();
        for invoice in lost {
            if invoice.state == State::Succeeded {
                let message =
                    "The provider does not list an invoice that was made there; ask there.";
                self.findings.push(Observation {
                    reference: invoice.reference.as_ref().map(ToString::to_string),
                    ..Observation::of(FindingCode::InvoiceGone, "", message)
                });
            } else {
                self.miss(invoice.id, "The provider has no invoice with this number.");
            }
        }
    }
}

/// Our invoice with the provider's id, or else with our number if its id is not known yet.
fn ours(ledger: &Ledger, seen: &InvoiceSnapshot) -> Option<TransactionId> {
    let unclaimed = |it: &&Transaction| {
        it.reference.is_none() && it.number.is_some() && it.number == seen.number
    };
    let mut invoices = ledger.reserved_invoices();
    let found = invoices.find(|it| it.reference.as_ref() == Some(&seen.id));
    let found = found.or_else(|| ledger.reserved_invoices().find(unclaimed));
    found.map(|it| it.id)
}

fn has_currency_of(ledger: &Ledger, seen: &InvoiceSnapshot) -> bool {
    let theirs = seen.currency.as_deref();
    theirs.is_none_or(|theirs| theirs == ledger.payment.currency.code())
}
