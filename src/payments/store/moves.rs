//! The transactions that count in the books, for reports: read without what those do not need.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::{
    ids::{PaymentId, TransactionId},
    payments::{
        balance::{Balance, as_of},
        booked_move::{BookedMove, booked_moves},
        details::Details,
        transaction::{Action, Origin, State, Transaction},
    },
    store::{Conn, StoreError, columns::MomentOrNever, schema::transactions},
};

/// Those of which any may be booked on an invoice or on an offline sale.
const BOOKED: [Action; 6] = [
    Action::Purchase,
    Action::Invoice,
    Action::Capture,
    Action::Cancel,
    Action::Refund,
    Action::Reversal,
];

#[derive(Queryable, Selectable)]
#[diesel(table_name = transactions)]
struct Row {
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

impl TryFrom<Row> for Transaction {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let booked_at: Option<DateTime<Utc>> = row.booked_at.into();
        let at = booked_at.unwrap_or_default();
        let mut transaction = Transaction::new(row.id, row.action, row.origin, row.amount, at);
        transaction.parent_id = row.parent_id;
        transaction.state = row.state;
        transaction.ordinal = u32::try_from(row.ordinal).unwrap_or(0);
        transaction.booked_at = booked_at;
        let details = match row.details.as_str() {
            "{}" => Details::default(),
            text => serde_json::from_str(text).map_err(|_| {
                StoreError::unreadable(format!("the details of transaction {}", row.id))
            })?,
        };
        transaction.details = details;
        Ok(transaction)
    }
}

/// The books of some payments.
pub struct MovesOf(HashMap<PaymentId, Vec<Transaction>>);

/// Reads the books of payments.
pub fn list_moves(conn: &mut Conn, payments: &[PaymentId]) -> Result<MovesOf, StoreError> {
    let rows: Vec<Row> = transactions::table
        .filter(transactions::payment_id.eq_any(payments))
        .filter(transactions::action.eq_any(BOOKED))
        .order(transactions::id.asc())
        .select(Row::as_select())
        .load(conn)?;
    let mut found: HashMap<PaymentId, Vec<Transaction>> = HashMap::new();
    for row in rows {
        let payment = row.payment_id;
        found.entry(payment).or_default().push(row.try_into()?);
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

    /// The amounts of an invoice or offline sale of a payment at a moment.
    pub fn balance(
        &self,
        payment: PaymentId,
        invoice: TransactionId,
        at: DateTime<Utc>,
    ) -> Balance {
        let then = as_of(self.of(payment), at);
        let asked = then.iter().find(|it| it.id == invoice);
        asked.map_or_else(Balance::default, |asked| Balance::of(&then, asked))
    }
}

/// A purchase counts in the books only where no provider has a part in it.
fn is_offline(transactions: &[Transaction]) -> bool {
    let is_sale = |it: &Transaction| it.action == Action::Purchase && it.booked_at.is_some();
    transactions.iter().any(is_sale)
}
