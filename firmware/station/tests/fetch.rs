//! An update from a web server: over a line that falls nothing comes twice, and nothing is kept that the key has not signed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

#[path = "../../../sync/links/tests/common/server.rs"]
#[allow(dead_code, reason = "the link's own tests use more of it")]
mod server;
#[path = "support/site.rs"]
mod site;
mod support;

use links::LinkFault;
use links::Reached;
use links::https::FileFault;
use rustls::version::TLS13;
use server::{Ca, Seen, Server, Stream, reply, send};
use site::Site;
use station::update::{
    FileEntry, Fit, Installer, Source, UpdateFault, Version, Waiter, apply, arch, fetch, forget,
};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Serves the files of a folder, with ranges, and lets the first answers to a package be cut short.
fn serve(dir: PathBuf, cuts: u32) -> (Ca, Server) {
    let ca = Ca::new("Updates");
    let cuts = AtomicU32::new(cuts);
    let answer = move |stream: &mut Stream, seen: &Seen| {
        let path = seen.head[0].split(' ').nth(1).unwrap().trim_start_matches('/').to_owned();
        let Ok(bytes) = std::fs::read(dir.join(path.split('/').nth(1).unwrap())) else {
            return reply(stream, "404 Not Found", b"no such file");
        };
        let range = seen
            .head
            .iter()
            .find_map(|line| line.to_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
        let from: usize = range.map_or(0, |range| range.trim_end_matches('-').parse().unwrap());
        let status = if from > 0 {
            format!("206 Partial Content\r\ncontent-range: bytes {from}-{}/{}", bytes.len() - 1, bytes.len())
        } else {
            "200 OK".to_owned()
        };
        let rest = &bytes[from..];
        let cut = path.ends_with(".deb")
            && cuts.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        if !cut {
            return reply(stream, &status, rest);
        }
        send(stream, format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", rest.len()).as_bytes());
        send(stream, &rest[..rest.len() / 2]);
        false
    };
    let server = Server::start(&ca.leaf("localhost", (2020, 2100)), &[&TLS13], answer);
    (ca, server)
}

/// A station whose region is the server.
fn site_of(cuts: u32) -> (Site, Server, PathBuf) {
    let site = Site::new();
    let dir = site.update("0.2.0", |_| {});
    let (ca, server) = serve(dir.clone(), cuts);
    std::fs::write(site.path("ca.pem"), ca.pem()).unwrap();
    let config = std::fs::read_to_string(&site.station.config).unwrap();
    let region =
        format!("[region]\nurl = \"https://localhost:{}\"\nca = \"ca.pem\"\n", server.address.port());
    std::fs::write(&site.station.config, config + &region).unwrap();
    (site, server, dir)
}

fn deb() -> String {
    format!("oqyrman_0.2.0_{}.deb", arch())
}

/// What was asked for, by file and range.
fn asked(server: &Server) -> Vec<String> {
    let log = server.log.lock().unwrap();
    let one = |seen: &Seen| {
        let file = seen.head[0].split(' ').nth(1).unwrap().rsplit('/').next().unwrap().to_owned();
        let range = seen.head.iter().find(|line| line.to_lowercase().starts_with("range:"));
        range.map_or(file.clone(), |range| format!("{file} {}", range.split('=').nth(1).unwrap()))
    };
    log.requests.iter().map(one).collect()
}

#[test]
fn a_station_fetches_what_is_signed_and_goes_on_where_the_line_fell() {
    let (site, server, _) = site_of(1);
    let address = format!("https://localhost:{}/oqyrman-0.2.0", server.address.port());
    let told = site.good("check", Some(&address), "0.1.0");
    assert!(told.contains("Version 0.2.0") && told.contains("can be installed"), "{told}");
    assert!(!site.path("keep").exists(), "looking keeps nothing");
    let output = site.run("apply", Some(&address), "0.1.0");
    let (told, on_the_way) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("Version 0.2.0 is installed"), "{told}{on_the_way}");
    assert!(on_the_way.contains("the connection broke off; it is tried again in 2 s"), "{on_the_way}");
    assert!(on_the_way.contains(&format!("{}: 0.0 of 0.0 MB", deb())), "{on_the_way}");
    let half = (format!("the package {}", deb()).len()) / 2;
    let manifest = ["manifest.json".to_owned(), "manifest.sig".to_owned()];
    let packages = [deb(), format!("{} {half}-", deb())];
    assert_eq!(asked(&server), [&manifest[..], &manifest, &packages].concat(), "and no package of a hub");
    assert!(site.calls()[0].contains(&deb()));
    assert!(!site.path("keep/fetched").exists(), "it is kept once");
    // Once more: a timer that asks every day changes nothing.
    let told = site.good("apply", Some(&address), "0.2.0");
    assert!(told.contains("installed already"), "{told}");
    assert_eq!(asked(&server).len(), 8, "the manifest is enough to know");
}

#[test]
fn what_cannot_be_fetched_is_told_in_words_and_changes_nothing() {
    let (site, server, dir) = site_of(0);
    let address = format!("https://localhost:{}/oqyrman-0.2.0", server.address.port());
    let refused = |address: &str, words: &str| {
        let told = site.refused("apply", Some(address), "0.1.0");
        assert!(told.contains(words), "{words}: {told}");
    };
    refused("http://localhost/oqyrman-0.2.0", "only https:// addresses");
    refused("https://localhost/?version=2", "it should look like https://");
    // Another machine than the region's: only the web's authorities are trusted there.
    refused(&address.replace("localhost", "127.0.0.1"), "signed by nobody this station trusts");
    // Other bytes of the same length than those that were signed: they are not kept for a next time.
    let package = std::fs::read(dir.join(deb())).unwrap();
    std::fs::write(dir.join(deb()), vec![b'x'; package.len()]).unwrap();
    refused(&address, "its bytes are not those that were signed");
    assert!(!site.path("keep/fetched").join(deb()).exists());
    std::fs::write(dir.join(deb()), [&package[..], b"more"].concat()).unwrap();
    refused(&address, "longer than the manifest says");
    std::fs::remove_file(dir.join(deb())).unwrap();
    refused(&address, "missing there (HTTP status 404)");
    std::fs::write(dir.join("manifest.sig"), "0".repeat(128)).unwrap();
    refused(&address, "not signed by the key");
    std::fs::remove_file(dir.join("manifest.json")).unwrap();
    refused(&address, "there is no update there");
}

/// A folder behind a line on which each answer to a package ends after so many bytes; `None` = it does not begin.
struct Falling {
    dir: PathBuf,
    answers: VecDeque<Option<usize>>,
    asked_from: Vec<u64>,
}

const TORN: LinkFault = LinkFault::Torn { reached: Reached::Answer };

impl Source for Falling {
    fn whole(&mut self, name: &str, _most: usize) -> Result<Vec<u8>, LinkFault> {
        std::fs::read(self.dir.join(name)).map_err(|_| LinkFault::Status(404))
    }

    fn rest(
        &mut self,
        name: &str,
        from: u64,
        len: u64,
        keep: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), FileFault> {
        self.asked_from.push(from);
        let most = self.answers.pop_front().unwrap().ok_or(TORN)?;
        let bytes = std::fs::read(self.dir.join(name)).unwrap();
        let rest = &bytes[usize::try_from(from).unwrap()..];
        let some = &rest[..most.min(rest.len())];
        keep(some).map_err(FileFault::Keep)?;
        if from + some.len() as u64 == len { Ok(()) } else { Err(TORN.into()) }
    }
}

#[derive(Default)]
struct Pauses(Vec<u64>);

impl Waiter for Pauses {
    fn has(&mut self, _file: &FileEntry, _bytes: u64) {}
    fn pauses(&mut self, _fault: &LinkFault, pause: Duration) {
        self.0.push(pause.as_secs());
    }
}

fn installer(site: &Site) -> Installer {
    let version = Version::read("0.1.0").unwrap();
    let (dpkg, keep) = (site.path("dpkg"), site.path("keep"));
    Installer { dpkg, keep, installed: version, key: Some(site.key.public()) }
}

fn falling(dir: &Path, answers: impl IntoIterator<Item = Option<usize>>) -> Falling {
    Falling { dir: dir.to_owned(), answers: answers.into_iter().collect(), asked_from: Vec::new() }
}

#[test]
fn it_is_patient_as_long_as_bytes_come_and_gives_up_when_none_do() {
    let site = Site::new();
    let (dir, installer) = (site.update("0.2.0", |_| {}), installer(&site));
    let mut pauses = Pauses::default();
    let mut line = falling(&dir, [Some(3), None, None, Some(4), None, None, None, None]);
    let fault = fetch(&mut line, "https://u.kz/a", &installer, &mut pauses).unwrap_err();
    assert!(matches!(fault, UpdateFault::NotFetched { .. }), "{fault}");
    assert_eq!(line.asked_from, [0, 3, 3, 3, 7, 7, 7, 7]);
    assert_eq!(pauses.0, [2, 4, 8, 2, 4, 8, 16], "each byte earns new patience");
    // The next call goes on, also after the machine was cut off.
    let mut line = falling(&dir, [Some(1), Some(1_000)]);
    let (there, fit) = fetch(&mut line, "https://u.kz/a", &installer, &mut pauses).unwrap();
    assert_eq!((line.asked_from, fit), (vec![7, 8], Fit::Newer));
    let mut station = Free;
    assert!(apply(&there, &installer, &mut station).unwrap().is_some());
    forget(&installer).unwrap();
    assert!(!there.exists());
}

#[test]
fn what_was_begun_of_another_version_is_thrown_away() {
    let site = Site::new();
    let (two, three) = (site.update("0.2.0", |_| {}), site.update("0.3.0", |_| {}));
    let installer = installer(&site);
    let mut pauses = Pauses::default();
    let tries = [Some(3), None, None, None, None];
    fetch(&mut falling(&two, tries), "https://u.kz/a", &installer, &mut pauses).unwrap_err();
    let mut line = falling(&three, [Some(1_000)]);
    let (there, _) = fetch(&mut line, "https://u.kz/a", &installer, &mut pauses).unwrap();
    assert_eq!(line.asked_from, [0]);
    assert!(!there.join(deb()).exists());
    // An older one costs its manifest.
    let installer = Installer { installed: Version::read("0.4.0").unwrap(), ..installer };
    let mut line = falling(&two, []);
    let fault = fetch(&mut line, "https://u.kz/a", &installer, &mut pauses).unwrap_err();
    assert!(matches!(fault, UpdateFault::Older { .. }), "{fault}");
}

/// Nobody is at the desk.
struct Free;

impl station::update::Standstill for Free {
    fn begin(&mut self) -> Result<(), UpdateFault> {
        Ok(())
    }
    fn end(&mut self) {}
}
