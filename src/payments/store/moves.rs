//! The transactions that count in the books, for reports: read without what those do not need.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::transaction_rows::unreadable_details;
use crate::{
    ids::{PaymentId, TransactionId},
    payments::{
        balance::Balance,
        booked_move::{BookedMove, booked_moves},
        transaction::{Action, Origin, State, Transaction},
    },
    store::{Conn, StoreError, columns::MomentOrNever, schema::transactions, timestamp},
};

/// The actions that may be booked on an invoice or on an offline sale.
const BOOKED: [Action; 6] = [
    Action::Purchase,
    Action::Invoice,
    Action::Capture,
    Action::Cancel,
    Action::Refund,
    Action::Reversal,
];

/// The actions that ask for money.
const ASKING: [Action; 2] = [Action::Purchase, Action::Invoice];

#[derive(Queryable, Selectable)]
#[diesel(table_name = transactions)]
struct MoveRow {
    id: TransactionId,
    payment_id: PaymentId,
    parent_id: Option<TransactionId>,
    action: Action,
    origin: Origin,
    state: State,
    amount: i64,
    ordinal: i32,
    booked_at: MomentOrNever,
    details: String,
}

impl TryFrom<MoveRow> for Transaction {
    type Error = StoreError;

    fn try_from(row: MoveRow) -> Result<Self, StoreError> {
        let booked_at: Option<DateTime<Utc>> = row.booked_at.into();
        let at = booked_at.unwrap_or_default();
        let mut transaction = Transaction::new(row.action, row.amount, row.parent_id, at);
        transaction.id = row.id;
        transaction.origin = row.origin;
        transaction.state = row.state;
        transaction.ordinal = u32::try_from(row.ordinal).unwrap_or(0);
        transaction.booked_at = booked_at;
        if row.details != "{}" {
            let unreadable = |_| unreadable_details(row.id);
            transaction.details = serde_json::from_str(&row.details).map_err(unreadable)?;
        }
        Ok(transaction)
    }
}

/// The books of some payments.
pub struct MovesOf(HashMap<PaymentId, Vec<Transaction>>);

/// Reads the books of payments, or as they were `at` a moment: what was booked later has not happened yet.
pub fn list_moves(
    conn: &mut Conn,
    payments: &[PaymentId],
    at: Option<DateTime<Utc>>,
) -> Result<MovesOf, StoreError> {
    let mut query = transactions::table
        .filter(transactions::payment_id.eq_any(payments))
        .order(transactions::id.asc())
        .into_boxed();
    query = match at {
        // A report reads many payments, and what has not happened adds nothing to what was asked for.
        Some(at) => query.filter(
            (transactions::booked_at.le(timestamp::to_stored(at)))
                .and(transactions::action.eq_any(BOOKED))
                .or(transactions::action.eq_any(ASKING)),
        ),
        None => query.filter(transactions::action.eq_any(BOOKED)),
    };
    let rows: Vec<MoveRow> = query.select(MoveRow::as_select()).load(conn)?;
    let mut found: HashMap<PaymentId, Vec<Transaction>> = HashMap::new();
    for row in rows {
        let payment = row.payment_id;
        let mut transaction = Transaction::try_from(row)?;
        let is_later = at.is_some_and(|at| transaction.booked_at.is_none_or(|booked| booked > at));
        if is_later && transaction.state == State::Succeeded {
            transaction.state = State::Pending;
        }
        found.entry(payment).or_default().push(transaction);
    }
    Ok(MovesOf(found))
}

impl MovesOf {
    fn of(&self, payment: PaymentId) -> &[Transaction] {
        self.0.get(&payment).map_or(&[], Vec::as_slice)
    }

    /// What was booked on the invoices of a payment, oldest first on each.
    pub fn moves(&self, payment: PaymentId) -> Vec<BookedMove> {
        let transactions = self.of(payment);
        booked_moves(transactions, is_offline(transactions))
    }

    /// The amounts of an invoice or offline sale of a payment.
    pub fn balance(&self, payment: PaymentId, invoice: TransactionId) -> Balance {
        let transactions = self.of(payment);
        let asked = transactions.iter().find(|it| it.id == invoice);
        asked.map_or_else(Balance::default, |asked| Balance::of(transactions, asked))
    }
}

/// A purchase counts in the books only where no provider has a part in it.
fn is_offline(transactions: &[Transaction]) -> bool {
    let is_sale = |it: &Transaction| it.action == Action::Purchase && it.booked_at.is_some();
    transactions.iter().any(is_sale)
}
