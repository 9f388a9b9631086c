//! Runs `onterms` in a folder of its own, with nothing of this process's environment that it would read.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything here takes, even on a busy machine; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A working directory, its environment, and the commands run in it.
#[derive(Clone)]
pub struct Workspace {
    folder: Arc<TempDir>,
    environment: Vec<(String, String)>,
}

impl Workspace {
    /// An empty folder. What is served there listens on free ports.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Workspace {
            folder: Arc::new(folder),
            environment: Vec::new(),
        };
        place
            .with("ONTERMS__SERVER__PORT", "0")
            .with("ONTERMS__METRICS__PORT", "0")
            .with("ONTERMS__SERVER__WORKERS", "1")
    }

    /// The same with this in the environment.
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut place = self.without(name);
        place.environment.push((name.to_owned(), value.to_owned()));
        place
    }

    /// The same without it.
    pub fn without(mut self, name: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self
    }

    /// Keys as somebody configures them who does not want them made.
    pub fn with_keys(self) -> Self {
        let master = format!("base64:{}=", "A".repeat(43));
        self.with(
            "ONTERMS__AUTH__HS256_SECRET",
            "a secret of the tests, 32 bytes long",
        )
        .with("ONTERMS__SECRETS__MASTER_KEY", &master)
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).expect("a file");
    }

    /// What lies in the folder, sorted.
    pub fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).expect("the folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort_unstable();
        names
    }

    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = self.shell(env!("CARGO_BIN_EXE_onterms"));
        command.args(arguments);
        command
    }

    /// Any program in this folder and environment.
    pub fn shell(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env_clear()
            .env("TMPDIR", self.path())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs a command that ends by itself.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::from(self.command(arguments).output().expect("the program"))
    }

    /// Starts `serve` and waits until it listens.
    pub fn serve(&self, arguments: &[&str]) -> Served {
        let arguments = [&["serve"], arguments].concat();
        let mut child = self
            .command(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        let log = Log::follow(child.stderr.take().expect("a pipe"));
        let mut served = Served {
            child,
            log,
            address: String::new(),
            client: Client::builder().no_proxy().build().expect("a client"),
        };
        served.address = served.wait_for_line("listening")["address"]
            .as_str()
            .expect("an address")
            .to_owned();
        served
    }

    /// A token as a script takes it.
    pub fn token(&self, role: &str) -> String {
        let ended = self.run(&["token", "--role", role, "--sub", "tests"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.out.trim_end().to_owned()
    }
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Ended {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Ended {
    /// The one sentence of a command that failed, after what it may have logged.
    #[track_caller]
    pub fn refusal(&self) -> &str {
        assert_eq!(self.code, Some(1), "{self:?}");
        let is_log = |line: &&str| line.starts_with('{');
        let sentences: Vec<&str> = self.err.lines().filter(|line| !is_log(line)).collect();
        let [sentence] = sentences[..] else {
            panic!("not one sentence: {self:?}");
        };
        sentence
    }
}

/// A service that listens. It is killed when the test forgets it.
pub struct Served {
    child: Child,
    log: Log,
    pub address: String,
    client: Client,
}

impl Served {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("http://{}{path}", self.address))
    }

    pub async fn post(&self, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let request = self.request(Method::POST, path).bearer_auth(token);
        let response = request.json(body).send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("JSON"))
    }

    /// Resident memory of the process that is no copy of a file (`RssAnon` of proc_pid_status(5)).
    #[cfg(target_os = "linux")]
    pub fn anonymous_mb(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).expect("a process");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"));
        let kb = line.map(|line| line.trim().trim_end_matches(" kB"));
        kb.and_then(|kb| kb.parse::<u64>().ok()).expect("a number") / 1024
    }

    /// The first log line with this message, as JSON; waits for it.
    pub fn wait_for_line(&mut self, message: &str) -> Value {
        let found = self.log.wait_for(|line| {
            let line: Value = serde_json::from_str(line).ok()?;
            (line["message"] == message).then_some(line)
        });
        found.unwrap_or_else(|| panic!("no line says `{message}`:\n{}", self.log.text()))
    }

    /// Where `/metrics` is.
    pub fn metrics_address(&mut self) -> String {
        let line = self.wait_for_line("serving metrics");
        line["address"].as_str().expect("an address").to_owned()
    }

    pub async fn metrics(&mut self) -> String {
        let url = format!("http://{}/metrics", self.metrics_address());
        let response = self.client.get(url).send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        response.text().await.expect("a text")
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM, as a supervisor does.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Sends SIGKILL, of which the process notices nothing.
    pub fn kill(&self) {
        self.signal("-KILL");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(status.expect("kill").success());
    }

    /// Waits until the process has ended and everything it wrote is read.
    pub fn wait(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().expect("an end");
        self.log.finish();
        (status, self.log.text())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything a process writes to standard error, while it does.
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    news: mpsc::Receiver<()>,
    reader: Option<JoinHandle<()>>,
}

impl Log {
    fn follow(pipe: impl Read + Send + 'static) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (tell, news) = mpsc::channel();
        let kept = Arc::clone(&lines);
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                kept.lock().expect("no panic").push(line);
                // Nobody listens any more when the test is over.
                let _ = tell.send(());
            }
        });
        Log {
            lines,
            news,
            reader: Some(reader),
        }
    }

    /// What `find` makes of the first line it wants, or nothing when there is none in good time.
    fn wait_for<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        loop {
            let found = self
                .lines
                .lock()
                .expect("no panic")
                .iter()
                .find_map(|line| find(line));
            if found.is_some() {
                return found;
            }
            self.news.recv_timeout(PATIENCE).ok()?;
        }
    }

    fn finish(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.join().expect("no panic");
        }
    }

    fn text(&self) -> String {
        self.lines.lock().expect("no panic").join("\n")
    }
}
