//! What is looked at on a page beside its text: accessibility, width, focus, and how it looks.

use std::{fs, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use fantoccini::{key::Key, wd::WebDriverCompatibleCommand};
use reqwest::Url;
use serde_json::{Value, json};

use super::Page;

const AXE: &str = include_str!("../pages/vendor/axe-core/axe.min.js");
/// The width of a small telephone and of a laptop, and a height for each.
pub const WIDTHS: [(u32, u32); 2] = [(375, 812), (1440, 900)];

/// A command of the Chrome DevTools Protocol, which chromedriver passes on.
#[derive(Debug)]
struct DevTools(Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &Url,
        session: Option<&str>,
    ) -> Result<Url, <Url as std::str::FromStr>::Err> {
        let session = session.expect("a session");
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}

impl Page {
    async fn dev_tools(&self, command: &str, parameters: Value) -> Value {
        let command = DevTools(json!({ "cmd": command, "params": parameters }));
        let answer = self.0.issue_cmd(command).await;
        answer.expect("a command of the protocol")
    }

    /// The result of a script's `return`.
    pub async fn run(&self, script: &str) -> Value {
        self.0.execute(script, Vec::new()).await.expect(script)
    }

    /// Waits until a JavaScript expression is true.
    pub async fn holds(&self, expression: &str) {
        let script = format!("return Boolean({expression})");
        let begun = std::time::Instant::now();
        while self.run(&script).await != true {
            assert!(
                begun.elapsed() < super::PATIENCE,
                "{expression} never holds"
            );
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Loads the page again, as somebody does who has lost the thread.
    pub async fn reload(&self) {
        self.0.refresh().await.expect("the page loads again");
    }

    pub async fn goto(&self, url: &str) {
        self.0.goto(url).await.expect(url);
    }

    /// Presses keys where the focus is.
    pub async fn press(&self, key: Key) {
        let focused = self.0.active_element().await.expect("a focus");
        let text = char::from(key).to_string();
        focused.send_keys(&text).await.expect("a key");
    }

    /// Presses Tab until what has this id has the focus.
    pub async fn tab_to(&self, id: &str) {
        for _ in 0..60 {
            if self.focused().await == id {
                return;
            }
            self.press(Key::Tab).await;
        }
        panic!("Tab does not lead to {id}");
    }

    /// The id of what has the focus.
    pub async fn focused(&self) -> String {
        let id = self.run("return document.activeElement.id").await;
        id.as_str().unwrap_or_default().to_owned()
    }

    pub async fn resize(&self, (width, height): (u32, u32)) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.dev_tools("Emulation.setDeviceMetricsOverride", size)
            .await;
        // They take room on this machine and none on a telephone.
        self.dev_tools("Emulation.setScrollbarsHidden", json!({ "hidden": true }))
            .await;
    }

    /// Makes the browser prefer a colour scheme and less motion.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.dev_tools(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    /// The faults that axe finds and calls serious or critical. `context` is axe's, as JavaScript.
    pub async fn faults(&self, context: &str) -> Vec<String> {
        // The policy of a page does not apply to the driver.
        self.run(AXE).await;
        let script = format!(
            "const done = arguments[arguments.length - 1]; axe.run({context}).then((found) => done(found.violations), (error) => done([{{ impact: 'critical', id: String(error), nodes: [] }}]));"
        );
        let found = self.0.execute_async(&script, Vec::new()).await;
        let found = found.expect("axe ends");
        let found = found.as_array().expect("a list").iter();
        let is_serious = |it: &&Value| it["impact"] == "serious" || it["impact"] == "critical";
        found
            .filter(is_serious)
            .map(|it| {
                let node = &it["nodes"][0];
                format!("{}: {} {}", it["id"], node["html"], node["failureSummary"])
            })
            .collect()
    }

    /// Asserts for each width and colour scheme that the page has no serious fault and does not scroll sideways, and keeps a
    /// picture of it in the target directory.
    pub async fn looks_good(&self, name: &str) {
        self.looks_good_in(name, "document").await;
    }

    /// The same for a part of the page, which is `context` for axe.
    pub async fn looks_good_in(&self, name: &str, context: &str) {
        for size in WIDTHS {
            self.resize(size).await;
            for scheme in ["light", "dark"] {
                self.prefer(scheme).await;
                let place = format!("{name}-{}-{scheme}", size.0);
                self.keep_picture(&place).await;
                let faults = self.faults(context).await;
                assert_eq!(faults, Vec::<String>::new(), "{place}");
                let widths = "return [document.documentElement.scrollWidth, innerWidth]";
                let widths = self.run(widths).await;
                assert!(
                    widths[0].as_u64() <= widths[1].as_u64(),
                    "{place} scrolls sideways: {widths}"
                );
            }
        }
        self.prefer("light").await;
    }

    async fn keep_picture(&self, name: &str) {
        self.run("scrollTo(0, 0)").await;
        let parameters = json!({ "format": "png", "captureBeyondViewport": true });
        let picture = self.dev_tools("Page.captureScreenshot", parameters).await;
        let bytes = STANDARD.decode(picture["data"].as_str().expect("a picture"));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(format!("{name}.png")), bytes.expect("Base64")).expect("a file");
    }
}
