//! Begins a payment: the cart is judged again, its totals must add up, and what the buyer is to confirm is made.
//!
//! One attempt stands for an order. The same cart again is handed back the attempt that stands; another cart or method takes
//! its place, as long as nobody has taken it up.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    desk::{Asked, Begun, Desk, Record},
    details::Details,
    gateway::{Command, Line},
    happening::Source,
    heed::FundedAt,
    ledger::{Ledger, Mover},
    not_done::NotDone,
    on_behalf::{Account, Buyer},
    operations::cancel::supersede,
    order::{OrderTotals, Prices},
    payment::{Payment, Place},
    reference::Reference,
    store::{self, Checkout, Written},
    transaction::{Action, Origin, State, Transaction},
};
use crate::{
    apruve::{OrderDraft, secure_hash},
    cart,
    checkout::permission::{self, Permission},
    idempotency,
    ids::{self, PaymentId},
    integrations,
    money::Money,
    payment_methods::{MethodType, PaymentMethodId},
    payment_rules::rulebook::Keeper,
    problem::{FieldError, Problem},
    seal::Sealer,
    secret::SecretText,
    store::{Conn, StoreError, Tx},
};

/// Each failure means that somebody else began a payment for the same order.
const ATTEMPTS: u8 = 8;

/// What a caller asks to be paid.
#[derive(Clone, Debug)]
pub struct NewPayment {
    pub method: PaymentMethodId,
    pub order_id: Reference,
    pub website: Option<String>,
    pub po_number: Option<Reference>,
    /// The cart's JSON, with its website.
    pub cart: String,
    /// Who a sales rep orders for; without one, the buyer confirms at Apruve.
    pub buyer: Option<Buyer>,
}

/// What became of it.
#[derive(Debug)]
pub struct Created {
    pub ledger: Ledger,
    /// Whether this very request began it.
    pub new: bool,
    pub replayed: bool,
}

/// What a cart comes to with a method that it may use.
struct Judged {
    kind: MethodType,
    label: String,
    totals: OrderTotals,
    digest: String,
}

/// An attempt that is about to be written.
struct Attempt {
    ledger: Ledger,
    checkout: Checkout,
    begun: Option<Begun>,
}

impl Desk {
    /// Begins a payment, or hands back the one that stands.
    pub async fn create(
        &self,
        keeper: &Keeper,
        asked: &Asked,
        new: &NewPayment,
    ) -> Result<Created, NotDone> {
        let line = match new.method.kind {
            MethodType::Apruve => Some(self.exchange().line(new.method.integration).await),
            _ => None,
        };
        let judged = self.judge(keeper, new)?;
        let line = line.transpose()?;
        for _ in 0..ATTEMPTS {
            let (website, order_id) = (new.website.clone(), new.order_id.to_string());
            let find = move |conn: &mut Conn| store::find_live(conn, website.as_deref(), &order_id);
            let standing = match self.store().read(find).await? {
                Some(id) => Some(self.ledger(id).await?),
                None => None,
            };
            if let Some(standing) = &standing
                && self.is_same(standing, new, &judged).await?
            {
                return self.hand_back(asked, standing.clone()).await;
            }
            let by = Mover {
                source: Source::Caller,
                at: self.clock().now(),
            };
            let superseded = match standing {
                Some(mut ledger) => {
                    supersede(&mut ledger, by)?;
                    Some(ledger)
                }
                None => None,
            };
            let account = match &new.buyer {
                Some(buyer) => Some(
                    self.account_of(new.method, buyer, judged.totals.total())
                        .await?,
                ),
                None => None,
            };
            let attempt = self
                .attempt(new, &judged, line.as_ref(), account.as_ref(), by)
                .await?;
            match self.write(asked, new, superseded.as_ref(), &attempt).await {
                Ok(Some(earlier)) => return self.told(earlier, true).await,
                Ok(None) => return self.go_on(attempt, line).await,
                Err(NotDone::Contended | NotDone::AnotherIsLive) => {}
                Err(error) => return Err(error),
            }
        }
        Err(NotDone::Contended)
    }

