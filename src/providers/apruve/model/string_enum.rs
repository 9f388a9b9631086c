//! Apruve's status words. None of these lists is known to be complete.

use std::fmt;

/// Declares an enum of words with a variant `Other` for unknown words. All spellings are read; the first one is
/// written.
macro_rules! string_enum {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $word:ident = $first:literal $(| $other:literal)*,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$meaning])* $word,)+
            /// An unknown word as it was sent; empty if there was none.
            Other(String),
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.to_ascii_lowercase().as_str() {
                    $($first $(| $other)* => $name::$word,)+
                    _ => $name::Other(word),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $($name::$word => $first,)+
                    $name::Other(word) => word,
                })
            }
        }
    };
}

string_enum! {
    /// The status of an order.
    OrderStatus {
        /// Not yet put up for approval.
        New = "new",
        /// Waits for credit or for the account's holder.
        Pending = "pending",
        /// Approved, with enough credit.
        Accepted = "accepted",
        /// Rejected, without credit, expired, or canceled by the shop.
        Canceled = "canceled" | "cancelled",
    }
}

string_enum! {
    /// The status of an invoice. Apruve's payout to the shop is not a status.
    ApruveInvoiceStatus {
        /// Not yet issued.
        Pending = "pending",
        /// Issued, and the buyer owes it.
        Open = "open",
        /// Settled by the buyer.
        Closed = "closed",
        Canceled = "canceled" | "cancelled",
    }
}

string_enum! {
    /// Whether a shipment covers its invoice in part or in full.
    ShipmentStatus {
        Partial = "partial",
        Fulfilled = "fulfilled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read_and_unknown_words_are_kept() {
        let read = |word: &str| OrderStatus::from(word.to_owned());
        for (word, status) in [
            ("new", OrderStatus::New),
            ("pending", OrderStatus::Pending),
            ("accepted", OrderStatus::Accepted),
            ("canceled", OrderStatus::Canceled),
            ("cancelled", OrderStatus::Canceled),
            ("Canceled", OrderStatus::Canceled),
            ("On-Hold", OrderStatus::Other("On-Hold".to_owned())),
            ("", OrderStatus::Other(String::new())),
        ] {
            assert_eq!(read(word), status, "{word}");
        }
        assert_eq!(read("cancelled").to_string(), "canceled");
        assert_eq!(read("On-Hold").to_string(), "On-Hold");
    }
}
