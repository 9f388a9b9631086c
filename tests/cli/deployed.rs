//! What an operator runs who deploys the service: the health check, completions, manual pages; and what they see of it.

use std::{net::TcpListener, path::Path};

use crate::process::Workspace;

const ESCAPE: char = '\u{1b}';

fn port_of(address: &str) -> String {
    address.rsplit(':').next().expect("a port").to_owned()
}

#[test]
fn a_health_check_succeeds_while_the_service_is_ready_and_says_why_it_does_not() {
    let place = Workspace::new().with_keys();
    let mut service = place.serve(&[]);
    let port = port_of(&service.address);
    let asks =
        |place: &Workspace, arguments: &[&str]| place.run(&[&["healthcheck"], arguments].concat());
    assert_eq!(asks(&place, &["--port", &port]).code, Some(0));
    // As in a container: the listener's address comes from the environment and is a wildcard.
    let inside = Workspace::new()
        .with("ONTERMS__SERVER__HOST", "0.0.0.0")
        .with("ONTERMS__SERVER__PORT", &port);
    let ended = asks(&inside, &[]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{ended:?}");
    assert_eq!(inside.files(), Vec::<String>::new(), "it made something");
    service.terminate();
    service.wait();
    let ended = asks(&inside, &[]);
    assert!(
        ended.refusal().contains("No answer from 127.0.0.1"),
        "{ended:?}"
    );
}

#[test]
fn a_health_check_fails_on_anything_but_a_ready_service() {
    // It listens and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = silent.local_addr().expect("an address").port().to_string();
    let place = Workspace::new();
    let ended = place.run(&["healthcheck", "--port", &port, "--timeout", "100ms"]);
    assert!(ended.refusal().contains("No answer"), "{ended:?}");
    let ended = place.run(&["healthcheck"]);
    assert!(ended.refusal().contains("--port"), "{ended:?}");
    // The metrics listener answers 404.
    let place = Workspace::new().with_keys();
    let mut service = place.serve(&[]);
    let port = port_of(&service.metrics_address());
    let ended = place.run(&["healthcheck", "--port", &port]);
    assert!(ended.refusal().contains("answered 404"), "{ended:?}");
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let place = Workspace::new();
    let help = place.run(&["--help"]).out;
    let commands = help
        .split("Commands:")
        .nth(1)
        .and_then(|it| it.split("Options:").next());
    let commands = commands.expect("commands").lines();
    let commands: Vec<&str> = commands
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|it| !it.is_empty())
        .collect();
    assert!(
        commands.contains(&"healthcheck") && commands.len() > 12,
        "{commands:?}"
    );
    for shell in ["bash", "zsh", "fish"] {
        let ended = place.run(&["completions", shell]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        for command in &commands {
            assert!(ended.out.contains(command), "{shell}: {command}");
        }
    }
    let ended = place.run(&["man"]);
    assert!(ended.out.contains(".TH onterms"), "{ended:?}");
    let ended = place.run(&["man", "--dir", "pages"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for command in commands {
        let page = format!("pages/onterms-{command}.1");
        assert!(
            Path::new(&place.path().join(&page)).exists() || command == "help",
            "{page}"
        );
    }
}

#[test]
fn nobody_sees_colours_who_is_no_terminal_or_wants_none() {
    let place = Workspace::new()
        .with_keys()
        .with("ONTERMS__LOG__FORMAT", "text");
    for arguments in [
        &["demo", "--once"][..],
        &["--help"],
        &["serve", "--prot"],
        &["check-config"],
        &["verify"],
    ] {
        let ended = place.run(arguments);
        assert!(
            !ended.out.contains(ESCAPE) && !ended.err.contains(ESCAPE),
            "{arguments:?}: {ended:?}"
        );
    }
    // Only where they are forced, so that this test sees what it looks for.
    let place = place.with("CLICOLOR_FORCE", "1");
    let ended = place.run(&["demo", "--once"]);
    assert!(ended.out.contains(ESCAPE), "{ended:?}");
    let ended = place
        .with("NO_COLOR", "1")
        .without("CLICOLOR_FORCE")
        .run(&["demo", "--once"]);
    assert!(!ended.out.contains(ESCAPE) && !ended.err.contains(ESCAPE));
}

#[test]
fn a_text_log_has_colours_only_for_terminals() {
    for (name, coloured) in [
        ("CLICOLOR_FORCE", true),
        ("NO_COLOR", false),
        ("NOTHING", false),
    ] {
        let place = Workspace::new()
            .with("ONTERMS__LOG__FORMAT", "text")
            .with("ONTERMS_SERVER_PORT", "8080")
            .with(name, "1");
        let ended = place.run(&["check-config"]);
        assert!(ended.err.contains("ONTERMS__SERVER__PORT"), "{ended:?}");
        assert_eq!(ended.err.contains(ESCAPE), coloured, "{name}: {ended:?}");
    }
}

#[test]
fn a_variable_with_one_underscore_is_warned_of_and_its_value_is_not_repeated() {
    let place = Workspace::new()
        .with("ONTERMS_AUTH_HS256_SECRET", "planted-secret-of-a-typo")
        .with("ONTERMS_PORT", "tcp://10.0.0.1:80")
        .with("ONTERMS_SERVICE_HOST", "10.0.0.1");
    let ended = place.run(&["check-config"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let warnings: Vec<&str> = ended
        .err
        .lines()
        .filter(|line| line.contains("WARN"))
        .collect();
    assert_eq!(warnings.len(), 1, "{ended:?}");
    assert!(
        warnings[0].contains("ONTERMS__AUTH__HS256_SECRET"),
        "{warnings:?}"
    );
    assert!(!ended.err.contains("planted-secret"), "{ended:?}");
}
