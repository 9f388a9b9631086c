//! What Apruve has, in the simplest form that keeps its rules.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    payments::sample::{MERCHANT, ORDER_NUMBER, provider_id},
    providers::{
        Command, Created, FundingSnapshot, InvoiceSnapshot, InvoiceStatus, List, OrderSnapshot,
        OrderState, ProviderId, ReturnSnapshot, ShipmentSnapshot,
    },
};

/// Apruve's books about one shop's order.
#[derive(Clone, Debug, Default)]
pub struct LedgerModel {
    pub orders: Vec<Order>,
    pub invoices: Vec<Invoice>,
    /// Whether the shop finances itself.
    pub own: bool,
    ids: u32,
}

#[derive(Clone, Debug)]
pub struct Order {
    pub id: ProviderId,
    pub state: OrderState,
    pub amount: i64,
    final_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
pub struct Invoice {
    pub id: ProviderId,
    pub order: ProviderId,
    pub number: Option<String>,
    pub amount: i64,
    pub status: InvoiceStatus,
    pub issued_at: Option<DateTime<Utc>>,
    final_at: Option<DateTime<Utc>>,
    /// What the buyer paid.
    pub paid: i64,
    /// What Apruve paid, and whether it tells how much.
    pub funded: Option<(i64, bool)>,
    /// Whether the buyer's payment was ever taken back.
    pub reopened: bool,
    pub returns: Vec<Return>,
    pub shipments: Vec<Shipment>,
}

#[derive(Clone, Debug)]
pub struct Return {
    pub id: ProviderId,
    pub amount: i64,
    pub notes: Option<String>,
    created_at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub struct Shipment {
    pub id: ProviderId,
    pub number: Option<String>,
    pub amount: i64,
}

/// An action at Apruve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    BuyerOrders,
    Accept,
    Decline,
    LetExpire,
    CancelOrder,
    Invoice,
    IssueInvoice,
    Fund { told: bool },
    Pay { all: bool },
    TakeBack,
    CancelInvoice,
    Return,
    Ship,
}

type No = &'static str;

impl Invoice {
    pub fn returned(&self) -> i64 {
        self.returns.iter().map(|it| it.amount).sum()
    }

    /// What the buyer still has to pay.
    pub fn due(&self) -> i64 {
        match self.status {
            InvoiceStatus::Pending | InvoiceStatus::Open => {
                (self.amount - self.returned() - self.paid).max(0)
            }
            InvoiceStatus::Closed | InvoiceStatus::Canceled => 0,
        }
    }
}

impl LedgerModel {
    /// Those of a shop that finances itself, or that Apruve does.
    pub fn of(own: bool) -> Self {
        LedgerModel {
            own,
            ..LedgerModel::default()
        }
    }

    fn id(&mut self, kind: &str) -> ProviderId {
        self.ids += 1;
        provider_id(&format!("{kind}{}", self.ids))
    }

    pub fn order(&self, id: &ProviderId) -> Option<&Order> {
        self.orders.iter().find(|it| it.id == *id)
    }

    fn order_at(&mut self, id: &ProviderId) -> Result<&mut Order, No> {
        let found = self.orders.iter_mut().find(|it| it.id == *id);
        found.ok_or("no such order")
    }

    fn invoice_at(&mut self, id: &ProviderId) -> Result<&mut Invoice, No> {
        let found = self.invoices.iter_mut().find(|it| it.id == *id);
        found.ok_or("no such invoice")
    }

    fn left(&self, order: &ProviderId) -> i64 {
        let amount = self.order(order).map_or(0, |it| it.amount);
        let is_open = |it: &&Invoice| it.order == *order && it.status != InvoiceStatus::Canceled;
        amount
            - self
                .invoices
                .iter()
                .filter(is_open)
                .map(|it| it.amount)
                .sum::<i64>()
    }

