//! Payment rules and their tests.

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
