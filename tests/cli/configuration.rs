//! A configuration that does not fit stops the start with one sentence that names the key, wherever it was written.

use crate::process::Workspace;

#[track_caller]
fn names(place: &Workspace, arguments: &[&str], words: &[&str]) {
    let ended = place.run(arguments);
    let sentence = ended.refusal();
    assert!(
        sentence.starts_with("onterms: ") && sentence.ends_with('.'),
        "{sentence}"
    );
    for word in words {
        assert!(sentence.contains(word), "no `{word}` in: {sentence}");
    }
    let made_a_database = place.files().iter().any(|name| name == "data");
    assert!(!made_a_database, "the database was made");
}

#[test]
fn a_wrong_key_or_value_in_the_file_is_named() {
    for (text, words) in [
        ("[server]\nprot = 1", &["prot"][..]),
        ("[server]\nport = \"high\"", &["server.port", "high"]),
        ("[server]\nport = 70000", &["server.port", "70000"]),
        ("[sever]\nport = 1", &["sever"]),
        (
            "[rulebook]\nrefresh = \"soon\"",
            &["rulebook.refresh", "soon"],
        ),
        ("[database]\nconnections = 0", &["database.connections"]),
        (
            "[database]\nurl = \"mysql://localhost/x\"",
            &["database.url"],
        ),
        ("[log]\nformat = \"xml\"", &["log.format", "xml"]),
        ("[log]\nfilter = \"loud=very\"", &["log.filter"]),
        ("[server]\nhost = \"nowhere\"", &["server.host"]),
        ("[auth]\nhs256_secret = \"short\"", &["auth.hs256_secret"]),
        (
            "[secrets]\nmaster_key = \"base64:AAAA\"",
            &["secrets.master_key"],
        ),
        (
            "[server]\npublic_base_url = \"shop\"",
            &["server.public_base_url"],
        ),
        (
            "[outbound]\nproxy = \"socks5://proxy:1\"",
            &["outbound.proxy"],
        ),
        ("[server\n", &["onterms.toml"]),
    ] {
        let place = Workspace::new().without("ONTERMS__SERVER__PORT");
        place.write("onterms.toml", text);
        names(&place, &["serve"], words);
    }
}

#[test]
fn a_wrong_key_or_value_in_the_environment_is_named() {
    for (name, value, words) in [
        ("ONTERMS__SERVER__PROT", "1", &["prot"][..]),
        ("ONTERMS__SERVER__PORT", "high", &["server.port", "high"]),
        ("ONTERMS__RATE_LIMITS__CHECK", "-1", &["rate_limits.check"]),
        ("ONTERMS__LOG__FORMAT", "xml", &["log.format", "xml"]),
        ("DATABASE_URL", "mysql://localhost/x", &["database.url"]),
    ] {
        let place = Workspace::new().with(name, value);
        names(&place, &["serve"], words);
    }
}

#[test]
fn a_file_that_was_named_must_exist() {
    names(
        &Workspace::new(),
        &["serve", "--config", "elsewhere.toml"],
        &["elsewhere.toml"],
    );
}

#[test]
fn a_flag_that_does_not_fit_is_a_misused_command_line() {
    let ended = Workspace::new().run(&["serve", "--port", "high"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("--port"), "{ended:?}");
}

#[test]
fn keys_must_be_given_for_any_other_listener_and_for_postgresql() {
    names(
        &Workspace::new(),
        &["serve", "--host", "0.0.0.0"],
        &["auth.hs256_secret", "secrets.master_key"],
    );
    let place = Workspace::new().with("DATABASE_URL", "postgres://localhost/onterms");
    names(
        &place,
        &["serve"],
        &["auth.hs256_secret", "secrets.master_key"],
    );
}

#[test]
fn check_config_says_what_serve_would_and_makes_nothing() {
    let place = Workspace::new();
    let ended = place.run(&["check-config"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.out.contains("The configuration is good."),
        "{ended:?}"
    );
    assert_eq!(place.files(), Vec::<String>::new());
    place.write("onterms.toml", "[server]\nworkerz = 4");
    names(&place, &["check-config"], &["workerz"]);
}

#[test]
fn check_config_refuses_each_setting_that_serve_refuses_and_says_the_same() {
    for (text, key) in [
        ("[cors]\nallowed_origins = [\"*\"]", "cors.allowed_origins"),
        (
            "[notifications]\nallowed_hosts = [\"a:b\"]",
            "notifications.allowed_hosts",
        ),
        (
            "[apruve]\nallowed_hosts = [\"https://pay.example/\"]",
            "apruve.allowed_hosts",
        ),
        (
            "[telemetry]\notlp_endpoint = \"no address\"",
            "telemetry.otlp_endpoint",
        ),
        (
            "[server]\ntrusted_proxies = [\"proxy\"]",
            "server.trusted_proxies",
        ),
        ("[outbound]\nproxy = \"proxy\"", "outbound.proxy"),
        ("[auth]\njwks_url = \"issuer\"", "auth.jwks_url"),
    ] {
        let place = Workspace::new().with_keys();
        place.write("onterms.toml", text);
        names(&place, &["serve"], &[key]);
        names(&place, &["check-config"], &[key]);
        let sentences = [&["serve"], &["check-config"]].map(|it| place.run(it).err);
        assert_eq!(sentences[0], sentences[1], "{text}");
    }
}

/// The system takes the time limit in milliseconds, as a number of 31 bits.
#[test]
#[cfg(target_os = "linux")]
fn check_config_listens_as_serve_does() {
    let place = Workspace::new()
        .with_keys()
        .with("ONTERMS__LOG__FILTER", "off")
        .with("ONTERMS__SERVER__WRITE_TIMEOUT", "30d");
    for command in ["serve", "check-config"] {
        let ended = place.run(&[command]);
        assert!(ended.refusal().contains("Cannot listen on"), "{ended:?}");
    }
}

#[test]
fn check_config_speaks_of_made_keys_only_where_some_are_made() {
    let master = format!("base64:{}=", "A".repeat(43));
    let master = ("ONTERMS__SECRETS__MASTER_KEY", master.as_str());
    let secret = (
        "ONTERMS__AUTH__HS256_SECRET",
        "a secret of the tests, 32 bytes long",
    );
    let set = ("ONTERMS__AUTH__JWKS_URL", "https://issuer.example/jwks");
    for (given, makes) in [
        (&[][..], true),
        (&[master], true),
        (&[secret], true),
        (&[set], true),
        (&[secret, master], false),
        (&[set, master], false),
    ] {
        let place = given.iter().fold(Workspace::new(), |place, (name, value)| {
            place.with(name, value)
        });
        let ended = place.run(&["check-config"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(ended.out.contains("keys "), makes, "{given:?}: {ended:?}");
        assert_eq!(place.files(), Vec::<String>::new());
    }
}

#[test]
fn flags_override_the_environment_which_overrides_the_file() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port();
    let place = Workspace::new()
        .with_keys()
        .with("ONTERMS__SERVER__PORT", &port.to_string());
    place.write("onterms.toml", "[server]\nport = 1");
    let sentence = place.run(&["serve"]).refusal().to_owned();
    assert!(
        sentence.contains(&format!("127.0.0.1:{port}")),
        "{sentence}"
    );
    drop(place.serve(&["--port", "0"]));
}
