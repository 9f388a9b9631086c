//! The commands of the README and of docs/operating.md, run as a stranger runs them: in bash, against real processes.
//!
//! A block is run that has a name behind its language, such as "sh walk". Only ports are changed, so that many can run at once.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use crate::process::Workspace;

/// The blocks of a file with a name, one after the other.
fn blocks(file: &str, name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(path).expect(file);
    let opening = format!("```sh {name}\n");
    let blocks = text.split(&opening).skip(1);
    let blocks: Vec<&str> = blocks
        .filter_map(|rest| Some(rest.split_once("```")?.0))
        .collect();
    assert!(!blocks.is_empty(), "{file} has no block `{name}`");
    blocks.join("\n")
}

/// A wait in a document that never ends is a failure, and not a test that hangs.
const BOUNDED: [&str; 4] = ["timeout", "--signal=INT", "120", "bash"];

/// Whether the programs that the commands need are there. Where `ONTERMS_REQUIRE_README=1`, they must be.
fn has_programs() -> bool {
    let missing = ["bash", "curl", "jq", "sqlite3"]
        .into_iter()
        .find(|program| {
            let ran = Command::new(program)
                .arg("--version")
                .stdout(Stdio::null())
                .status();
            !ran.is_ok_and(|status| status.success())
        });
    let required = std::env::var_os("ONTERMS_REQUIRE_README").is_some_and(|it| it == "1");
    assert!(!required || missing.is_none(), "{missing:?} is required");
    if let Some(missing) = missing {
        eprintln!("skipped: there is no {missing} here");
    }
    missing.is_none()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// A folder like a checkout of the repository, with ports of its own for what the documents call 8080, 4711 and 9464.
struct Reader {
    place: Workspace,
    service: u16,
    sandbox: u16,
}

/// A command that keeps running, ended with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Ends it as a terminal does, and waits until it has.
    fn stop(mut self) {
        let pid = self.0.id().to_string();
        let status = Command::new("kill").args(["-INT", &pid]).status();
        assert!(status.expect("kill").success());
        self.0.wait().expect("an end");
    }
}

impl Reader {
    fn new() -> Self {
        let service = free_port();
        let place = Workspace::new().with("ONTERMS__SERVER__PORT", &service.to_string());
        let carts = place.path().join("examples/carts");
        fs::create_dir_all(&carts).expect("a folder");
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/carts");
        for cart in fs::read_dir(examples).expect("carts") {
            let cart = cart.expect("a cart");
            fs::copy(cart.path(), carts.join(cart.file_name())).expect("a copy");
        }
        Reader {
            place,
            service,
            sandbox: free_port(),
        }
    }

    /// A script in this reader's folder and with its ports, with `onterms` on the path.
    fn bash(&self, runner: &[&str], script: &str) -> Command {
        let script = script
            .replace(":8080", &format!(":{}", self.service))
            .replace("4711", &self.sandbox.to_string());
        let program = Path::new(env!("CARGO_BIN_EXE_onterms"));
        let folder = program.parent().expect("a folder").display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = self.place.shell(runner[0]);
        command
            .args(&runner[1..])
            .args(["-euo", "pipefail", "-c", &script])
            .env("PATH", format!("{folder}:{path}"));
        command
    }

    /// Runs the blocks to their end.
    fn run(&self, file: &str, name: &str) -> String {
        self.finish(&blocks(file, name))
    }

    fn finish(&self, script: &str) -> String {
        let Output {
            status,
            stdout,
            stderr,
        } = self.bash(&BOUNDED, script).output().expect("bash");
        let (out, err) = (
            String::from_utf8_lossy(&stdout),
            String::from_utf8_lossy(&stderr),
        );
        assert!(status.success(), "{script}\n{status}\n{out}\n{err}");
        out.into_owned()
    }