    /// What an earlier request with this key began.
    pub async fn created_before(&self, asked: &Asked) -> Result<Option<Created>, NotDone> {
        let (key, now) = (asked.key.clone(), asked.actor.at);
        let peek = move |conn: &mut Conn| idempotency::peek::<NotDone>(conn, &key, now);
        match self.store().read(peek).await? {
            Some(operation) => Ok(Some(self.told(parse(&operation)?, true).await?)),
            None => Ok(None),
        }
    }

    async fn told(&self, id: PaymentId, replayed: bool) -> Result<Created, NotDone> {
        let ledger = self.ledger(id).await?;
        if let Some(authorization) = ledger.authorization() {
            self.told_again(id, authorization.id).await?;
        }
        Ok(Created {
            ledger,
            new: false,
            replayed,
        })
    }

    /// Asks the rules and adds up the totals. Pure, so that no guard on the rules is held across a wait.
    fn judge(&self, keeper: &Keeper, new: &NewPayment) -> Result<Judged, NotDone> {
        let current = keeper.current().map_err(Problem::from)?;
        let book = current.book();
        let in_cart = |error: FieldError| error.below("/cart");
        let mut cart = cart::read(&new.cart).map_err(|problem| {
            NotDone::Invalid(problem.errors().iter().cloned().map(in_cart).collect())
        })?;
        cart.set_merchant_country(book.merchant_country());
        if cart.website() != new.website.as_deref() {
            let message =
                "The cart's website and the payment's are two; say the same, or leave one out.";
            return Err(NotDone::Invalid(vec![FieldError::at(
                "/website",
                "contradicts_cart",
                message,
            )]));
        }
        let method = match permission::ask(book, &cart, self.clock().now(), new.method) {
            Permission::Offered(method) => method,
            Permission::NotOffered(reasons) => return Err(NotDone::NotEligible(reasons)),
            Permission::Unknown => {
                let message = format!("There is no payment method `{}`.", new.method);
                return Err(NotDone::Invalid(vec![FieldError::at(
                    "/paymentMethodId",
                    "unknown_method",
                    message,
                )]));
            }
        };
        let totals = OrderTotals::read(&cart);
        let totals =
            totals.map_err(|errors| NotDone::Invalid(errors.into_iter().map(in_cart).collect()))?;
        // Numbers beyond a float's digits are told apart by the totals.
        let cart: Value = serde_json::from_str(&new.cart).unwrap_or_default();
        let identity = json!([
            new.method,
            new.po_number.as_ref().map(Reference::as_str),
            cart,
            format!("{totals:?}"),
            new.buyer
                .as_ref()
                .map(|buyer| (&buyer.email, &buyer.company)),
        ]);
        Ok(Judged {
            kind: new.method.kind,
            label: method.label.default.clone(),
            totals,
            digest: URL_SAFE_NO_PAD.encode(digest(&SHA256, identity.to_string().as_bytes())),
        })
    }

    async fn is_same(
        &self,
        standing: &Ledger,
        new: &NewPayment,
        judged: &Judged,
    ) -> Result<bool, NotDone> {
        if standing.payment.integration_id != new.method.integration {
            return Ok(false);
        }
        let id = standing.payment.id;
        let checkout = self
            .store()
            .read(move |conn| store::find_checkout(conn, id))
            .await?;
        Ok(checkout.is_some_and(|checkout| checkout.digest == judged.digest))
    }

