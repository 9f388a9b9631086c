//! The simplest model of the provider's data that keeps its rules.

mod happen;
mod seen;

use chrono::{DateTime, TimeDelta, Utc};

pub use self::happen::Move;
use crate::{
    payments::sample::provider_id,
    providers::{Command, Created, InvoiceStatus, OrderState, ProviderId},
};

/// The provider's books about one shop's order.
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
    /// What the provider paid, and whether it tells how much.
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
    /// The books of a shop that finances itself (`own`), or that the provider finances.
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

    /// Performs a command of ours.
    pub fn perform(&mut self, command: &Command, at: DateTime<Utc>) -> Result<Created, No> {
        match command {
            Command::CreateOrder(draft) => {
                let id = self.make_order(draft.total.minor());
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
                let number = Some(draft.number.clone());
                let issue = draft.issue;
                let id = self.make_invoice(order, number, draft.amount.minor(), issue, at)?;
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
                let number = Some(draft.number.clone());
                let amount = draft.amount.minor();
                self.make_shipment(invoice, amount, number)
                    .map(Created::Other)
            }
            Command::CreateReturn { invoice, draft } => {
                let notes = Some(draft.number.clone());
                self.make_return(invoice, draft.amount.minor(), notes, at)
                    .map(Created::Other)
            }
        }
    }
}

/// When each order expires that was not approved: long after the end of every story.
fn expiry() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(40_000)
}
