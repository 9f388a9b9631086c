//! The words Apruve uses for states. None of its lists is known to be closed.

use std::fmt;

/// Declares a list of words that keeps those it does not know. The first spelling of each is ours to write, all are read.
macro_rules! string_enum {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $word:ident = $first:literal $(| $other:literal)*,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$meaning])* $word,)+
            /// A word we do not know, as it was written; empty where there was none.
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
    /// How far an order is.
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
    /// How far an invoice is. That Apruve has paid the shop is not one of these.
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
    /// How far a buyer's payment is.
    PaymentStatus {
        Pending = "pending",
        Authorized = "authorized",
        /// The buyer's money has come.
        Captured = "captured",
        Rejected = "rejected",
        Failed = "failed",
    }
}

string_enum! {
    /// Whether the terms of an order are agreed on.
    PaymentTermStatus {
        Pending = "pending",
        Accepted = "accepted" | "approved",
        Canceled = "canceled" | "cancelled",
    }
}

string_enum! {
    /// Whether a shipment is all of its invoice.
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
        let term = PaymentTermStatus::from("approved".to_owned());
        assert_eq!(term, PaymentTermStatus::Accepted);
    }
}