    /// The attempt that stands is what this request's key stands for, too.
    async fn hand_back(&self, asked: &Asked, ledger: Ledger) -> Result<Created, NotDone> {
        let (key, now, id) = (
            asked.key.clone(),
            asked.actor.at,
            ledger.payment.id.to_string(),
        );
        let remember = move |tx: &mut Tx<'_>| {
            idempotency::once(
                tx,
                Some(&key),
                now,
                |_| Ok::<_, NotDone>((id, ())),
                |_, _| Ok(()),
            )
        };
        let once = self.store().write(remember).await?;
        Ok(Created {
            ledger,
            new: false,
            replayed: once.replayed,
        })
    }

    /// Makes an attempt: the payment, its purchase, and the order that the buyer is to confirm or that is sent at once.
    async fn attempt(
        &self,
        new: &NewPayment,
        judged: &Judged,
        line: Option<&Line>,
        on_behalf: Option<&Account>,
        by: Mover,
    ) -> Result<Attempt, NotDone> {
        let id: PaymentId = ids::fresh(by.at);
        let (mut place, mut order, mut hash) = (None, None, None);
        if let Some(line) = line {
            let draft = self.draft(new, judged, line, on_behalf).await?;
            place = Some(Place {
                account: line.account_key(),
                merchant_order_id: draft.merchant_order_id.clone(),
                order: None,
                order_status: None,
            });
            // Orders made over REST have no hash.
            hash = on_behalf
                .is_none()
                .then(|| secure_hash(&line.opened.api_key, &json!(draft)));
            order = Some(draft);
        }
        let total: Money = judged.totals.total();
        let payment = Payment {
            id,
            integration_id: new.method.integration,
            method_type: judged.kind,
            method_label: judged.label.clone(),
            website: new.website.clone(),
            order_id: new.order_id.to_string(),
            po_number: new.po_number.as_ref().map(ToString::to_string),
            currency: total.currency(),
            amount: total.minor(),
            expires_at: (place.is_some() && on_behalf.is_none())
                .then(|| by.at + self.attempt_lasts()),
            place,
            ended: None,
            version: 0,
            created_at: by.at,
            updated_at: by.at,
        };
        let mut ledger = Ledger::of(payment, Vec::new());
        let mut purchase = Transaction::new(
            ids::fresh(by.at),
            Action::Purchase,
            Origin::Caller,
            total.minor(),
            by.at,
        );
        purchase.details = Details {
            prices_include_tax: judged.totals.parts().prices == Prices::WithTax,
            ..Details::default()
        };
        let parent = purchase.id;
        ledger.add(purchase, by, "The buyer chose the method.");
        let sealed = sealed(
            self.exchange().sealer.as_ref(),
            id,
            &new.cart,
            order.as_ref(),
        )?;
        let begun = on_behalf.and(order).map(|draft| {
            let mut authorize = Transaction::new(
                ids::fresh(by.at),
                Action::Authorize,
                Origin::Caller,
                total.minor(),
                by.at,
            );
            authorize.parent_id = Some(parent);
            authorize.call_until = Some(by.at + self.call_lasts());
            let transaction = authorize.id;
            ledger.add(authorize, by, "The order is being made at Apruve.");
            Begun {
                transaction,
                command: Some(Command::CreateOrder(Box::new(draft))),
            }
        });
        let checkout = Checkout {
            digest: judged.digest.clone(),
            secure_hash: hash,
            sealed,
        };
        Ok(Attempt {
            ledger,
            checkout,
            begun,
        })
    }

    /// The order for Apruve under the first of our numbers that is free.
    async fn draft(
        &self,
        new: &NewPayment,
        judged: &Judged,
        line: &Line,
        on_behalf: Option<&Account>,
    ) -> Result<OrderDraft, NotDone> {
        let (account, order_id) = (line.account_key(), new.order_id.to_string());
        let list = move |conn: &mut Conn| store::list_merchant_order_ids(conn, &account, &order_id);
        let taken = self.store().read(list).await?;
        let free = |attempt: &u32| !taken.contains(&new.order_id.of_attempt(*attempt));
        let attempt = (1..=u32::MAX).find(free).unwrap_or(u32::MAX);
        let merchant = line.opened.merchant.clone();
        let draft =
            judged
                .totals
                .to_draft(merchant, &new.order_id, attempt, new.po_number.as_ref());
        let mut draft = draft.map_err(|error| NotDone::Invalid(vec![error.below("/cart")]))?;
        if let Some(account) = on_behalf {
            draft.shopper_id = Some(account.shopper.clone());
            draft.payment_term = Some(account.choice());
        }
        Ok(draft)
    }

    /// Writes an attempt, and that it took another's place. An earlier request's payment is told instead.
    async fn write(
        &self,
        asked: &Asked,
        new: &NewPayment,
        superseded: Option<&Ledger>,
        attempt: &Attempt,
    ) -> Result<Option<PaymentId>, NotDone> {
        let id = attempt.ledger.payment.id;
        let at = attempt.ledger.payment.created_at;
        let account = attempt
            .ledger
            .payment
            .place
            .as_ref()
            .map(|place| place.account.clone());
        let reconcile_at = account.is_some().then(|| at + TimeDelta::hours(1));
        let (written, record) = (
            Written::new(&attempt.ledger),
            Record::of(&attempt.ledger, &asked.actor),
        );
        let before =
            superseded.map(|ledger| (Written::new(ledger), Record::of(ledger, &asked.actor)));
        let (checkout, key, integration) = (
            attempt.checkout.clone(),
            asked.key.clone(),
            new.method.integration,
        );
        let write = move |tx: &mut Tx<'_>| {
            idempotency::once(
                tx,
                Some(&key),
                at,
                |tx| {
                    if let Some((superseded, record)) = &before {
                        if !store::save(tx, superseded)? {
                            return Err(NotDone::Contended);
                        }
                        record.write(tx)?;
                    }
                    store::insert(tx, &written, reconcile_at)?;
                    store::insert_checkout(tx, id, &checkout)?;
                    check_integration(tx, integration, account.as_deref())?;
                    record.write(tx)?;
                    Ok((id.to_string(), None))
                },
                |_, operation| Ok(Some(parse(operation)?)),
            )
        };
        Ok(self.store().write(write).await?.value)
    }

    async fn go_on(&self, attempt: Attempt, line: Option<Line>) -> Result<Created, NotDone> {
        let id = attempt.ledger.payment.id;
        if let (Some(begun), Some(line)) = (attempt.begun, line) {
            let transaction = begun.transaction;
            self.carry_out(id, line, begun).await;
            let ledger = self.ledger(id).await?;
            let state = ledger.find(transaction).map(|it| it.state);
            if state == Some(State::Failed) {
                self.forget_key(&id.to_string()).await;
            } else if state == Some(State::Pending) {
                // Apruve may have accepted at once; that is read, not believed.
                let _ = self.look(id, Source::Answer, &FundedAt::new()).await;
            }
        }
        Ok(Created {
            ledger: self.ledger(id).await?,
            new: true,
            replayed: false,
        })
    }
}

