//! The way in somebody's pocket, with the real programs: out on a stick, into the region, and back; twice, late,
//! half-written, of another station, mixed with the network: harmless.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and tells its figure"
)]

use desk::{Screen, StickState, Touch};
use exchange::Lang;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tests::demo::chance::Chance;
use tests::demo::day::{Region, open_station};
use tests::demo::parts::{Programs, ROLE_ENV, Station};
use tests::demo::school::School;
use tests::wire::autumn;

struct World {
    dir: tempfile::TempDir,
    programs: Programs,
    region: Region,
    school: School,
    home: PathBuf,
    stick: PathBuf,
}

/// A region and a station of it that has joined and is closed.
fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let programs = Programs::of(Path::new(env!("CARGO_BIN_EXE_demo")));
    let school = School::invent(&mut Chance::new(1));
    let mut region = Region::set_up(&programs, dir.path(), &school, |_| {}).unwrap();
    region.start().unwrap();
    let home = dir.path().join("hall");
    open_station(&region, &home, Lang::Kk, |_| {}).unwrap().close().unwrap();
    let stick = dir.path().join("stick");
    std::fs::create_dir(&stick).unwrap();
    World { dir, programs, region, school, home, stick }
}

impl World {
    fn run(&self, role: &str, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_demo")).env(ROLE_ENV, role).args(args).output().unwrap()
    }

    fn station(&self, what: &str) -> Output {
        let config = self.home.join("oqyrman.toml");
        let args =
            ["courier", what, self.stick.to_str().unwrap(), "--json", "--config", config.to_str().unwrap()];
        self.run("station", &args)
    }

    fn region_takes(&self) -> Output {
        let data = self.region.dir().to_str().unwrap();
        self.run("hub", &["courier", "take", data, self.stick.to_str().unwrap(), "--json"])
    }

    /// Writes `count` events of an autumn into the station's journal while it is closed.
    fn lend(&self, count: usize, seed: u64) {
        let (mut journal, _) = journal::Journal::open(&self.home.join("data"), 0).unwrap();
        autumn(&mut journal, &self.school, count, &mut Chance::new(seed)).unwrap();
    }

    fn waiting(&self) -> u64 {
        let (journal, _) = journal::Journal::open(&self.home.join("data"), 0).unwrap();
        journal.outbox().head.0 - journal.outbox().acked.0
    }

    fn stored(&self) -> u64 {
        self.region.counts().unwrap().0.events
    }

    fn bundles(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.stick.join("oqyrman")) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }
}

fn json(output: &Output) -> serde_json::Value {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&said)
        .unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn there_and_back_twice_late_and_mixed_with_the_network() {
    let mut world = world();
    world.region.kill().unwrap();
    let before = world.stored();
    world.lend(200, 5);
    let waiting = world.waiting();
    let written = json(&world.station("write"));
    assert_eq!(written["written"]["events"], waiting);
    let bundle = world.bundles().remove(0);
    let sealed = std::fs::read(&bundle).unwrap();
    let number = world.school.copies[0].number.as_bytes();
    assert!(!sealed.windows(number.len()).any(|window| window == number), "nothing is in clear");

    let taken = json(&world.region_takes());
    assert_eq!((taken["taken"].as_u64(), taken["refused"].as_u64()), (Some(1), Some(0)), "{taken}");
    assert_eq!(world.stored(), before + waiting);
    // The same stick once more.
    assert!(world.region_takes().status.success());
    assert_eq!(world.stored(), before + waiting);

    let back = json(&world.station("take"));
    assert_eq!(back["answers"], 1);
    assert!(world.waiting() <= 1, "the station's start alone may wait");
    // A late copy of the bundle, after the answer was taken in.
    std::fs::write(&bundle, &sealed).unwrap();
    assert!(world.region_takes().status.success());
    assert_eq!(world.stored(), before + waiting);

    // The network is there again; it brings what the stick did not, and nothing twice.
    world.lend(50, 6);
    json(&world.station("write"));
    world.region.start().unwrap();
    let station = Station::start(&world.programs, &world.home).unwrap();
    station.wait_until_sent(0).unwrap();
    let here = station.close().unwrap();
    assert!(world.region_takes().status.success(), "the stick comes after the network");
    assert_eq!(world.region.counts().unwrap().0, here);
}

#[test]
fn what_is_on_a_stick_besides_is_told_and_left() {
    let mut world = world();
    world.region.kill().unwrap();
    world.lend(20, 7);
    json(&world.station("write"));
    let folder = world.stick.join("oqyrman");
    let good = std::fs::read(&world.bundles()[0]).unwrap();
    let mut future = good.clone();
    future[4] = 9;
    let mut bent = good.clone();
    let last = bent.len() - 1;
    bent[last] ^= 1;
    let files: [(&str, &[u8]); 5] = [
        ("half.oqb", &good[..good.len() / 2]),
        ("future.oqb", &future),
        ("bent.oqb", &bent),
        ("empty.oqb", b""),
        ("holiday.oqb", b"\x89PNG\r\n\x1a\n photograph"),
    ];
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    std::os::unix::fs::symlink("/etc/passwd", folder.join("link.oqb")).unwrap();
    std::fs::create_dir(folder.join("folder.oqb")).unwrap();
    let taken = world.region_takes();
    assert!(!taken.status.success(), "what was refused is an error");
    let taken = json(&taken);
    assert_eq!((taken["taken"].as_u64(), taken["refused"].as_u64()), (Some(1), Some(7)), "{taken}");
    let why = |name: &str| -> String {
        let found = taken["bundles"].as_array().unwrap().iter().find(|line| line["name"] == name).unwrap();
        found["why"].as_str().unwrap_or_default().to_owned()
    };
    assert!(why("half.oqb").contains("half-written"), "{}", why("half.oqb"));
    assert!(why("future.oqb").contains("newer program"));
    assert!(why("bent.oqb").contains("damaged"));
    for name in ["empty.oqb", "holiday.oqb", "link.oqb", "folder.oqb"] {
        assert!(!why(name).is_empty(), "{name}");
    }
    let back = json(&world.station("write"));
    assert_eq!(back["answers"], 1, "{back}");
    assert!(folder.join("holiday.oqb").exists(), "nobody else's file is removed");
}

