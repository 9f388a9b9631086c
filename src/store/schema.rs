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
    }
}

diesel::table! {
    payment_rule_countries (rule_id, country) {
        rule_id -> Text,
        country -> Text,
    }
}

diesel::table! {
    payment_rule_methods (rule_id, position) {
        rule_id -> Text,
        position -> Integer,
        integration_id -> Text,
        options -> Nullable<Text>,
    }
}

diesel::table! {
    payment_rule_versions (rule_id, version) {
        rule_id -> Text,
        version -> BigInt,
        revision -> BigInt,
        deleted -> Bool,
        body -> Text,
    }
}

diesel::table! {
    payment_rules (id) {
        id -> Text,
        name -> Text,
        enabled -> Bool,
        sort_order -> Integer,
        currency -> Text,
        stop_processing -> Bool,
        expression -> Nullable<Text>,
        destinations -> Text,
        websites -> Text,
        active_from -> Nullable<Timestamp>,
        active_until -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
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

diesel::table! {
    webhook_tokens (token_hash) {
        token_hash -> Text,
        integration_id -> Text,
        sealed -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
    }
}

diesel::joinable!(payment_rule_countries -> payment_rules (rule_id));
diesel::joinable!(payment_rule_methods -> integrations (integration_id));
diesel::joinable!(payment_rule_methods -> payment_rules (rule_id));
diesel::joinable!(payment_rule_versions -> revisions (revision));
diesel::joinable!(webhook_tokens -> integrations (integration_id));

diesel::allow_tables_to_appear_in_same_query!(
    audit_log,
    idempotency_keys,
    integrations,
    payment_rule_countries,
    payment_rule_methods,
    payment_rule_versions,
    payment_rules,
    revision_counter,
    revisions,
    settings,
    webhook_tokens,
);
