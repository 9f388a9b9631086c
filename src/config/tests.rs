use std::io::Write;

use super::*;

/// Loads the settings from a file, an environment and a flag.
fn load(
    file: &str,
    environment: &[(&str, &str)],
    flags: &[(&'static str, &str)],
) -> Result<Settings, String> {
    let mut written = tempfile::Builder::new()
        .suffix(".toml")
        .tempfile()
        .expect("a file");
    written.write_all(file.as_bytes()).expect("a file");
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    Settings::load(Sources {
        file: Some(written.path()),
        environment: Some(environment.iter().map(owned).collect()),
        flags: flags
            .iter()
            .map(|(key, value)| (*key, (*value).to_owned()))
            .collect(),
    })
    .map_err(|error| error.to_string())
}

/// The error message, after checking that it contains the word and ends as a sentence.
#[track_caller]
fn refused(outcome: Result<Settings, String>, words: &[&str]) -> String {
    let sentence = outcome.expect_err("it does not fit");
    assert!(
        sentence.ends_with('.') && sentence.lines().count() == 1,
        "{sentence}"
    );
    for word in words {
        assert!(sentence.contains(word), "no `{word}` in: {sentence}");
    }
    sentence
}

#[test]
fn a_wrong_key_is_named_wherever_it_stands() {
    refused(load("[server]\nprot = 1", &[], &[]), &["prot"]);
    refused(load("", &[("ONTERMS__SERVER__PROT", "1")], &[]), &["prot"]);
    refused(load("", &[], &[("server.prot", "1")]), &["prot"]);
}

#[test]
fn a_value_of_the_wrong_type_is_named_with_its_key() {
    let words = ["server.port", "high"];
    refused(load("[server]\nport = \"high\"", &[], &[]), &words);
    refused(load("", &[("ONTERMS__SERVER__PORT", "high")], &[]), &words);
    refused(load("", &[], &[("server.port", "high")]), &words);
    refused(
        load("", &[("ONTERMS__DATABASE__MIGRATE", "perhaps")], &[]),
        &["database.migrate"],
    );
}

#[test]
fn numbers_and_truths_are_read_from_the_text_of_the_environment() {
    let environment = [
        ("ONTERMS__SERVER__PORT", "8123"),
        ("ONTERMS__DATABASE__MIGRATE", "false"),
        ("ONTERMS__RULEBOOK__REFRESH", "2s"),
    ];
    let settings = load("", &environment, &[]).expect("it fits");
    assert_eq!(settings.server.port, 8123);
    assert!(!settings.database.migrate);
    assert_eq!(settings.rulebook.refresh, Duration::from_secs(2));
}

#[test]
fn a_secret_that_looks_like_a_number_stays_the_text_it_is() {
    for secret in [
        "01234567890123456789012345678901",
        "1e5",
        "TRUE",
        "00.10",
        "a,b",
    ] {
        let environment = [("ONTERMS__AUTH__HS256_SECRET", secret)];
        let settings = load("", &environment, &[]).expect("it fits");
        assert_eq!(settings.auth.hs256_secret.expose(), secret);
    }
}

#[test]
fn a_list_in_the_environment_is_parted_by_commas_and_replaces_that_of_the_file() {
    let file = "[auth]\ndenied_jti = [\"old\"]\n[apruve]\nallowed_hosts = [\"kept\"]";
    let environment = [
        ("ONTERMS__AUTH__DENIED_JTI", "007, true ,x"),
        ("ONTERMS__AUTH__JWKS_ALGORITHMS", "RS256"),
        ("ONTERMS__SECRETS__RETIRED_MASTER_KEYS", "base64:AA==,12"),
    ];
    let settings = load(file, &environment, &[]).expect("it fits");
    assert_eq!(settings.auth.denied_jti, ["007", "true", "x"]);
    assert_eq!(settings.auth.jwks_algorithms, ["RS256"]);
    let retired = settings.secrets.retired_master_keys;
    let retired: Vec<_> = retired.iter().map(SecretText::expose).collect();
    assert_eq!(retired, ["base64:AA==", "12"]);
    assert_eq!(settings.apruve.allowed_hosts, ["kept"]);
}

#[test]
fn what_is_empty_in_the_environment_is_not_set() {
    let environment = [
        ("DATABASE_URL", ""),
        ("ONTERMS__SERVER__PORT", ""),
        ("ONTERMS__AUTH__JWKS_ALGORITHMS", ""),
    ];
    let settings = load("[server]\nport = 1", &environment, &[]).expect("it fits");
    assert_eq!(settings.server.port, 1);
    assert_eq!(settings.database.url.expose(), "./data/onterms.db");
    assert_eq!(settings.auth.jwks_algorithms.len(), 3);
}

#[test]
fn flags_override_the_environment_which_overrides_the_file() {
    let file = "[server]\nport = 1\nworkers = 1\n[database]\nurl = \"file.db\"";
    let environment = [
        ("ONTERMS__SERVER__PORT", "2"),
        ("DATABASE_URL", "environment.db"),
    ];
    let settings = load(file, &environment, &[("server.port", "3")]).expect("it fits");
    assert_eq!((settings.server.port, settings.server.workers), (3, 1));
    assert_eq!(settings.database.url.expose(), "environment.db");
}

#[test]
fn a_duration_that_makes_no_sense_is_refused_by_name() {
    for (key, value) in [
        ("server.request_timeout", "0s"),
        ("apruve.timeout", "0s"),
        ("apruve.timeout", "12s 1ms"),
        ("apruve.connect_timeout", "0ms"),
        ("retention.idempotency_keys", "0s"),
        ("rulebook.refresh", "0s"),
        ("reconciliation.every", "367d"),
        ("webhooks.lease", "367d"),
    ] {
        refused(load("", &[], &[(key, value)]), &[key]);
    }
    let bounds = [
        ("apruve.timeout", "12s"),
        ("server.shutdown_timeout", "0s"),
        ("rulebook.max_stale", "0s"),
        ("webhooks.lease", "366d"),
    ];
    load("", &[], &bounds).expect("they fit");
}

#[test]
fn a_log_filter_that_cannot_be_read_is_refused_before_anything_starts() {
    refused(
        load("", &[], &[("log.filter", "loud=very")]),
        &["log.filter"],
    );
}

#[test]
fn a_secret_in_the_wrong_shape_is_refused_without_being_shown() {
    for (file, environment, key) in [
        (
            "[secrets]\nretired_master_keys = \"planted\"",
            &[][..],
            "secrets.retired_master_keys",
        ),
        ("", &[("ONTERMS__SECRETS", "planted")][..], "secrets"),
        ("secrets = \"planted\"", &[][..], "secrets"),
        ("[auth]\nhs256_secret = \"planted", &[][..], "toml"),
    ] {
        let sentence = refused(load(file, environment, &[]), &[key]);
        assert!(!sentence.contains("planted"), "{sentence}");
    }
}

#[test]
fn recording_takes_a_share_from_nothing_to_all_and_keeps_something_for_some_time() {
    for (key, value) in [
        ("recording.sample", "-0.1"),
        ("recording.sample", "1.1"),
        ("recording.sample", "NaN"),
        ("recording.sample", "inf"),
        ("recording.sample", "half"),
        ("recording.keep", "0s"),
        ("recording.keep", "400d"),
        ("recording.max", "0"),
        ("recording.max", "-5"),
        ("recording.max", "10000001"),
        ("recording.max", "many"),
    ] {
        refused(load("", &[], &[(key, value)]), &[key]);
    }
    for file in ["sample = 1", "sample = 0.25\nkeep = \"1s\"\nmax = 1"] {
        let settings = load(&format!("[recording]\n{file}"), &[], &[]).expect(file);
        assert!(settings.recording.sample > 0.0);
    }
    let defaults = load("", &[("ONTERMS__RECORDING__SAMPLE", "0.5")], &[]).expect("it fits");
    assert_eq!(
        (defaults.recording.sample, defaults.recording.max),
        (0.5, 100_000)
    );
}
