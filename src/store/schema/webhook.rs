//! Events of providers, and the tokens of the URLs that receive them.

diesel::table! {
    webhook_event_findings (event_id, finding_id) {
        event_id -> Text,
        finding_id -> Text,
    }
}

diesel::table! {
    webhook_events (id) {
        id -> Text,
        integration_id -> Text,
        dedup_key -> Text,
        event -> Nullable<Text>,
        verified -> Bool,
        body_sealed -> Nullable<Text>,
        state -> Text,
        outcome -> Nullable<Text>,
        attempts -> Integer,
        repeats -> BigInt,
        apruve_order_id -> Nullable<Text>,
        apruve_invoice_id -> Nullable<Text>,
        merchant_order_id -> Nullable<Text>,
        payment_id -> Nullable<Text>,
        replay_id -> Nullable<Text>,
        version -> BigInt,
        received_at -> Timestamp,
        occurred_at -> Nullable<Timestamp>,
        settled_at -> Nullable<Timestamp>,
        matched -> Nullable<Text>,
        due_at -> Nullable<Timestamp>,
        lease -> Nullable<Text>,
    }
}

diesel::table! {
    webhook_replays (id) {
        id -> Text,
        since -> Timestamp,
        until -> Nullable<Timestamp>,
        state -> Nullable<Text>,
        integration_id -> Nullable<Text>,
        total -> BigInt,
        requested_by -> Text,
        requested_at -> Timestamp,
        finished -> Bool,
        taken_up -> BigInt,
        position_at -> Nullable<Timestamp>,
        position_id -> Nullable<Text>,
    }
}

diesel::table! {
    webhook_tokens (token_hash) {
        token_hash -> Text,
        integration_id -> Text,
        sealed -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
    }
}
