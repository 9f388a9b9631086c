// @generated automatically by Diesel CLI.

diesel::table! {
    audit_log (id) {
        id -> Text,
        happened_at -> Timestamp,
        actor -> Text,
        action -> Text,
        resource_type -> Text,
        resource_id -> Text,
        request_id -> Nullable<Text>,
        changes -> Text,
    }
}

diesel::table! {
    idempotency_keys (caller, route, idempotency_key) {
        caller -> Text,
        route -> Text,
        idempotency_key -> Text,
        request_hash -> Text,
        operation -> Nullable<Text>,
        state -> Text,
        leased_until -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    revision_counter (only_row) {
        only_row -> Integer,
        number -> BigInt,
    }
}

diesel::table! {
    revisions (number) {
        number -> BigInt,
        changed_at -> Timestamp,
        actor -> Text,
        subject -> Text,
        action -> Text,
        summary -> Text,
    }
}

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    audit_log,
    idempotency_keys,
    revision_counter,
    revisions,
    settings,
);
