//! The real service in a process of its own, filled over its own API.
//!
//! `ONTERMS_BENCH_BEFORE` names another build of it, which is driven in turn with this one.

#[path = "counted.rs"]
pub mod counted;

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Which build runs, and how.
#[derive(Clone, Debug)]
pub struct Build {
    program: PathBuf,
    is_counted: bool,
}

impl Build {
    /// This one; under callgrind where instructions are counted.
    pub fn this() -> Self {
        Build {
            program: env!("CARGO_BIN_EXE_onterms").into(),
            is_counted: counted::is_wanted(),
        }
    }

    /// Another one to compare with.
    pub fn before() -> Option<Self> {
        let program = std::env::var_os("ONTERMS_BENCH_BEFORE")?;
        Some(Build {
            program: program.into(),
            ..Build::this()
        })
    }
}

pub struct Service {
    build: Build,
    child: Option<Child>,
    folder: TempDir,
    /// Where it keeps everything; without one it is a file in the folder.
    database: Option<String>,
    pub port: u16,
    pub token: String,
    /// What it is told beside that.
    environment: Vec<(&'static str, &'static str)>,
    /// The methods by their types.
    pub methods: Vec<(String, String)>,
}

impl Service {
    /// Starts it with three methods and these rules, in which `"apruve"`, `"payment_term"` and `"check_money_order"` stand
    /// for the ids of the methods.
    pub fn start(rules: &[Value]) -> Self {
        Self::start_on(None, rules)
    }

    /// The same on a database of its own.
    pub fn start_on(database: Option<String>, rules: &[Value]) -> Self {
        Self::start_as(database, rules, &nowhere())
    }

    /// As [`Service::start_on`], for any build.
    pub fn start_build(build: Build, database: Option<String>, rules: &[Value]) -> Self {
        Self::start_with(build, database, Vec::new(), rules, &nowhere())
    }

    /// The same with variables of its environment.
    #[allow(dead_code, reason = "only one bench needs it")]
    pub fn start_in(environment: Vec<(&'static str, &'static str)>, rules: &[Value]) -> Self {
        Self::start_with(Build::this(), None, environment, rules, &nowhere())
    }

    /// The same with an account of its own at the provider.
    pub fn start_as(database: Option<String>, rules: &[Value], account: &Value) -> Self {
        Self::start_with(Build::this(), database, Vec::new(), rules, account)
    }

    fn start_with(
        build: Build,
        database: Option<String>,
        environment: Vec<(&'static str, &'static str)>,
        rules: &[Value],
        account: &Value,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut service = Service {
            build,
            child: None,
            port: 0,
            token: String::new(),
            methods: Vec::new(),
            database,
            environment,
            folder,
        };
        service.restart();
        service.token = service.mint();
        let ids: Vec<(String, String)> = ["apruve", "payment_term", "check_money_order"]
            .iter()
            .map(|kind| ((*kind).to_owned(), service.create_method(kind, account)))
            .collect();
        service.methods = ids;
        for batch in rules.chunks(2000) {
            let body = service.named(batch);
            service.ask("/v1/payment-rules/import", &body);
        }
        service
    }

    /// A file of these rules with the ids of the methods.
    pub fn named(&self, rules: &[Value]) -> String {
        let mut text = Value::from(rules).to_string();
        for (kind, id) in &self.methods {
            text = text.replace(&format!("\"id\":\"{kind}\""), &format!("\"id\":\"{id}\""));
        }
        format!("{{\"version\":1,\"rules\":{text}}}")
    }