    /// Starts the block, a single command, and waits until its port answers.
    fn start(&self, name: &str, port: u16) -> Running {
        let script = format!("exec {}", blocks("README.md", name).trim());
        let mut command = self.bash(&["bash"], &script);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut running = Running(child.expect("bash"));
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = running.0.try_wait().expect("a state");
            assert_eq!(ended, None, "`{name}` ended");
            std::thread::yield_now();
        }
        running
    }
}

#[test]
fn the_first_walk_ends_with_a_reason() {
    if !has_programs() {
        return;
    }
    let reader = Reader::new();
    let _service = reader.start("service", reader.service);
    let out = reader.run("README.md", "first-walk");
    assert!(
        out.contains("total <= 1000 is false: total is 1290.50"),
        "{out}"
    );
    let analysis = out.rfind("{\"revision\":").map(|start| &out[start..]);
    let analysis = analysis.unwrap_or_else(|| panic!("no analysis: {out}"));
    for found in [
        "never_true",
        "shadowed",
        "\"incomplete\":false",
        "\"witness\":",
    ] {
        assert!(analysis.contains(found), "{found}: {analysis}");
    }
}

#[test]
fn the_walk_of_rules_refuses_a_change_and_looks_back() {
    if !has_programs() {
        return;
    }
    let reader = Reader::new();
    let _service = reader.start("service", reader.service);
    let out = reader.run("README.md", "rules-walk");
    for part in [
        "passes now and would fail",
        "total <= 50 is false: total is 90.00",
        "{\"then\":[\"Pay by check\"]}\n{\"now\":[]}\n",
        "FAIL  Small orders may pay by check\n",
        "the tests fail\n",
    ] {
        assert!(out.contains(part), "no `{part}` in {out}");
    }
}

#[test]
fn the_walk_of_an_administrator_sees_what_a_change_will_do_before_it_is_live() {
    if !has_programs() {
        return;
    }
    let reader = Reader::new();
    let _service = reader.start("recording-service", reader.service);
    let out = reader.run("README.md", "what-if-walk");
    for part in [
        "[\"never_true\",",
        "{\"warnings\":null}\n",
        "{\"name\":\"Check\",\"lost\":2,\"amounts\":[{\"currency\":\"USD\",\"amount\":\"1620.50\"}]}\n",
        "{\"currency\":\"USD\",\"total\":640.5",
        "{\"expression\":\"total <= 500\"}\n",
        "[\"me\",\"delete\"]\n",
        "{\"before\":[\"Pay by check\"]}\n",
    ] {
        assert!(out.contains(part), "no `{part}` in {out}");
    }
}

#[test]
fn the_walk_with_the_sandbox_leads_from_the_cart_to_the_money_and_through_a_backup() {
    if !has_programs() {
        return;
    }
    let reader = Reader::new();
    let _sandbox = reader.start("sandbox", reader.sandbox);
    let service = reader.start("service", reader.service);
    let out = reader.run("README.md", "walk");
    assert!(out.contains("\nauthorized\n"), "{out}");
    assert!(
        out.contains("\"status\": \"paid\"") && out.contains("\"captured\": \"640.50\""),
        "{out}"
    );
    assert!(out.contains(" payment.paid SO-1\n"), "{out}");
    assert!(
        out.contains("rowType,asOf,bookedAt,transactionId,"),
        "{out}"
    );
    assert!(
        out.contains(",providerReceivable,1210,USD,640.50,0.00,"),
        "{out}"
    );
    let totals = out
        .lines()
        .filter(|line| line.starts_with("total,"))
        .count();
    assert_eq!(totals, 4, "cash, fees, revenue and what Apruve owed: {out}");

    reader.run("docs/operating.md", "backup");
    service.stop();
    let out = reader.run("docs/operating.md", "restore");
    assert!(out.contains('1'), "one payment is verified: {out}");
    let _again = reader.start("service", reader.service);
    let listed = reader.finish(
        "curl -sf http://127.0.0.1:8080/v1/payments -H \"Authorization: Bearer $(onterms token --role storefront --sub s)\"",
    );
    assert!(listed.contains("\"status\":\"paid\""), "{listed}");
}
