//! The rows of payments, their transactions and their history.

mod attempts;
mod beginning;
mod buyers;
mod checkouts;
mod comparing;
mod due;
mod events;
mod filter;
mod findings;
mod listing;
mod live;
mod moves;
mod overdue;
mod receivables;
mod rows;
mod search;
mod secure_hashes;
mod stored;
mod transaction_rows;
mod unfunded;
mod watched;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    announcements::announcements,
    comparison::first_comparison,
    event::PaymentEvent,
    ledger::Ledger,
    projection::Projection,
    receivable::Receivable,
    reference::Reference,
    transaction::{Action, State, Transaction},
};
use crate::{
    events::{EventDraft, append},
    ids::{IntegrationId, PaymentId},
    providers::AccountKey,
    store::{
        Conn, Prepared, StoreError, Tx, on_each,
        schema::{payment_events, payments, transactions},
        timestamp,
    },
};

pub use attempts::{Attempt, list_attempts, list_ended_attempts, website_of};
pub use beginning::{Beginning, begin};
pub use buyers::{erase_person, keep_buyer, list_by_email, list_unread};
pub use checkouts::{
    CHECKOUTS, Checkout, SEALED, checkout_place, erase_checkout, find_checkout, forget_checkouts,
    insert_checkout, list_kept,
};
pub use comparing::{
    Comparable, OpenPayments, compare_at, count_comparable, enrol_forgotten, has_comparable,
    list_comparable,
};
pub use due::{claim_due, has_due, postpone};
pub use events::{HistoryFilter, count_happenings, list_happenings};
pub use filter::{Deadline, PaymentFilter};
pub use findings::{list_findings, with_findings};
pub use listing::{LedgerBatch, count, list};
pub use live::{Live, list_waiting};
pub use moves::{MovesOf, list_moves};
pub use overdue::{list_newly_overdue, note_overdue};
pub use receivables::{list_again, list_unlisted};
pub use rows::{PaymentRow, ProjectionRow};
pub use secure_hashes::{insert_secure_hash, list_secure_hashes};
pub use stored::{WithStored, count_all, list_with_stored};
pub use unfunded::{list_partly_paid, note_unfunded};
pub use watched::{
    count_by_status, count_unsettled_since, oldest_comparable, oldest_due, oldest_unsettled,
};

use self::transaction_rows::TransactionRow;

/// Unique index: one live payment per order.
pub const LIVE_ORDER_KEY: &str = "payments_live_order_key";
/// Unique index: one payment per account and order number of ours.
pub const MERCHANT_ORDER_KEY: &str = "payments_provider_account_merchant_order_id_key";
/// Unique index: one payment per account and order at the provider.
pub const PROVIDER_ORDER_KEY: &str = "payments_provider_account_provider_order_id_key";
/// Unique index: one invoice per integration and number.
pub const INVOICE_NUMBER_KEY: &str = "transactions_integration_id_number_key";
/// Unique index: one transaction per payment, action and provider's id.
pub const REFERENCE_KEY: &str = "transactions_payment_id_action_reference_key";
/// Unique index: one refund or shipment per invoice and reference of the shop.
pub const NATURAL_KEY: &str = "transactions_parent_id_action_natural_key_key";
/// Unique index: one capture or reversal per invoice and ordinal, so that money is booked once.
pub const CAPTURE_KEY: &str = "transactions_parent_id_ordinal_key";

/// A ledger's changes as columns, made before the database transaction, so that it does not serialize JSON.
pub struct Written {
    head: rows::Head,
    projection: Projection,
    receivables: Vec<Receivable>,
    transactions: Vec<TransactionRow>,
    happened: Vec<PaymentEvent>,
    announced: Vec<EventDraft>,
    moved: bool,
    version: i64,
    was_live: bool,
    /// When the payment is compared first, if it is new.
    first_comparison: Option<NaiveDateTime>,
}

impl Written {
    /// What is to be written of a ledger.
    pub fn new(ledger: &Ledger) -> Self {
        let touched = ledger.touched();
        let touched = touched.map(|it| TransactionRow::of(it, &ledger.payment));
        Written {
            head: rows::Head::of(&ledger.payment),
            projection: Projection::of(ledger),
            receivables: match ledger.has_moved() {
                true => Receivable::all(ledger),
                false => Vec::new(),
            },
            transactions: touched.collect(),
            happened: ledger.happened().to_vec(),
            announced: announcements(ledger),
            moved: ledger.has_moved(),
            version: ledger.payment.version,
            was_live: ledger.payment.live,
            first_comparison: first_comparison(&ledger.payment).map(timestamp::to_stored),
        }
    }

    /// Whether the change has exactly one event in the feed.
    pub fn is_reported_once(&self) -> bool {
        self.announced.len() == 1
    }
}

/// Adds a payment with its first transactions, as the live one of its order. A conflict if another one is live.
pub fn insert(tx: &mut Tx<'_>, written: &Written) -> Result<(), StoreError> {
    let head = &written.head;
    live::lock_order(tx, head)?;
    let projected = ProjectionRow::of(&written.projection, written.projection.active);
    let first = payments::reconcile_at.eq(written.first_comparison);
    let row = (head, projected, first);
    let insert = diesel::insert_into(payments::table).values(row);
    on_each!(tx.conn(), conn => insert.execute(conn))?;
    write_parts(tx, written)
}

