//! The files with which the service is deployed fit the service: its settings, ports, commands and addresses.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use onterms::config::{Settings, Sources, keys};
use serde_json::Value;

const DATA: &str = "/var/lib/onterms";
const USER: u64 = 10001;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The documents of a YAML file.
fn yaml(name: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn defaults() -> Settings {
    Settings::load(Sources {
        environment: Some(Vec::new()),
        ..Sources::default()
    })
    .expect("the defaults fit")
}

/// The lines of a Dockerfile that begin with a word, without it.
fn instructions(word: &str) -> Vec<String> {
    let text = read("Dockerfile").replace("\\\n", " ");
    let lines = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(word));
    lines.map(|rest| rest.trim().to_owned()).collect()
}

fn texts(list: &Value) -> Vec<&str> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}

#[test]
fn every_variable_that_a_file_names_is_a_setting() {
    let keys: BTreeSet<String> = keys().into_iter().collect();
    let mut seen = 0;
    for file in [
        "Dockerfile",
        "docker-compose.yml",
        "deploy/kubernetes.yaml",
        "deploy/onterms.service",
        "README.md",
        "docs/operating.md",
        "docs/alerts.yml",
        "config/default.toml",
    ] {
        let text = read(file);
        for rest in text.split("ONTERMS__").skip(1) {
            let is_part = |c: &char| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_';
            let name: String = rest.chars().take_while(is_part).collect();
            if name.is_empty() {
                continue;
            }
            seen += 1;
            let key = name.to_ascii_lowercase().replace("__", ".");
            assert!(keys.contains(&key), "{file} names ONTERMS__{name}");
        }
    }
    assert!(seen > 20);
}

#[test]
fn the_image_runs_as_a_numbered_user_with_a_volume_a_health_check_and_both_ports() {
    let settings = defaults();
    assert_eq!(instructions("USER "), [format!("{USER}:{USER}")]);
    assert_eq!(instructions("VOLUME "), [DATA]);
    assert_eq!(
        instructions("WORKDIR ").last().map(String::as_str),
        Some(DATA)
    );
    let ports = format!("{} {}", settings.server.port, settings.metrics.port);
    assert_eq!(instructions("EXPOSE "), [ports]);
    let checks = instructions("HEALTHCHECK ");
    assert!(
        checks.len() == 1 && checks[0].ends_with(r#"CMD ["onterms", "healthcheck"]"#),
        "{checks:?}"
    );
    let open = instructions("ENV ").join(" ");
    for listener in ["SERVER", "METRICS"] {
        assert!(
            open.contains(&format!("ONTERMS__{listener}__HOST=0.0.0.0")),
            "{open}"
        );
    }
    // A relative path below the volume.
    assert!(settings.database.url.expose().starts_with("./"));
}

#[test]
fn the_layer_of_dependencies_has_a_stand_in_for_every_target() {
    let manifest = read("Cargo.toml");
    let dockerfile = read("Dockerfile");
    let (before, _) = dockerfile.split_once("COPY . .").expect("the sources");
    let benches = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \""));
    let mut targets: Vec<&str> = benches.map(|rest| rest.trim_end_matches('"')).collect();
    targets.extend([
        "src/main.rs",
        "src/lib.rs",
        "build.rs",
        "crates/apruve-sandbox/src/lib.rs",
        "crates/expressions/src/lib.rs",
        "crates/expressions/benches/expression.rs",
    ]);
    assert!(targets.len() > 4);
    for target in targets {
        assert!(before.contains(target), "{target}");
    }
}

#[test]
fn compose_keeps_its_data_restarts_and_offers_the_sandbox_apart() {
    let compose = &yaml("docker-compose.yml")[0];
    let services = compose["services"].as_object().expect("services");
    let server = defaults().server.port;
    for (name, service) in services {
        assert_eq!(service["restart"], "unless-stopped", "{name}");
        for volume in texts(&service["volumes"]) {
            let (source, target) = volume.split_once(':').expect("a volume");
            assert!(compose["volumes"].get(source).is_some(), "{name}: {source}");
            assert!(target == DATA || name == "database", "{name}: {target}");
        }
        for port in texts(&service["ports"]) {
            let inside: u16 = port
                .rsplit(':')
                .next()
                .and_then(|it| it.parse().ok())
                .expect("a port");
            let known = [server, defaults().metrics.port, 4711];
            assert!(known.contains(&inside), "{name}: {port}");
        }
    }
    let of_profile = |name: &&str| texts(&services[*name]["profiles"]) == ["sandbox"];
    let apart: Vec<&str> = services
        .keys()
        .map(String::as_str)
        .filter(of_profile)
        .collect();
    assert_eq!(apart.len(), 2, "{apart:?}");
    for name in ["replica-1", "replica-2", "try"] {
        let environment = services[name]["environment"]
            .as_object()
            .expect("variables");
        for secret in [
            "ONTERMS__AUTH__HS256_SECRET",
            "ONTERMS__SECRETS__MASTER_KEY",
        ] {
            assert!(environment.contains_key(secret), "{name}: {secret}");
        }
    }
}