    /// Makes an order over an amount.
    pub fn make_order(&mut self, amount: i64) -> ProviderId {
        let id = self.id("order");
        self.orders.push(Order {
            id: id.clone(),
            state: OrderState::Waiting,
            amount,
            final_at: None,
        });
        id
    }

    fn make_invoice(
        &mut self,
        order: &ProviderId,
        number: Option<String>,
        amount: i64,
        issue: bool,
        at: DateTime<Utc>,
    ) -> Result<ProviderId, No> {
        if self.order_at(order)?.state != OrderState::Accepted {
            return Err("the order is not accepted");
        }
        if amount <= 0 || amount > self.left(order) {
            return Err("more than is left");
        }
        let id = self.id("invoice");
        self.invoices.push(Invoice {
            id: id.clone(),
            order: order.clone(),
            number,
            amount,
            status: if issue {
                InvoiceStatus::Open
            } else {
                InvoiceStatus::Pending
            },
            issued_at: issue.then_some(at),
            final_at: None,
            paid: 0,
            funded: None,
            reopened: false,
            returns: Vec::new(),
            shipments: Vec::new(),
        });
        Ok(id)
    }

    fn issue(&mut self, id: &ProviderId, at: DateTime<Utc>) -> Result<(), No> {
        let invoice = self.invoice_at(id)?;
        if invoice.status != InvoiceStatus::Pending {
            return Err("not pending");
        }
        invoice.status = InvoiceStatus::Open;
        invoice.issued_at = Some(at);
        Ok(())
    }

