//! The status of a payment: one table over what its transactions add up to.

use crate::{payments::amounts::Amounts, string_enum::string_enum};

string_enum! {
    /// The status of a payment: the first line that applies, from top to bottom.
    Status as "PaymentStatus" {
        /// All received money was given back, and nothing is open or due.
        Refunded = "refunded",
        /// Some of it was given back.
        PartiallyRefunded = "partially_refunded",
        /// The money was received: all that was not canceled or deducted from unpaid invoices.
        Paid = "paid",
        /// Some of it was received.
        PartiallyPaid = "partially_paid",
        /// All that was not canceled is invoiced.
        Invoiced = "invoiced",
        /// Some of it is invoiced.
        PartiallyInvoiced = "partially_invoiced",
        /// The provider approved all of it.
        Authorized = "authorized",
        /// The provider approved a part of it, or a part was canceled.
        PartiallyAuthorized = "partially_authorized",
        /// Canceled.
        Canceled = "canceled",
        /// The provider, or the buyer at the provider, declined.
        Declined = "declined",
        /// The attempt was not confirmed in time.
        Expired = "expired",
        /// Nothing is decided.
        Pending = "pending",
    }
}

string_enum! {
    /// How a failed attempt ended.
    Ended as "PaymentEnd" {
        /// The provider or the buyer declined.
        Declined = "declined",
        /// It was not confirmed in time.
        Expired = "expired",
        /// Another attempt took its place.
        Superseded = "superseded",
    }
}

/// What the status depends on.
#[derive(Clone, Copy, Debug)]
pub struct Totals {
    /// Minor units the payment is over.
    pub amount: i64,
    pub sums: Amounts,
    pub ended: Option<Ended>,
}

