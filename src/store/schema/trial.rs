//! Recorded carts, and what-if trials of rules on them.

diesel::table! {
    recorded_carts (id) {
        id -> Text,
        recorded_at -> Timestamp,
        email_hash -> Nullable<Text>,
        sealed -> Text,
    }
}

diesel::table! {
    what_ifs (id) {
        id -> Text,
        status -> Text,
        requested_by -> Text,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        window_from -> Nullable<Timestamp>,
        window_until -> Nullable<Timestamp>,
        read_until -> Timestamp,
        revision -> Nullable<BigInt>,
        rules -> Nullable<Text>,
        live_revision -> BigInt,
        total -> BigInt,
        evaluated -> BigInt,
        tally -> Text,
        position -> Text,
        lease -> Nullable<Text>,
        leased_until -> Nullable<Timestamp>,
        attempts -> Integer,
    }
}
