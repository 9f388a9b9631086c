//! Integrations with payment providers.

diesel::table! {
    integration_health (integration_id) {
        integration_id -> Text,
        state -> Text,
        reason -> Nullable<Text>,
        since -> Timestamp,
        unauthorized_since -> Nullable<Timestamp>,
        due_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    integration_versions (integration_id, revision) {
        integration_id -> Text,
        revision -> BigInt,
        version -> BigInt,
        deleted -> Bool,
        body -> Text,
    }
}

diesel::table! {
    integrations (id) {
        id -> Text,
        #[sql_name = "type"]
        type_ -> Text,
        name -> Text,
        enabled -> Bool,
        label -> Text,
        short_label -> Text,
        settings -> Text,
        api_key_sealed -> Nullable<Text>,
        version -> BigInt,
        archived_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        name_folded -> Nullable<Text>,
    }
}
