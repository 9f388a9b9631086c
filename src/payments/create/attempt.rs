//! One attempt to pay an order, ready to be written.

use super::Creation;
use crate::{
    ids::{self, PaymentId},
    payments::{
        PaymentError,
        buyer::BuyerIdentity,
        gateway::ProviderClient,
        ledger::{Cause, Ledger},
        loaded_payment::{LoadedPayment, OpenedCheckout},
        order::Prices,
        payment::{Payment, ProviderOrderRef},
        service::Intent,
        store::{self, Checkout},
        transaction::{Action, Transaction},
    },
    providers::{Command, OrderBuyer, OrderDraft},
    secret::SecretText,
    store::Conn,
};

/// The first attempt to pay an order.
pub(super) const FIRST: u32 = 1;

/// An attempt that is about to be written.
pub(super) struct NewAttempt {
    pub payment: LoadedPayment,
    pub checkout: Checkout,
    /// The command for the provider, for an order on behalf of a buyer.
    pub intent: Option<Intent>,
}

impl Creation {
    /// Makes an attempt with this number: the payment, its purchase, and the order that the buyer is to confirm or that is sent
    /// at once.
    pub(super) fn attempt(
        &self,
        client: Option<&ProviderClient>,
        on_behalf: Option<&OrderBuyer>,
        by: Cause,
        number: u32,
    ) -> Result<NewAttempt, PaymentError> {
        let Creation {
            service,
            new,
            judged,
            ..
        } = self;
        let id: PaymentId = ids::fresh(by.at);
        let (mut provider_order, mut order_text, mut confirmation) = (None, None, None);
        let mut sent_at_once = None;
        if let Some(client) = client {
            let draft = self.draft(client, on_behalf, number)?;
            let account = client.opened.account_key();
            let text = client.opened.kind().order_text(&draft);
            // Orders made over REST have no hash.
            match on_behalf {
                None => confirmation = Some(client.confirmation(&account, &text)?),
                Some(_) => sent_at_once = Some(draft.clone()),
            }
            provider_order = Some(ProviderOrderRef {
                account,
                number: draft.number,
                id: None,
                order_status: None,
            });
            order_text = Some(text);
        }
        let total = judged.totals.total();
        let buyer = new.buyer.as_ref().map(|buyer| buyer.email.as_str());
        let expires_at = new.expires_at.unwrap_or(by.at + service.0.attempt_lasts);
        let payment = Payment {
            id,
            integration_id: new.method.integration,
            method_type: judged.kind,
            method_label: judged.label.clone(),
            method_short_label: Some(judged.short_label.clone()),
            payment_term: judged.payment_term.clone(),
            buyer: BuyerIdentity::of_cart(&new.cart, buyer, &service.providers().email_key),
            due_at: judged.due.map(|due| due.counted_from(by.at)),
            website: new.website.clone(),
            order_id: new.order_id.to_string(),
            po_number: new.po_number.as_ref().map(ToString::to_string),
            currency: total.currency(),
            amount: total.minor(),
            expires_at: provider_order.is_some().then_some(expires_at),
            provider_order,
            ended: None,
            live: false,
            version: 0,
            created_at: by.at,
            updated_at: by.at,
        };
        let mut ledger = Ledger::of(payment, Vec::new());
        let mut purchase = Transaction::new(Action::Purchase, total.minor(), None, by.at);
        purchase.details.prices_include_tax = judged.totals.charges().prices == Prices::WithTax;
        let order_bytes = order_text.as_ref().map(String::len);
        purchase.details.order_bytes = order_bytes.and_then(|bytes| bytes.try_into().ok());
        ledger.add(purchase, by, "The buyer chose the method.");
        let order = order_text.as_deref().unwrap_or("null");
        let text = format!("{{\"cart\":{},\"order\":{order}}}", new.cart);
        let place = id.to_string();
        let place = store::checkout_place(&place);
        let sealer = &service.providers().sealer;
        let sealed = sealer.seal(place, &SecretText::new(&text))?;
        let popup_order = confirmation.as_ref().and(order_text);
        let intent = sent_at_once.map(|draft| self.ask_for_order(&mut ledger, draft, by));
        Ok(NewAttempt {
            checkout: Checkout {
                digest: judged.digest.clone(),
                secure_hash: confirmation.as_ref().map(|it| it.secure_hash.clone()),
                sealed,
            },
            payment: LoadedPayment {
                ledger,
                checkout: Some(OpenedCheckout {
                    totals: Some(judged.totals.clone()),
                    popup_order,
                }),
                confirmation,
            },
            intent,
        })
    }

    /// Adds the authorization of an order that is about to be made, and returns its intent.
    pub(super) fn ask_for_order(
        &self,
        ledger: &mut Ledger,
        draft: OrderDraft,
        by: Cause,
    ) -> Intent {
        let (amount, purchase) = (ledger.payment.amount, ledger.purchase_id());
        let authorize = Transaction::new(Action::Authorize, amount, purchase, by.at);
        let command = Command::CreateOrder(Box::new(draft));
        let message = "The order is being made at the provider.";
        self.service
            .start(by)
            .ask(ledger, authorize, command, message)
    }

    /// The first attempt whose number is free at an account.
    pub(super) async fn free_attempt(
        &self,
        client: Option<&ProviderClient>,
    ) -> Result<u32, PaymentError> {
        let Some(client) = client else {
            return Ok(FIRST);
        };
        let (account, order_id) = (client.opened.account_key(), self.new.order_id.clone());
        let find = move |conn: &mut Conn| store::first_free_attempt(conn, &account, &order_id);
        Ok(self.service.store().read(find).await?)
    }

    /// The order for the provider, under our number of this attempt.
    pub(super) fn draft(
        &self,
        client: &ProviderClient,
        on_behalf: Option<&OrderBuyer>,
        attempt: u32,
    ) -> Result<OrderDraft, PaymentError> {
        let Creation { new, judged, .. } = self;
        let merchant = client.opened.merchant.clone();
        let totals = &judged.totals;
        let draft = OrderDraft {
            expires_at: new.expires_at,
            buyer: on_behalf.cloned(),
            ..totals.to_draft(merchant, &new.order_id, attempt, new.po_number.as_ref())
        };
        let checked = client.opened.kind().check_order(&draft);
        checked.map_err(|error| PaymentError::Invalid(vec![error.prefixed("/cart")]))?;
        Ok(draft)
    }
}
