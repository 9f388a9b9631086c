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
    credit_changes (number) {
        number -> BigInt,
        integration_id -> Text,
        email_hash -> Nullable<Text>,
        account_id -> Nullable<Text>,
        outdated -> Bool,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    credit_counter (only_row) {
        only_row -> Integer,
        last -> BigInt,
    }
}

diesel::table! {
    credit_entries (id) {
        id -> Text,
        integration_id -> Text,
        email_hash -> Text,
        sealed -> Text,
        read_at -> Timestamp,
        number -> BigInt,
    }
}

diesel::table! {
    credit_entry_accounts (entry_id, account_id) {
        entry_id -> Text,
        account_id -> Text,
    }
}

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
    integration_versions (integration_id, revision) {
        integration_id -> Text,
        revision -> BigInt,
        version -> BigInt,
        deleted -> Bool,
        body -> Text,
    }
}

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

diesel::table! {
    invoice_overdue_notices (invoice_id, days) {
        invoice_id -> Text,
        days -> Integer,
        noted_at -> Timestamp,
    }
}

diesel::table! {
    invoices (id) {
        id -> Text,
        payment_id -> Text,
        integration_id -> Text,
        website -> Text,
        order_id -> Text,
        number -> Text,
        provider_id -> Text,
        po_number -> Text,
        customer_id -> Text,
        customer_name -> Text,
        currency -> Text,
        amount -> BigInt,
        canceled -> BigInt,
        paid -> BigInt,
        returned -> BigInt,
        remaining -> BigInt,
        funded -> BigInt,
        fee -> BigInt,
        state -> Text,
        status -> Text,
        issued_at -> Timestamp,
        shipped_at -> Timestamp,
        due_at -> Timestamp,
        funded_at -> Timestamp,
        opened_at -> Timestamp,
        moved_at -> Timestamp,
        closed_at -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        watched_since -> Timestamp,
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

diesel::table! {
    payment_checkouts (payment_id) {
        payment_id -> Text,
        digest -> Text,
        secure_hash -> Nullable<Text>,
        sealed -> Text,
        buyer_read -> Bool,
    }
}

diesel::table! {
    payment_events (id) {
        id -> Text,
        payment_id -> Text,
        version -> BigInt,
        happened_at -> Timestamp,
        source -> Text,
        kind -> Text,
        transaction_id -> Nullable<Text>,
        changed -> Bool,
        message -> Text,
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
        name_folded -> Nullable<Text>,
    }
}

diesel::table! {
    payment_secure_hashes (payment_id, secure_hash) {
        payment_id -> Text,
        secure_hash -> Text,
        handed_out_at -> Timestamp,
    }
}

diesel::table! {
    payments (id) {
        id -> Text,
        integration_id -> Text,
        method_type -> Text,
        method_label -> Text,
        website -> Nullable<Text>,
        order_id -> Text,
        po_number -> Nullable<Text>,
        currency -> Text,
        amount -> BigInt,
        provider_account -> Nullable<Text>,
        merchant_order_id -> Nullable<Text>,
        provider_order_id -> Nullable<Text>,
        provider_order_status -> Nullable<Text>,
        ended -> Nullable<Text>,
        expires_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        status -> Text,
        live -> Bool,
        unsettled -> Bool,
        authorized -> BigInt,
        invoiced -> BigInt,
        captured -> BigInt,
        returned -> BigInt,
        refunded -> BigInt,
        canceled -> BigInt,
        rests_since -> Nullable<Timestamp>,
        unfunded_since -> Nullable<Timestamp>,
        unfunded_shipped_since -> Nullable<Timestamp>,
        next_look_at -> Nullable<Timestamp>,
        reconcile_at -> Nullable<Timestamp>,
        active -> Bool,
        method_short_label -> Nullable<Text>,
        payment_term -> Nullable<Text>,
        buyer_customer_id -> Nullable<Text>,
        buyer_customer_name -> Nullable<Text>,
        buyer_user_id -> Nullable<Text>,
        buyer_email_hash -> Nullable<Text>,
        due_at -> Nullable<Timestamp>,
        overdue_noted_for -> Nullable<Timestamp>,
        listed_version -> BigInt,
    }
}

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

diesel::table! {
    recorded_carts (id) {
        id -> Text,
        recorded_at -> Timestamp,
        email_hash -> Nullable<Text>,
        sealed -> Text,
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
    revision_counter (only_row) {
        only_row -> Integer,
        number -> BigInt,
        token_revocations -> BigInt,
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
        complete -> Bool,
    }
}

diesel::table! {
    rule_test_set (only_row) {
        only_row -> Integer,
        version -> BigInt,
        tests -> Integer,
    }
}

diesel::table! {
    rule_tests (position) {
        position -> Integer,
        name -> Text,
        cart -> Text,
        judged_at -> Nullable<Timestamp>,
        expectation -> Text,
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
    settings (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    settings_versions (revision) {
        revision -> BigInt,
        body -> Text,
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

diesel::table! {
    transactions (id) {
        id -> Text,
        payment_id -> Text,
        integration_id -> Text,
        parent_id -> Nullable<Text>,
        action -> Text,
        origin -> Text,
        state -> Text,
        amount -> BigInt,
        reference -> Nullable<Text>,
        number -> Nullable<Text>,
        failure_code -> Nullable<Text>,
        failure_message -> Nullable<Text>,
        details -> Text,
        call_until -> Nullable<Timestamp>,
        reads -> Integer,
        absences -> Integer,
        absent_since -> Nullable<Timestamp>,
        next_read_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        ordinal -> Integer,
        natural_key -> Nullable<Text>,
        content_hash -> Nullable<Text>,
        earlier_key -> Nullable<Text>,
        caller_reference -> Nullable<Text>,
        booked_at -> Timestamp,
    }
}

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

diesel::joinable!(credit_entries -> integrations (integration_id));
diesel::joinable!(credit_entry_accounts -> credit_entries (entry_id));
diesel::joinable!(deliveries -> notification_endpoints (endpoint_id));
diesel::joinable!(findings -> integrations (integration_id));
diesel::joinable!(findings -> payments (payment_id));
diesel::joinable!(integration_health -> integrations (integration_id));
diesel::joinable!(integration_versions -> revisions (revision));
diesel::joinable!(invoice_overdue_notices -> invoices (invoice_id));
diesel::joinable!(invoices -> payments (payment_id));
diesel::joinable!(invoices -> transactions (id));
diesel::joinable!(notification_secrets -> notification_endpoints (endpoint_id));
diesel::joinable!(payment_checkouts -> payments (payment_id));
diesel::joinable!(payment_events -> payments (payment_id));
diesel::joinable!(payment_rule_countries -> payment_rules (rule_id));
diesel::joinable!(payment_rule_methods -> integrations (integration_id));
diesel::joinable!(payment_rule_methods -> payment_rules (rule_id));
diesel::joinable!(payment_rule_versions -> revisions (revision));
diesel::joinable!(payment_secure_hashes -> payments (payment_id));
diesel::joinable!(payments -> integrations (integration_id));
diesel::joinable!(reconciliation_findings -> payments (payment_id));
diesel::joinable!(reconciliation_findings -> reconciliation_runs (run_id));
diesel::joinable!(settings_versions -> revisions (revision));
diesel::joinable!(transactions -> payments (payment_id));
diesel::joinable!(webhook_event_findings -> findings (finding_id));
diesel::joinable!(webhook_event_findings -> webhook_events (event_id));
diesel::joinable!(webhook_events -> integrations (integration_id));
diesel::joinable!(webhook_events -> payments (payment_id));
diesel::joinable!(webhook_tokens -> integrations (integration_id));

diesel::allow_tables_to_appear_in_same_query!(
    audit_log,
    credit_changes,
    credit_counter,
    credit_entries,
    credit_entry_accounts,
    deliveries,
    event_sequence,
    events,
    findings,
    idempotency_keys,
    integration_health,
    integration_versions,
    integrations,
    invoice_overdue_notices,
    invoices,
    notification_endpoints,
    notification_secrets,
    payment_checkouts,
    payment_events,
    payment_rule_countries,
    payment_rule_methods,
    payment_rule_versions,
    payment_rules,
    payment_secure_hashes,
    payments,
    reconciliation_findings,
    reconciliation_runs,
    recorded_carts,
    replicas,
    revision_counter,
    revisions,
    rule_test_set,
    rule_tests,
    sealed_keys,
    settings,
    settings_versions,
    token_revocations,
    transactions,
    webhook_event_findings,
    webhook_events,
    webhook_replays,
    webhook_tokens,
    what_ifs,
);
