//! Comparisons of payments with their providers.

diesel::table! {
    reconciliation_findings (run_id, payment_id, ordinal) {
        run_id -> Text,
        payment_id -> Text,
        ordinal -> Integer,
        kind -> Text,
        code -> Text,
        message -> Text,
        reference -> Nullable<Text>,
        finding_id -> Nullable<Text>,
    }
}

diesel::table! {
    reconciliation_runs (id) {
        id -> Text,
        trigger -> Text,
        state -> Text,
        requested_by -> Text,
        started_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        total -> BigInt,
        looked -> BigInt,
        changed -> BigInt,
        unexplained -> BigInt,
        failed -> BigInt,
        position -> Text,
        lease -> Nullable<Text>,
        leased_until -> Nullable<Timestamp>,
        progressed_at -> Timestamp,
        attempts -> Integer,
    }
}
