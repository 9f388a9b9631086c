//! Revisions of what is configured, and the settings.

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
