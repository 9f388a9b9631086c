//! The credit of buyers, as last read.

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
