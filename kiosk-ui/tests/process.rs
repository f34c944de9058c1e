//! The program as a process: it follows a station, outlives it, and stays small.

#![allow(clippy::unwrap_used, clippy::panic)]

use desk::View;
use desk::ipc::{Frame, encode};
use desk::view::Lang;
use kiosk_ui::gallery;
use std::io::Write;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// How long anything here may take.
const LONG: Duration = Duration::from_secs(30);

/// The program, ended with the test.
struct Screen(Child);

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(socket: &Path, frames: &Path) -> Screen {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oqyrman-screen"));
    command.args(["run", "--headless", "--socket"]).arg(socket).arg("--out").arg(frames);
    Screen(command.spawn().unwrap())
}

fn send(stream: &mut UnixStream, number: u64, view: View) {
    stream.write_all(&encode(&Frame { number, view }).unwrap()).unwrap();
}

/// Waits until there are so many pictures whose names end so.
fn wait_for(frames: &Path, end: &str, count: usize) {
    let deadline = Instant::now() + LONG;
    let there = || {
        let names = std::fs::read_dir(frames).into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.filter(|name| name.to_string_lossy().ends_with(end)).count()
    };
    while there() < count {
        assert!(Instant::now() < deadline, "{} pictures …{end}, not {count}", there());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn it_outlives_its_station_and_shows_nothing_of_the_visit_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let (socket, frames) = (dir.path().join("screen.sock"), dir.path().join("frames"));
    let screen = start(&socket, &frames);
    wait_for(&frames, "0001-out-of-order-kk.png", 1);

    let station = UnixListener::bind(&socket).unwrap();
    let (mut stream, _) = station.accept().unwrap();
    send(&mut stream, 1, View { lang: Lang::Ru, ..gallery::sample("visit-full").unwrap() });
    wait_for(&frames, "-visit-ru.png", 1);

    drop((stream, station));
    std::fs::remove_file(&socket).unwrap();
    wait_for(&frames, "-out-of-order-kk.png", 2);

    let station = UnixListener::bind(&socket).unwrap();
    let (mut stream, _) = station.accept().unwrap();
    send(&mut stream, 1, gallery::sample("idle").unwrap());
    wait_for(&frames, "-idle-kk.png", 1);
    let rss_kb = rss_kb(&screen.0);
    assert!(rss_kb <= 90_000, "{rss_kb} kB");
}

fn rss_kb(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_panel_that_is_too_small_is_refused_in_words() {
    let output = Command::new(env!("CARGO_BIN_EXE_oqyrman-screen"))
        .args(["run", "--headless", "--socket", "/nowhere", "--size", "800x480", "--px-per-mm", "5.2"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("the panel is 154 × 92 mm"));
}

#[test]
fn without_a_display_a_window_is_refused_with_what_to_do() {
    let output = Command::new(env!("CARGO_BIN_EXE_oqyrman-screen"))
        .args(["run", "--socket", "/nowhere"])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("--headless"), "{said}");
}