#[test]
fn a_stick_of_another_region_moves_nothing() {
    let (mut here, mut there) = (world(), world());
    here.region.kill().unwrap();
    there.region.kill().unwrap();
    here.lend(20, 8);
    let waiting = here.waiting();
    json(&here.station("write"));
    there.stick = here.stick.clone();
    let before = there.stored();
    let taken = json(&there.region_takes());
    assert_eq!((taken["taken"].as_u64(), taken["others"].as_u64()), (Some(0), Some(1)), "{taken}");
    assert_eq!(there.stored(), before);
    // The other region's station writes beside it; each takes its own.
    there.lend(10, 9);
    json(&there.station("write"));
    assert_eq!(json(&here.region_takes())["taken"], 1);
    assert_eq!(json(&there.region_takes())["taken"], 1);
    assert_eq!(json(&here.station("take"))["answers"], 1);
    assert!(here.waiting() < waiting);
}

#[test]
fn a_stick_that_is_no_stick_is_told() {
    let mut world = world();
    world.region.kill().unwrap();
    world.lend(5, 10);
    let waiting = world.waiting();
    let fails = |world: &World, words: &str| {
        let output = world.station("write");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{said}");
    };
    world.stick = world.dir.path().join("nowhere");
    fails(&world, "is it put in?");
    world.stick = world.dir.path().join("file");
    std::fs::write(&world.stick, b"").unwrap();
    fails(&world, "no stick");
    world.stick = PathBuf::from("/proc");
    let output = world.station("write");
    assert!(!output.status.success());
    assert_eq!(world.waiting(), waiting);
}

/// Mounts a small file system there, if this machine lets us.
fn mount(at: &Path, options: &str) -> bool {
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "stick"]).arg(at).output();
    let mounted = mounted.is_ok_and(|output| output.status.success());
    if !mounted {
        println!("SKIPPED: this machine does not let the test mount a stick ({options})");
    }
    mounted
}

#[test]
fn a_stick_that_is_full_or_locked_is_told_and_loses_nothing() {
    let mut world = world();
    world.region.kill().unwrap();
    world.lend(2_000, 13);
    let waiting = world.waiting();
    for (options, words) in [("size=24k", "the stick is full"), ("ro", "write-protected")] {
        if !mount(&world.stick, options) {
            continue;
        }
        let output = world.station("write");
        let left = world.bundles();
        let unmounted = Command::new("umount").arg(&world.stick).status().unwrap();
        assert!(unmounted.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{options}: {said}");
        assert!(left.is_empty(), "{options}: a part of a bundle was left: {left:?}");
    }
    assert_eq!(world.waiting(), waiting);
    assert!(world.station("write").status.success());
}

#[test]
fn the_screen_asks_and_the_running_station_writes() {
    let mut world = world();
    world.region.kill().unwrap();
    world.lend(30, 11);
    let mut station = Station::start(&world.programs, &world.home).unwrap();
    let config = world.home.join("oqyrman.toml");
    let stick = world.stick.to_str().unwrap();
    let told = world.run("station", &["courier", "stick-in", stick, "--config", config.to_str().unwrap()]);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let asked = |screen: &Screen| matches!(screen, Screen::Stick { state: StickState::Asked { waiting } } if *waiting >= 30);
    station.eyes.wait("the stick asked about", asked).unwrap();
    station.eyes.touch(Touch::WriteStick).unwrap();
    let done = |screen: &Screen| matches!(screen, Screen::Stick { state: StickState::Done { written, .. } } if *written >= 30);
    station.eyes.wait("the stick written", done).unwrap();
    assert_eq!(world.bundles().len(), 1);
    let out = world.run("station", &["courier", "stick-out", "--config", config.to_str().unwrap()]);
    assert!(out.status.success());
    station.eyes.wait("the idle screen", |screen| matches!(screen, Screen::Idle { .. })).unwrap();
    let status = world.run("station", &["status", "--config", config.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&status.stdout).contains("by a stick"));
    station.close().unwrap();
    assert_eq!(json(&world.region_takes())["taken"], 1);
}

#[test]
fn ten_thousand_loans_are_a_small_file() {
    let mut world = world();
    world.region.kill().unwrap();
    world.lend(10_000, 12);
    let written = json(&world.station("write"));
    let bytes = written["written"]["bytes"].as_u64().unwrap();
    println!("{} events in {bytes} bytes", written["written"]["events"]);
    assert!(bytes <= 60_000, "{bytes}");
    assert_eq!(json(&world.region_takes())["taken"], 1);
    assert_eq!(json(&world.station("take"))["answers"], 1);
    assert!(world.waiting() <= 1);
}
