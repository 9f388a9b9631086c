//! The installation itself: audit log, idempotency keys, sealed keys, token revocations and replicas.

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
        created_at -> Timestamp,
    }
}

diesel::table! {
    replicas (id) {
        id -> Text,
        version -> Text,
        layout -> Integer,
        started_at -> Timestamp,
        seen_at -> Timestamp,
    }
}

diesel::table! {
    sealed_keys (name) {
        name -> Text,
        sealed -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    token_revocations (id) {
        id -> Text,
        jti -> Nullable<Text>,
        subject -> Nullable<Text>,
        issuer -> Nullable<Text>,
        issued_before -> Nullable<Timestamp>,
        ends_at -> Timestamp,
        created_at -> Timestamp,
    }
}
