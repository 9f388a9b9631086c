//! `onterms sandbox`, as a process.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// Ends the process when a test ends, however it ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().expect("a process to end");
        self.0.wait().expect("its end");
    }
}

/// Starts the command and reads its first lines: (label, value).
fn introduced() -> (Process, Vec<String>) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_onterms"))
        .args(["sandbox", "--port", "0", "--seed", "5"])
        .stdout(Stdio::piped())
        .spawn()
        .map(Process)
        .expect("the command");
    let output = process.0.stdout.take().expect("its output");
    let lines = BufReader::new(output)
        .lines()
        .map(|line| line.expect("a line"));
    let mut read = Vec::new();
    for line in lines {
        let is_last = line == "-----END PUBLIC KEY-----";
        read.push(line);
        if is_last {
            break;
        }
    }
    (process, read)
}

fn value(lines: &[String], label: &str) -> String {
    let line = lines
        .iter()
        .find(|line| line.trim_start().starts_with(label));
    let words = line.expect(label).split_whitespace();
    words.last().expect("a value").to_owned()
}

#[actix_web::test]
async fn the_command_says_where_it_listens_and_what_opens_it() {
    let (_process, lines) = introduced();
    let origin = value(&lines, "The Apruve sandbox listens on");
    let merchant = value(&lines, "merchant id");
    let client = crate::support::client();
    let request = client.get(format!("{origin}/api/v4/merchants/{merchant}"));
    let answer = request
        .header("Apruve-Api-Key", value(&lines, "API key"))
        .send()
        .await;
    assert_eq!(answer.expect("an answer").status(), 200);
    let key = client
        .get(value(&lines, "public key"))
        .send()
        .await
        .expect("an answer");
    let served = key.text().await.expect("a key");
    assert!(lines.join("\n").ends_with(served.trim_end()), "{lines:?}");
}

#[test]
fn the_command_ends_in_order_at_a_stop_signal_right_after_it_is_ready() {
    for signal in ["-TERM", "-INT"] {
        let (mut process, _) = introduced();
        let id = process.0.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill").success());
        assert_eq!(process.0.wait().expect("its end").code(), Some(0));
    }
}

#[test]
fn a_file_that_does_not_fit_stops_the_command_with_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("faults.json");
    std::fs::write(&file, r#"{"calls": [{"effect": {"kind": "explode"}}]}"#).expect("a file");
    for (flag, path) in [
        ("--faults", file.clone()),
        ("--faults", folder.path().join("none.json")),
        ("--signing-key", folder.path().join("none.pem")),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_onterms"))
            .args(["sandbox", flag])
            .arg(&path)
            .output()
            .expect("the command");
        let said = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(&*path.to_string_lossy()), "{said}");
    }
}
