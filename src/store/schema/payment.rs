//! Payments, their transactions and their invoices.

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