#[test]
fn every_command_that_a_file_runs_is_one() {
    let compose = &yaml("docker-compose.yml")[0];
    let sandbox = texts(&compose["services"]["sandbox"]["command"]);
    for arguments in [&["serve"][..], &["healthcheck"], &sandbox] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onterms"));
        let ended = command.args(arguments).arg("--help").output();
        assert!(ended.expect("it runs").status.success(), "{arguments:?}");
    }
}

/// The pods of the deployment.
fn pods() -> Value {
    let documents = yaml("deploy/kubernetes.yaml");
    let deployment = documents.iter().find(|it| it["kind"] == "Deployment");
    deployment.expect("a deployment")["spec"]["template"].clone()
}

#[test]
fn kubernetes_asks_addresses_and_ports_that_there_are() {
    let (template, settings) = (pods(), defaults());
    let pod = &template["spec"];
    let container = &pod["containers"][0];
    let document = serde_json::to_value(onterms::app::document()).expect("JSON");
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        let path = container[probe]["httpGet"]["path"].as_str().expect(probe);
        assert!(document["paths"].get(path).is_some(), "{probe}: {path}");
        assert_eq!(container[probe]["httpGet"]["port"], "http");
    }
    let port = |name: &str| {
        let ports = container["ports"].as_array().into_iter().flatten();
        let mut found = ports.filter(|it| it["name"] == name);
        found.next().map(|it| it["containerPort"].clone())
    };
    assert_eq!(port("http"), Some(settings.server.port.into()));
    assert_eq!(port("metrics"), Some(settings.metrics.port.into()));
    let annotated = &template["metadata"]["annotations"]["prometheus.io/port"];
    assert_eq!(*annotated, settings.metrics.port.to_string());
    let grace = pod["terminationGracePeriodSeconds"].as_u64();
    assert!(grace > Some(settings.server.shutdown_timeout.as_secs()));
}

#[test]
fn kubernetes_gives_the_pods_no_more_than_they_need() {
    let template = pods();
    let pod = &template["spec"];
    let container = &pod["containers"][0];
    assert_eq!(pod["enableServiceLinks"], false);
    assert_eq!(pod["automountServiceAccountToken"], false);
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["securityContext"]["runAsUser"], USER);
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(
        container["securityContext"]["allowPrivilegeEscalation"],
        false
    );
    let mounts = container["volumeMounts"].as_array().expect("mounts");
    assert!(mounts.iter().any(|it| it["mountPath"] == DATA));
    // Secrets come from the Secret, by keys that it has.
    let documents = yaml("deploy/kubernetes.yaml");
    let secret = documents
        .iter()
        .find(|it| it["kind"] == "Secret")
        .expect("a secret");
    let variables = container["env"].as_array().expect("variables");
    for name in [
        "DATABASE_URL",
        "ONTERMS__AUTH__HS256_SECRET",
        "ONTERMS__SECRETS__MASTER_KEY",
    ] {
        let variable = variables.iter().find(|it| it["name"] == name).expect(name);
        let reference = &variable["valueFrom"]["secretKeyRef"];
        assert_eq!(reference["name"], secret["metadata"]["name"]);
        let key = reference["key"].as_str().expect("a key");
        assert!(secret["stringData"].get(key).is_some(), "{name}: {key}");
    }
}

#[test]
fn the_unit_keeps_its_state_apart_and_is_hardened() {
    let unit = read("deploy/onterms.service");
    let has = |line: &str| unit.lines().any(|it| it == line);
    for line in [
        "ExecStart=/usr/local/bin/onterms serve",
        "DynamicUser=yes",
        "StateDirectory=onterms",
        "StateDirectoryMode=0700",
        "Restart=on-failure",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "CapabilityBoundingSet=",
    ] {
        assert!(has(line), "{line}");
    }
    assert!(has(&format!("WorkingDirectory={DATA}")));
    let stop = unit
        .lines()
        .find_map(|line| line.strip_prefix("TimeoutStopSec="));
    let stop: u64 = stop.and_then(|it| it.parse().ok()).expect("seconds");
    assert!(stop > defaults().server.shutdown_timeout.as_secs());
}
