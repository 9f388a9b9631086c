//! Differences that need a person.

diesel::table! {
    findings (id) {
        id -> Text,
        code -> Text,
        state -> Text,
        message -> Text,
        payment_id -> Nullable<Text>,
        integration_id -> Nullable<Text>,
        provider_reference -> Nullable<Text>,
        expected -> Nullable<Text>,
        observed -> Nullable<Text>,
        opened_at -> Timestamp,
        last_seen_at -> Timestamp,
        acknowledged_by -> Nullable<Text>,
        note -> Nullable<Text>,
        resolved_at -> Nullable<Timestamp>,
        version -> BigInt,
        open_key -> Nullable<Text>,
    }
}
