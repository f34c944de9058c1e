//! A Chromium without a window, driven over WebDriver (W3C, 2018) through chromedriver: what a test does with a mouse, a
//! keyboard and its eyes.
//!
//! Invariants:
//! - Each browser has a profile of its own, which goes with it, and a port that the system chose.
//! - What a page must show is waited for, never slept for: [`Browser::sees`] looks until it is there, and tells what there
//!   was instead when its patience ends.
//! - A page that is wider than the window fails where its picture is taken.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a page may take to show what it must.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long between two looks.
const LOOK: Duration = Duration::from_millis(30);

/// The name of an element's reference in messages (WebDriver, 12.2).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",
    "--window-size=1280,900",
];

/// A program that is needed and is not there, if one is.
pub fn missing() -> Option<&'static str> {
    ["chromium", "chromedriver"].into_iter().find(|name| program(name).is_none())
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// A browser with one window of 1280 × 900.
pub struct Browser {
    driver: Child,
    client: Client,
    session: String,
    pictures: PathBuf,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one. Its pictures go to the folder `pictures`.
    pub fn start(pictures: &Path) -> Browser {
        std::fs::create_dir_all(pictures).unwrap();
        let profile = tempfile::tempdir().unwrap();
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let port = port.expect("chromedriver says on which port it listens");
        let client = Client::builder()
            .tls_backend_preconfigured(no_tls())
            .no_proxy()
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).into();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let wanted = json!({
            "acceptInsecureCerts": true,
            "goog:chromeOptions": { "binary": program("chromium"), "args": flags },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let session = format!("http://127.0.0.1:{port}/session");
        let mut browser = Browser { driver, client, session, pictures: pictures.into(), _profile: profile };
        let made = browser.call(Method::POST, "", &json!({ "capabilities": { "alwaysMatch": wanted } }));
        browser.session = format!("{}/{}", browser.session, made["sessionId"].as_str().unwrap());
        browser.call(Method::POST, "/window/rect", &json!({ "width": 1280, "height": 900 }));
        browser
    }

    /// Asks chromedriver for something; a fault is in its own words.
    fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Value, String> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.session));
        if method == Method::POST {
            request = request.body(body.to_string()).header("content-type", "application/json");
        }
        let bytes = request.send().and_then(Response::bytes).map_err(|fault| fault.to_string())?;
        let mut answer: Value = serde_json::from_slice(&bytes).map_err(|fault| fault.to_string())?;
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(error) => Err(format!("{path} {body}: {error}: {}", value["message"])),
            None => Ok(value),
        }
    }

    fn call(&self, method: Method, path: &str, body: &Value) -> Value {
        self.ask(method, path, body).unwrap_or_else(|fault| panic!("{fault}"))
    }

    /// Goes to an address.
    pub fn open(&self, url: &str) {
        self.call(Method::POST, "/url", &json!({ "url": url }));
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.call(Method::POST, "/refresh", &json!({}));
    }

    /// The page's address.
    pub fn url(&self) -> String {
        self.call(Method::GET, "/url", &Value::Null).as_str().unwrap().to_owned()
    }

    /// Runs a script in the page.
    pub fn run(&self, script: &str) -> Value {
        self.call(Method::POST, "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Everything that a style sheet's selector names, as references.
    fn all(&self, css: &str) -> Result<Vec<String>, String> {
        let found = self.ask(Method::POST, "/elements", &json!({ "using": "css selector", "value": css }))?;
        let references = found.as_array().into_iter().flatten().filter_map(|one| one[ELEMENT].as_str());
        Ok(references.map(str::to_owned).collect())
    }

    /// The texts of what a selector names, as a reader sees them; a page that is just being replaced has none.
    fn texts(&self, css: &str) -> Vec<String> {
        let text = |one: String| {
            let text = self.ask(Method::GET, &format!("/element/{one}/text"), &Value::Null)?;
            Ok::<String, String>(text.as_str().unwrap_or_default().to_owned())
        };
        let texts = self.all(css).and_then(|all| all.into_iter().map(text).collect());
        texts.unwrap_or_default()
    }

    /// Looks until one of what a selector names shows these words.
    pub fn sees(&self, css: &str, words: &str) {
        let begun = Instant::now();
        while !self.texts(css).iter().any(|text| text.contains(words)) {
            self.waits(begun, &format!("“{words}” in {css}"));
        }
    }

    /// Looks until as many things are there as said.
    pub fn counts(&self, css: &str, count: usize) {
        let begun = Instant::now();
        while self.all(css).map_or(true, |all| all.len() != count) {
            self.waits(begun, &format!("{count} of {css}"));
        }
    }

    /// Waits for the next look, or says what is not there.
    fn waits(&self, begun: Instant, what: &str) {
        assert!(begun.elapsed() < PATIENCE, "no {what} at {}: {:?}", self.url(), self.texts("body"));
        std::thread::sleep(LOOK);
    }

    /// Waits for the one thing that a selector names, and does something to it.
    fn at(&self, css: &str, what: &str, body: &Value) {
        self.counts(css, 1);
        let all = self.all(css).unwrap();
        let [one] = all.as_slice() else { panic!("{css} names {} things", all.len()) };
        self.call(Method::POST, &format!("/element/{one}/{what}"), body);
    }

    /// Clicks.
    pub fn click(&self, css: &str) {
        self.at(css, "click", &json!({}));
    }

    /// Types into a field; a field for a file takes the file's path.
    pub fn fill(&self, css: &str, text: &str) {
        self.at(css, "value", &json!({ "text": text }));
    }

    /// The cookie with this name.
    pub fn cookie(&self, name: &str) -> Option<Value> {
        let all = self.call(Method::GET, "/cookie", &Value::Null);
        all.as_array().unwrap().iter().find(|cookie| cookie["name"] == name).cloned()
    }

    /// What the browser complained of since it was last asked: scripts, styles, the page's own policy.
    pub fn complaints(&self) -> Vec<String> {
        let all = self.call(Method::POST, "/se/log", &json!({ "type": "browser" }));
        let bad = all.as_array().unwrap().iter().filter(|one| one["level"] == "SEVERE");
        bad.map(|one| one["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Takes a picture of what is in the window; the name is without its ending.
    pub fn picture(&self, name: &str) {
        let picture = self.call(Method::GET, "/screenshot", &Value::Null);
        let picture = BASE64_STANDARD.decode(picture.as_str().unwrap()).unwrap();
        std::fs::write(self.pictures.join(format!("{name}.png")), picture).unwrap();
        let width = self.run("return [document.documentElement.scrollWidth, window.innerWidth]");
        assert!(width[0].as_u64() <= width[1].as_u64(), "{name} is wider than the window: {width}");
    }
}

impl Drop for Browser {
    /// Ends the browser, and then what drives it.
    fn drop(&mut self) {
        let _ = self.ask(Method::DELETE, "", &Value::Null);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// For a client that calls this machine alone, without TLS.
fn no_tls() -> rustls::ClientConfig {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}
