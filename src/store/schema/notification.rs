//! Endpoints that events are posted to.

diesel::table! {
    deliveries (id) {
        id -> Text,
        endpoint_id -> Text,
        event_id -> Text,
        event_type -> Text,
        state -> Text,
        attempts -> Integer,
        status -> Nullable<Integer>,
        duration_ms -> Nullable<BigInt>,
        failure -> Nullable<Text>,
        attempted_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        due_at -> Nullable<Timestamp>,
        lease -> Nullable<Text>,
    }
}

diesel::table! {
    notification_endpoints (id) {
        id -> Text,
        url -> Text,
        types -> Text,
        websites -> Nullable<Text>,
        description -> Nullable<Text>,
        enabled -> Bool,
        disabled_reason -> Nullable<Text>,
        position -> BigInt,
        failing_since -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    notification_secrets (id) {
        id -> Text,
        endpoint_id -> Text,
        sealed -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
    }
}