/// A status, its condition in words, and whether that holds.
type StatusRow = (Status, &'static str, fn(&Totals) -> bool);

/// The amount that has to be paid in the end.
fn target(totals: &Totals) -> i64 {
    let sums = &totals.sums;
    let taken = sums.canceled.saturating_add(sums.forgiven());
    totals.amount.saturating_sub(taken)
}

/// What is invoiced, less what was returned before it was paid.
fn billed(totals: &Totals) -> i64 {
    totals.sums.invoiced - totals.sums.forgiven()
}

/// The first row that holds counts; the last one always holds.
const TABLE: &[StatusRow] = &[
    (
        Status::Refunded,
        "refunded > 0, refunded ≥ captured, and nothing is due or left to invoice",
        |it| {
            it.sums.refunded > 0
                && it.sums.refunded >= it.sums.captured
                && it.sums.due == 0
                && it.sums.open_authorized == 0
        },
    ),
    (Status::PartiallyRefunded, "refunded > 0", |it| {
        it.sums.refunded > 0
    }),
    (
        Status::Paid,
        "captured > 0 and captured ≥ amount − canceled − returned before payment",
        |it| it.sums.captured > 0 && it.sums.captured >= target(it),
    ),
    (Status::PartiallyPaid, "captured > 0", |it| {
        it.sums.captured > 0
    }),
    (
        Status::Invoiced,
        "invoiced − returned > 0 and nothing is left to invoice",
        |it| it.sums.invoiced > 0 && billed(it) > 0 && billed(it) >= target(it),
    ),
    (
        Status::PartiallyInvoiced,
        "invoiced − returned > 0",
        |it| it.sums.invoiced > 0 && billed(it) > 0,
    ),
    (Status::Authorized, "open authorized ≥ amount", |it| {
        it.sums.open_authorized > 0 && it.sums.open_authorized >= it.amount
    }),
    (Status::PartiallyAuthorized, "open authorized > 0", |it| {
        it.sums.open_authorized > 0
    }),
    (
        Status::Canceled,
        "canceled, or everything returned before payment, or superseded",
        |it| it.sums.canceled > 0 || it.sums.forgiven() > 0 || it.ended == Some(Ended::Superseded),
    ),
    (
        Status::Declined,
        "ended: the provider or the buyer said no",
        |it| it.ended == Some(Ended::Declined),
    ),
    (Status::Expired, "ended: the time was up", |it| {
        it.ended == Some(Ended::Expired)
    }),
    (Status::Pending, "otherwise", |_| true),
];

/// The status by the table.
pub fn status(totals: &Totals) -> Status {
    let row = TABLE.iter().find(|(_, _, holds)| holds(totals));
    row.map_or(Status::Pending, |(status, ..)| *status)
}

/// The table in words, for the documents.
pub fn in_words() -> String {
    let rows = TABLE
        .iter()
        .map(|(status, condition, _)| format!("\n| `{}` | {condition} |", status.as_str()));
    format!("| status | when |\n|---|---|{}", rows.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums over 1000: authorized, invoiced, captured, returned, refunded, canceled.
    fn at(sums: [i64; 6], ended: Option<Ended>) -> Status {
        let [authorized, invoiced, captured, returned, refunded, canceled] = sums;
        let open_authorized = (authorized - canceled - invoiced).max(0);
        let forgiven = returned - refunded;
        let came_to_nothing = ended.is_some() && authorized == 0 && captured == 0;
        let due = match came_to_nothing {
            true => 0,
            false => 1000 - canceled - forgiven - captured,
        };
        status(&Totals {
            amount: 1000,
            sums: Amounts {
                authorized,
                open_authorized,
                invoiced,
                captured,
                returned,
                refunded,
                canceled,
                due,
            },
            ended,
        })
    }

    #[test]
    fn the_table_row_by_row() {
        use Status::*;
        let rows = [
            ([0, 0, 0, 0, 0, 0], None, Pending),
            ([1000, 0, 0, 0, 0, 0], None, Authorized),
            ([600, 0, 0, 0, 0, 0], None, PartiallyAuthorized),
            ([1000, 0, 0, 0, 0, 400], None, PartiallyAuthorized),
            ([1000, 400, 0, 0, 0, 0], None, PartiallyInvoiced),
            ([1000, 1000, 0, 0, 0, 0], None, Invoiced),
            ([1000, 400, 0, 0, 0, 600], None, Invoiced),
            ([1000, 1000, 400, 0, 0, 0], None, PartiallyPaid),
            ([1000, 1000, 1000, 0, 0, 0], None, Paid),
            ([1000, 400, 400, 0, 0, 0], None, PartiallyPaid),
            ([1000, 400, 400, 0, 0, 600], None, Paid),
            ([1000, 1000, 1000, 1, 1, 0], None, PartiallyRefunded),
            ([1000, 1000, 1000, 1000, 1000, 0], None, Refunded),
            // What is left may still be invoiced, or is due.
            ([1000, 400, 400, 400, 400, 0], None, PartiallyRefunded),
            ([1000, 1000, 400, 400, 400, 0], None, PartiallyRefunded),
            ([0, 0, 300, 300, 300, 0], None, PartiallyRefunded),
            ([1000, 400, 400, 400, 400, 600], None, Refunded),
            ([1000, 1000, 400, 1000, 400, 0], None, Refunded),
            ([0, 0, 300, 300, 300, 700], None, Refunded),
            // Taken off before it was paid: less is due, and no money went back.
            ([1000, 1000, 0, 200, 0, 0], None, Invoiced),
            ([1000, 1000, 800, 200, 0, 0], None, Paid),
            ([1000, 1000, 0, 1000, 0, 0], None, Canceled),
            ([1000, 400, 0, 400, 0, 0], None, PartiallyAuthorized),
            ([1000, 0, 0, 0, 0, 1000], None, Canceled),
            ([0, 0, 0, 0, 0, 1000], None, Canceled),
            ([0, 0, 0, 0, 0, 0], Some(Ended::Declined), Declined),
            ([0, 0, 0, 0, 0, 0], Some(Ended::Expired), Expired),
            ([0, 0, 0, 0, 0, 0], Some(Ended::Superseded), Canceled),
            // Who gave it up had the last word.
            ([0, 0, 0, 0, 0, 1000], Some(Ended::Declined), Canceled),
            ([0, 0, 0, 0, 0, 1000], Some(Ended::Expired), Canceled),
            // The provider took back what it had paid.
            ([1000, 1000, 0, 0, 0, 0], None, Invoiced),
            // An invoice was canceled: what it asked for may be invoiced again.
            ([1000, 0, 0, 0, 0, 400], None, PartiallyAuthorized),
            // The rest was canceled, and what was invoiced is taken off or given back.
            ([1000, 400, 0, 400, 0, 600], None, Canceled),
            ([1000, 400, 400, 100, 100, 600], None, PartiallyRefunded),
            // An offline payment is paid without an authorization.
            ([0, 0, 300, 0, 0, 0], None, PartiallyPaid),
            ([0, 0, 1000, 0, 0, 0], None, Paid),
            ([0, 0, 300, 0, 0, 700], None, Paid),
            // A success after the end counts more than the end.
            ([1000, 0, 0, 0, 0, 0], Some(Ended::Declined), Authorized),
        ];
        for (sums, ended, expected) in rows {
            assert_eq!(at(sums, ended), expected, "{sums:?} {ended:?}");
        }
        for status in Status::ALL {
            assert!(
                rows.iter().any(|(_, _, expected)| expected == status),
                "{status:?} has no row"
            );
        }
    }
}