/// Writes the changes of a ledger. `None` after a concurrent write: then the caller decides them again.
pub fn save(tx: &mut Tx<'_>, written: &Written) -> Result<Option<Live>, StoreError> {
    let mut liveness = Live::Same;
    if written.moved {
        let (head, active) = (&written.head, written.projection.active);
        if active != written.was_live {
            live::lock_order(tx, head)?;
        }
        let live = active && (written.was_live || !live::is_taken(tx, head, written.head.id)?);
        let before = payments::table
            .find(written.head.id)
            .filter(payments::version.eq(written.version - 1));
        let projected = ProjectionRow::of(&written.projection, live);
        let update = diesel::update(before)
            .set((&head.changing, projected))
            .returning(payments::version);
        let changed = on_each!(tx.conn(), conn => Prepared(update).count(conn))?;
        if changed == 0 {
            return Ok(None);
        }
        liveness = match (written.was_live, live) {
            (true, true) => Live::Same,
            (true, false) => live::pass_on(tx, head)?,
            (false, false) if active => Live::Waits,
            (false, _) => Live::Settled,
        };
    }
    write_parts(tx, written)?;
    Ok(Some(liveness))
}

fn write_parts(tx: &mut Tx<'_>, written: &Written) -> Result<(), StoreError> {
    for transaction in &written.transactions {
        let upsert = diesel::insert_into(transactions::table)
            .values(transaction)
            .on_conflict(transactions::id)
            .do_update()
            .set(transaction)
            .returning(transactions::amount);
        on_each!(tx.conn(), conn => Prepared(upsert).count(conn))?;
    }
    receivables::write(tx, &written.receivables)?;
    for event in &written.happened {
        let insert = diesel::insert_into(payment_events::table).values((
            payment_events::payment_id.eq(written.head.id),
            event.clone(),
        ));
        on_each!(tx.conn(), conn => insert.execute(conn))?;
    }
    // After the payment itself, whose lock puts the events of its versions in order.
    append(tx, &written.announced)
}

/// Whether a payment has this version.
pub fn is_at(conn: &mut Conn, id: PaymentId, version: i64) -> Result<bool, StoreError> {
    let found: Option<i64> = payments::table
        .find(id)
        .select(payments::version)
        .first(conn)
        .optional()?;
    Ok(found == Some(version))
}

/// A payment with its transactions and open findings.
pub fn load(conn: &mut Conn, id: PaymentId) -> Result<Option<Ledger>, StoreError> {
    let row: Option<PaymentRow> = payments::table
        .find(id)
        .select(PaymentRow::as_select())
        .first(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let ledger = with_transactions(conn, row)?;
    let (order_id, website) = (&ledger.payment.order_id, ledger.payment.website.as_deref());
    let findings = list_findings(conn, order_id, website)?;
    Ok(Some(ledger.with_findings(findings)))
}

/// The ledger of a payment row, with its transactions.
pub fn with_transactions(conn: &mut Conn, row: PaymentRow) -> Result<Ledger, StoreError> {
    let found: Vec<TransactionRow> = transactions::table
        .filter(transactions::payment_id.eq(row.head.id))
        .order(transactions::id.asc())
        .select(TransactionRow::as_select())
        .load(conn)?;
    let transactions = found.into_iter().map(Transaction::try_from);
    Ok(Ledger::of(
        row.into(),
        transactions.collect::<Result<_, _>>()?,
    ))
}

/// The payment bound to an order at the provider.
pub fn find_by_provider_order(
    conn: &mut Conn,
    account: &AccountKey,
    order: &str,
) -> Result<Option<PaymentId>, StoreError> {
    let bound = payments::table.filter(payments::provider_order_id.eq(order));
    let of_account = bound.filter(payments::provider_account.eq(account));
    Ok(of_account.select(payments::id).first(conn).optional()?)
}

/// The payment with our number at the provider.
pub fn find_by_merchant_order(
    conn: &mut Conn,
    account: &AccountKey,
    merchant_order_id: &str,
) -> Result<Option<PaymentId>, StoreError> {
    let numbered = payments::table.filter(payments::merchant_order_id.eq(merchant_order_id));
    let of_account = numbered.filter(payments::provider_account.eq(account));
    Ok(of_account.select(payments::id).first(conn).optional()?)
}

/// Whether an invoice of an integration has a number.
pub fn is_number_taken(
    conn: &mut Conn,
    integration: IntegrationId,
    number: &Reference,
) -> Result<bool, StoreError> {
    let with_number = transactions::table
        .filter(transactions::integration_id.eq(integration))
        .filter(transactions::number.eq(number.as_str()))
        .filter(transactions::action.eq(Action::Invoice))
        .filter(transactions::state.ne(State::Failed));
    Ok(diesel::select(diesel::dsl::exists(with_number)).get_result(conn)?)
}

/// The live attempt of an order.
pub fn find_live(
    conn: &mut Conn,
    website: Option<&str>,
    order_id: &str,
) -> Result<Option<PaymentId>, StoreError> {
    let live: Vec<(PaymentId, Option<String>)> = payments::table
        .filter(payments::order_id.eq(order_id))
        .filter(payments::live.eq(true))
        .select((payments::id, payments::website))
        .load(conn)?;
    let mut live = live.into_iter();
    let found = live.find(|(_, of)| live::is_same(of.as_deref(), website));
    Ok(found.map(|(id, _)| id))
}

/// The first attempt, from 1, whose number is free at an account. Another order's name may equal one of these numbers.
pub fn first_free_attempt(
    conn: &mut Conn,
    account: &AccountKey,
    order_id: &Reference,
) -> Result<u32, StoreError> {
    for attempt in 1..u32::MAX {
        let number = order_id.of_attempt(attempt);
        if find_by_merchant_order(conn, account, &number)?.is_none() {
            return Ok(attempt);
        }
    }
    Ok(u32::MAX)
}