/// An integration that was deleted, switched off or moved meanwhile takes no new payment. The row is read after the payment
/// was inserted, which keeps it from being deleted until this is committed.
fn check_integration(
    tx: &mut Tx<'_>,
    id: ids::IntegrationId,
    account: Option<&str>,
) -> Result<(), NotDone> {
    let integration = integrations::store::find(tx, id)?.filter(|it| it.enabled);
    let Some(integration) = integration else {
        let message = "The method was switched off just now.";
        return Err(NotDone::NotEligible(
            json!([{ "code": "method_disabled", "rule": null, "message": message }]),
        ));
    };
    let now = integration
        .settings
        .as_apruve()
        .map(|settings| super::payment::account_key(settings.origin(), &settings.merchant_id));
    if now.as_deref() == account {
        Ok(())
    } else {
        Err(NotDone::Contended)
    }
}

fn sealed(
    sealer: &Sealer,
    id: PaymentId,
    cart: &str,
    order: Option<&OrderDraft>,
) -> Result<String, NotDone> {
    let text = format!("{{\"cart\":{cart},\"order\":{}}}", json!(order));
    Ok(sealer.seal(
        store::checkout_place(&id.to_string()),
        &SecretText::new(&text),
    )?)
}

fn parse(operation: &str) -> Result<PaymentId, StoreError> {
    operation
        .parse()
        .map_err(|_| StoreError::unreadable("the operation of an idempotency key"))
}