    fn make_return(
        &mut self,
        id: &ProviderId,
        amount: i64,
        notes: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<ProviderId, No> {
        let new = self.id("return");
        let invoice = self.invoice_at(id)?;
        let left = invoice.amount - invoice.returned();
        if invoice.status == InvoiceStatus::Canceled || amount <= 0 || amount > left {
            return Err("no return is possible");
        }
        invoice.returns.push(Return {
            id: new.clone(),
            amount,
            notes,
            created_at: at,
        });
        Ok(new)
    }

    fn make_shipment(
        &mut self,
        id: &ProviderId,
        amount: i64,
        number: Option<String>,
    ) -> Result<ProviderId, No> {
        let new = self.id("shipment");
        let invoice = self.invoice_at(id)?;
        if invoice.status == InvoiceStatus::Canceled {
            return Err("the invoice is canceled");
        }
        invoice.shipments.push(Shipment {
            id: new.clone(),
            number,
            amount,
        });
        Ok(new)
    }

    /// Does what we ask.
    pub fn perform(&mut self, command: &Command, at: DateTime<Utc>) -> Result<Created, No> {
        match command {
            Command::CreateOrder(draft) => {
                let id = self.make_order(draft.amount_cents);
                Ok(Created::Order(self.order_seen(&id)))
            }
            Command::CancelOrder(id) => {
                let invoiced = self
                    .invoices
                    .iter()
                    .any(|it| it.order == *id && it.status != InvoiceStatus::Canceled);
                let order = self.order_at(id)?;
                if order.state == OrderState::Canceled || invoiced {
                    return Err("the order cannot be canceled");
                }
                order.state = OrderState::Canceled;
                order.final_at = Some(at);
                Ok(Created::Order(self.order_seen(id)))
            }
            Command::CreateInvoice { order, draft } => {
                let number = Some(draft.merchant_invoice_id.clone());
                let issue = draft.issue_on_create;
                let id = self.make_invoice(order, number, draft.amount_cents, issue, at)?;
                Ok(Created::Invoice(self.invoice_seen(&id)))
            }
            Command::IssueInvoice(id) => {
                self.issue(id, at)?;
                Ok(Created::Invoice(self.invoice_seen(id)))
            }
            Command::CancelInvoice(id) => {
                let invoice = self.invoice_at(id)?;
                let open = matches!(invoice.status, InvoiceStatus::Pending | InvoiceStatus::Open);
                if !open || invoice.paid > 0 || invoice.funded.is_some() {
                    return Err("the invoice cannot be canceled");
                }
                invoice.status = InvoiceStatus::Canceled;
                invoice.final_at = Some(at);
                Ok(Created::Invoice(self.invoice_seen(id)))
            }
            Command::CloseInvoice(id) => {
                let invoice = self.invoice_at(id)?;
                if invoice.status != InvoiceStatus::Open {
                    return Err("the invoice cannot be closed");
                }
                invoice.status = InvoiceStatus::Closed;
                invoice.final_at = Some(at);
                Ok(Created::Invoice(self.invoice_seen(id)))
            }
            Command::UpdateShipment { shipment, .. } => Ok(Created::Other(shipment.clone())),
            Command::CreateShipment { invoice, draft } => {
                let number = Some(draft.merchant_shipment_id.clone());
                let amount = draft.amount_cents.unwrap_or(0);
                self.make_shipment(invoice, amount, number)
                    .map(Created::Other)
            }
            Command::CreateReturn { invoice, draft } => {
                let notes = Some(draft.merchant_notes.as_str().to_owned());
                self.make_return(invoice, draft.amount_cents, notes, at)
                    .map(Created::Other)
            }
        }
    }

    /// Something happens there without us, if it can; `which` chooses of what, and `share` how much in 255ths.
    pub fn happen(
        &mut self,
        what: Move,
        which: usize,
        share: u8,
        total: i64,
        at: DateTime<Utc>,
    ) -> Option<()> {
        let part = |of: i64| (of * (i64::from(share) + 1) / 256).max(1);
        if what == Move::BuyerOrders {
            // The popup takes no second order as long as the first one lives.
            let alive = |it: &Order| it.state != OrderState::Canceled;
            return (!self.orders.iter().any(alive)).then(|| drop(self.make_order(total)));
        }
        if matches!(
            what,
            Move::Accept | Move::Decline | Move::LetExpire | Move::CancelOrder
        ) {
            let wanted = match what {
                Move::CancelOrder => OrderState::Accepted,
                _ => OrderState::Waiting,
            };
            let mut fitting = self.orders.iter_mut().filter(|it| it.state == wanted);
            let order = fitting.next()?;
            order.state = match what {
                Move::Accept => OrderState::Accepted,
                _ => OrderState::Canceled,
            };
            order.final_at = Some(match what {
                Move::LetExpire => expiry(),
                _ => at,
            });
            return Some(());
        }
        if what == Move::Invoice {
            let accepted = |it: &&Order| it.state == OrderState::Accepted;
            let order = self.orders.iter().find(accepted)?.id.clone();
            let amount = part(self.left(&order));
            self.ids += 1;
            let number = which.is_multiple_of(2).then(|| format!("T-{}", self.ids));
            return self
                .make_invoice(&order, number, amount, !which.is_multiple_of(3), at)
                .ok()
                .map(drop);
        }
        let (count, own) = (self.invoices.len(), self.own);
        let id = self.invoices.get(which.checked_rem(count)?)?.id.clone();
        match what {
            Move::IssueInvoice => self.issue(&id, at).ok(),
            Move::Return => {
                let invoice = self.invoice_at(&id).ok()?;
                let amount = part(invoice.amount - invoice.returned());
                self.make_return(&id, amount, None, at).ok().map(drop)
            }
            Move::Ship => self.make_shipment(&id, 1, None).ok().map(drop),
            _ => {
                let invoice = self.invoice_at(&id).ok()?;
                match (what, invoice.status) {
                    (Move::Fund { told }, InvoiceStatus::Open | InvoiceStatus::Closed) if !own => {
                        let (before, all_told) = invoice.funded.unwrap_or((0, true));
                        let left = invoice.amount - invoice.returned() - before;
                        if left <= 0 || invoice.reopened {
                            return None;
                        }
                        // What is not told is the whole rest.
                        let more = if told { part(left) } else { left };
                        invoice.funded = Some((before + more, all_told && told));
                    }
                    // Apruve tells of no part of what a buyer paid to a shop that it finances.
                    (Move::Pay { all }, InvoiceStatus::Open) => {
                        let due = invoice.due();
                        let amount = if all || !own { due } else { part(due) };
                        invoice.paid += amount.min(due);
                        if invoice.due() == 0 {
                            invoice.status = InvoiceStatus::Closed;
                            invoice.final_at = Some(at);
                        }
                    }
                    (Move::TakeBack, InvoiceStatus::Closed) if invoice.funded.is_none() && !own => {
                        invoice.paid = 0;
                        invoice.status = InvoiceStatus::Open;
                        invoice.final_at = None;
                        invoice.reopened = true;
                    }
                    (Move::CancelInvoice, InvoiceStatus::Pending | InvoiceStatus::Open) => {
                        invoice.status = InvoiceStatus::Canceled;
                        invoice.final_at = Some(at);
                        invoice.paid = 0;
                        invoice.funded = None;
                    }
                    _ => return None,
                }
                Some(())
            }
        }
    }

    pub fn order_seen(&self, id: &ProviderId) -> OrderSnapshot {
        let order = self.order(id).expect("an order that is there");
        OrderSnapshot {
            id: id.clone(),
            state: order.state,
            status: format!("{:?}", order.state).to_lowercase(),
            merchant_id: Some(MERCHANT.to_owned()),
            merchant_order_id: Some(ORDER_NUMBER.to_owned()),
            amount: Some(order.amount),
            currency: Some("USD".to_owned()),
            secure_hash: None,
            expire_at: Some(expiry()),
            created_at: None,
            final_at: order.final_at,
        }
    }

    fn invoice_seen(&self, id: &ProviderId) -> InvoiceSnapshot {
        let invoice = self.invoices.iter().find(|it| it.id == *id);
        let invoice = invoice.expect("an invoice that is there");
        InvoiceSnapshot {
            id: id.clone(),
            number: invoice.number.clone(),
            status: Some(invoice.status),
            amount: Some(invoice.amount),
            currency: None,
            tax: 0,
            shipping: 0,
            issued_at: invoice.issued_at,
            due_at: None,
            final_at: invoice.final_at,
            amount_due: Some(invoice.due()),
            funding: invoice.funded.map(|(amount, told)| FundingSnapshot {
                amount: told.then_some(amount),
                fee: 0,
            }),
            lines: Vec::new(),
            shipments: None,
            returns: None,
        }
    }

    pub fn orders_seen(&self) -> Vec<OrderSnapshot> {
        self.orders
            .iter()
            .map(|it| self.order_seen(&it.id))
            .collect()
    }

    /// The invoices of an order with all their parts.
    pub fn invoices_seen(&self, order: &ProviderId) -> Vec<InvoiceSnapshot> {
        let of_order = self.invoices.iter().filter(|it| it.order == *order);
        of_order
            .map(|invoice| InvoiceSnapshot {
                shipments: Some(whole(invoice.shipments.iter().map(|it| ShipmentSnapshot {
                    id: it.id.clone(),
                    number: it.number.clone(),
                    amount: Some(it.amount),
                    shipped_at: None,
                    shipper: None,
                    tracking_number: None,
                    delivered_at: None,
                    notes: None,
                    partial: false,
                }))),
                returns: Some(whole(invoice.returns.iter().map(|it| ReturnSnapshot {
                    id: it.id.clone(),
                    amount: Some(it.amount),
                    reason: None,
                    notes: it.notes.clone(),
                    created_at: Some(it.created_at),
                }))),
                ..self.invoice_seen(&invoice.id)
            })
            .collect()
    }
}

fn whole<T>(items: impl Iterator<Item = T>) -> List<T> {
    List {
        items: items.collect(),
        complete: true,
    }
}

/// When every order expires that nobody approved: long after every story.
fn expiry() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(40_000)
}
