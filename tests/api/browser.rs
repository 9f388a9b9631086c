//! A headless Chromium, driven as a person would drive it.
//!
//! Where there is no Chromium with its driver a test says so and passes, unless `ONTERMS_REQUIRE_CHROMIUM=1` says that there
//! must be one.

mod checks;

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::support::postgres::say;

/// Longer than anything here takes, even on a busy machine; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A page in a browser.
#[derive(Clone)]
pub struct Page(Client);

/// Opens a page, lets the story happen there, and closes the browser however the story ended.
pub async fn in_browser<Story>(url: &str, story: impl FnOnce(Page) -> Story)
where
    Story: Future<Output = ()> + 'static,
{
    let Some(driver) = Driver::start() else {
        let required = env::var("ONTERMS_REQUIRE_CHROMIUM").is_ok_and(|value| value == "1");
        assert!(
            !required,
            "ONTERMS_REQUIRE_CHROMIUM=1, but there is no chromedriver"
        );
        say("skipped: there is no chromedriver (Debian: apt-get install chromium-driver)");
        return;
    };
    let client = driver.browser().await;
    client.goto(url).await.expect("the page opens");
    // In a task of its own, so that a failure can be caught.
    let outcome = actix_web::rt::spawn(story(Page(client.clone()))).await;
    let closed = client.close().await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
    closed.expect("the browser closes");
}

/// The program that drives the browser.
struct Driver {
    program: Child,
    port: u16,
    /// Kept open: it would not like to write to a closed pipe.
    _output: BufReader<ChildStdout>,
    /// What the browser leaves lying about goes with it.
    _litter: tempfile::TempDir,
}

impl Driver {
    /// `None` where it is not installed. It comes with a Chromium.
    fn start() -> Option<Self> {
        let mut command = Command::new("chromedriver");
        let litter = tempfile::tempdir().expect("a folder");
        command.arg("--port=0").env("TMPDIR", litter.path());
        let started = command.stdout(Stdio::piped()).spawn();
        let mut program = started.ok()?;
        let mut output = BufReader::new(program.stdout.take().expect("a pipe"));
        let mut line = String::new();
        let port = loop {
            line.clear();
            let read = output.read_line(&mut line).expect("a line");
            assert!(read > 0, "the driver ends without a word");
            // "ChromeDriver was started successfully on port 4711."
            if let Some((_, rest)) = line.split_once("successfully on port ") {
                break rest
                    .trim_end()
                    .trim_end_matches('.')
                    .parse()
                    .expect("a port");
            }
        };
        Some(Driver {
            program,
            port,
            _output: output,
            _litter: litter,
        })
    }

    async fn browser(&self) -> Client {
        // The sandbox of Chromium itself does not work for root, which is who tests run as in containers.
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            // Amounts and times are shown as its reader writes them.
            "--lang=en-US",
        ];
        let capabilities = json!({ "goog:chromeOptions": { "args": arguments } });
        let capabilities = capabilities.as_object().expect("an object").clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let connected = builder
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await;
        connected.expect("a browser")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Where it is already gone there is nothing to end.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Page {
    /// Clicks what has this id, once it can be clicked.
    pub async fn click(&self, id: &str) {
        self.enabled(id).await.click().await.expect(id);
    }

    /// Types a text where another stood.
    pub async fn fill(&self, id: &str, text: &str) {
        let field = self.enabled(id).await;
        field.clear().await.expect(id);
        field.send_keys(text).await.expect(id);
    }

    /// Waits until what has this id says this.
    pub async fn shows(&self, id: &str, text: &str) {
        self.find(&format!("//*[@id='{id}'][normalize-space()='{text}']"))
            .await;
    }

    /// Waits until there is an element.
    pub async fn has(&self, id: &str) {
        self.find(&format!("//*[@id='{id}']")).await;
    }

    /// What an element says now.
    pub async fn text(&self, id: &str) -> String {
        let found = self.find(&format!("//*[@id='{id}']")).await;
        found.text().await.expect(id)
    }

    async fn enabled(&self, id: &str) -> Element {
        let path = format!(
            "//*[@id='{id}'][not(ancestor-or-self::*[@disabled or @aria-disabled='true' or @hidden])]"
        );
        self.find(&path).await
    }

    async fn find(&self, path: &str) -> Element {
        let waiting = self.0.wait().at_most(PATIENCE);
        match waiting.for_element(Locator::XPath(path)).await {
            Ok(element) => element,
            Err(error) => {
                let body = self.0.find(Locator::Css("body")).await.expect("a body");
                let shown = body.text().await.expect("a text");
                panic!("{path}: {error}; the page shows:\n{shown}");
            }
        }
    }
}
