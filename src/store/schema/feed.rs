//! The feed of events.

diesel::table! {
    event_sequence (only_row) {
        only_row -> Integer,
        last -> BigInt,
        holder -> Nullable<Text>,
        leased_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    events (id) {
        id -> Text,
        #[sql_name = "type"]
        kind -> Text,
        subject -> Text,
        website -> Nullable<Text>,
        occurred_at -> Timestamp,
        payload -> Text,
        ordinal -> BigInt,
        sequence -> Nullable<BigInt>,
    }
}