    /// Starts it on the database it had, and waits until it is ready.
    pub fn restart(&mut self) {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        self.port = free.local_addr().expect("an address").port();
        drop(free);
        let program = &self.build.program;
        let runner = match self.build.is_counted {
            true => counted::under_callgrind(program, self.folder.path()),
            false => Command::new(program),
        };
        let child = self
            .with_settings(runner)
            .args(["serve", "--port", &self.port.to_string()])
            .stderr(Stdio::null())
            .spawn()
            .expect("the service starts");
        self.child = Some(child);
        let started = Instant::now();
        while !self.is_ready() {
            assert!(
                started.elapsed() < Duration::from_secs(180),
                "the service does not get ready"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn with_settings(&self, mut command: Command) -> Command {
        command
            .current_dir(self.folder.path())
            .env("ONTERMS__SERVER__WORKERS", "2")
            .env("ONTERMS__METRICS__PORT", "0")
            .env("ONTERMS__RATE_LIMITS__ADMIN", "0")
            .env("ONTERMS__RATE_LIMITS__EXPLAIN", "0")
            .env(
                "ONTERMS__AUTH__HS256_SECRET",
                "a secret of the benches, 32 bytes long",
            )
            .env(
                "ONTERMS__SECRETS__MASTER_KEY",
                format!("base64:{}=", "A".repeat(43)),
            )
            .env_remove("DATABASE_URL");
        command.envs(self.environment.iter().copied());
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database);
        }
        command
    }

    fn is_ready(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok_and(|mut stream| {
            let asked = stream
                .write_all(b"GET /health/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            let mut text = String::new();
            asked.is_ok()
                && stream.read_to_string(&mut text).is_ok()
                && text.starts_with("HTTP/1.1 200")
        })
    }

    fn mint(&self) -> String {
        let output = self
            .with_settings(Command::new(&self.build.program))
            .args(["token", "--role", "admin", "--sub", "bench"])
            .output()
            .expect("a token");
        String::from_utf8(output.stdout)
            .expect("a text")
            .trim()
            .to_owned()
    }

    fn create_method(&self, kind: &str, account: &Value) -> String {
        let settings = match kind {
            "apruve" => account.clone(),
            "payment_term" => json!({ "instructions": "Net 30" }),
            _ => json!({ "payTo": "Acme", "sendTo": "1 Main Street" }),
        };
        let body = json!({ "type": kind, "name": kind, "label": { "default": kind }, "settings": settings });
        let answer: Value =
            serde_json::from_str(&self.ask("/v1/integrations", &body.to_string())).expect("JSON");
        answer["paymentMethodId"]
            .as_str()
            .unwrap_or_else(|| panic!("no method: {answer}"))
            .to_owned()
    }

    /// One POST on a connection of its own; returns the body of the answer.
    pub fn ask(&self, path: &str, body: &str) -> String {
        self.request("POST", path, "", body)
    }

    /// One request with more headers, as lines, on a connection of its own; returns the body of the answer.
    pub fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        )
        .expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        let (head, answer) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 2"), "{path}: {text}");
        answer.to_owned()
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Instructions of one of `count` operations; where they are counted.
    pub fn instructions(&self, count: usize, operate: impl Fn(usize)) -> f64 {
        counted::instructions(self.id(), self.folder.path(), count, operate)
    }

    /// Resident memory of the process.
    pub fn resident_mb(&self) -> f64 {
        self.status_mb("VmRSS:")
    }

    /// Resident memory of the process, with the part that is no copy of a file and so cannot be dropped and read again.
    pub fn memory(&self) -> String {
        let (all, own) = (self.resident_mb(), self.status_mb("RssAnon:"));
        format!("{all:.1} MB ({own:.1} its own)")
    }

    /// A line of proc_pid_status(5).
    fn status_mb(&self, name: &str) -> f64 {
        let id = self.id();
        let status =
            std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("status"))
                .unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or("0 kB");
        let kb: f64 = line
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .unwrap_or_default();
        kb / 1024.0
    }

    /// Processor time of the process until now.
    #[allow(dead_code, reason = "only one bench asks for it")]
    pub fn cpu_seconds(&self) -> f64 {
        let id = self.id();
        let stat = std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("stat"))
            .unwrap_or_default();
        // Behind the name, which may have blanks: the state is the third field, the two times the 14th and 15th.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let ticks: f64 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|it| it.parse::<f64>().ok())
            .sum();
        // Linux counts a hundred a second.
        ticks / 100.0
    }

    /// How often its threads have waited for something: another thread, the disk, the network.
    #[allow(dead_code, reason = "only one bench asks for it")]
    pub fn switches(&self) -> u64 {
        let tasks = Path::new("/proc").join(self.id().to_string()).join("task");
        let tasks = std::fs::read_dir(tasks).into_iter().flatten().flatten();
        let of = |task: std::fs::DirEntry| {
            let status = std::fs::read_to_string(task.path().join("status")).ok()?;
            let line = status
                .lines()
                .find_map(|it| it.strip_prefix("voluntary_ctxt_switches:"));
            line?.trim().parse::<u64>().ok()
        };
        tasks.filter_map(of).sum()
    }

    /// Ends the process.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The settings of an account at a provider that does not answer.
fn nowhere() -> Value {
    json!({ "merchantId": "9a9c3389fdc281b5c6c8d542a7e91ff6", "apiKey": "0123456789abcdef0123456789abcdef" })
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}
