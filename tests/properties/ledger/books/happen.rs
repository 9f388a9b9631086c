//! Changes at the provider without us.

use chrono::{DateTime, Utc};

use super::{LedgerModel, Order, expiry};
use crate::providers::{InvoiceStatus, OrderState};

/// An action at the provider.
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

impl LedgerModel {
    /// Makes a change at the provider without us, if possible. `which` selects the object, `share` the amount in
    /// 256ths.
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
                        // A funding without its amount is over the whole rest.
                        let more = if told { part(left) } else { left };
                        invoice.funded = Some((before + more, all_told && told));
                    }
                    // The provider tells of no part of what a buyer paid to a shop that it finances.
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
}
