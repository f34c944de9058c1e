//! A region makes vouchers for a list of stations; real stations join by them without a person, each by its own and once.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use desk::Screen;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use tests::demo::chance::Chance;
use tests::demo::day::{Region, idle};
use tests::demo::parts::{Part, Programs, Station};
use tests::demo::school::School;

const STATIONS: [&str; 2] = ["Оқу залы", "Абонемент"];

fn run(programs: &Programs, role: &str, args: &[&OsStr]) -> String {
    Part::run(programs, role, args, "").unwrap()
}

/// A station that knows the way to the region, and keeps a voucher.
fn set_up(programs: &Programs, region: &Region, home: &Path, voucher: &Path) {
    Station::set_up(home, "Сынақ", &region.url(), &region.ca(), "kk").unwrap();
    let config = home.join("oqyrman.toml");
    let args =
        ["enrol".as_ref(), "voucher".as_ref(), voucher.as_ref(), "--config".as_ref(), config.as_os_str()];
    assert!(run(programs, "station", &args).contains("The voucher is kept"));
}

fn states(programs: &Programs, region: &Region) -> Vec<(String, String)> {
    let args = ["enrol-file".as_ref(), "list".as_ref(), region.dir().as_os_str(), OsStr::new("--json")];
    let list: serde_json::Value = serde_json::from_str(&run(programs, "hub", &args)).unwrap();
    let one = |line: &serde_json::Value| {
        [&line["name"], &line["state"]].map(|value| value.as_str().unwrap_or("?").to_owned()).into()
    };
    list.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn stations_join_by_their_vouchers_and_nobody_joins_by_a_used_one() {
    let dir = tempfile::tempdir().unwrap();
    let programs = Programs::of(Path::new(env!("CARGO_BIN_EXE_demo")));
    let school = School::invent(&mut Chance::new(1));
    let mut region = Region::set_up(&programs, dir.path(), &school, |_| {}).unwrap();
    let (list, to) = (dir.path().join("list.csv"), dir.path().join("vouchers"));
    let rows: String = STATIONS.iter().map(|name| format!("1,{name}\n")).collect();
    std::fs::write(&list, format!("school,station\n{rows}")).unwrap();
    let args = [
        "enrol-file".as_ref(),
        "make".as_ref(),
        region.dir().as_os_str(),
        "--schools".as_ref(),
        list.as_ref(),
    ];
    let rest = ["--valid-days".as_ref(), "30".as_ref(), "--to".as_ref(), to.as_os_str()];
    let told = run(&programs, "hub", &[&args[..], &rest].concat());
    assert!(told.starts_with("2 vouchers are in"), "{told}");
    let mut vouchers: Vec<PathBuf> =
        std::fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().path().join("voucher.txt")).collect();
    vouchers.sort();
    assert!(states(&programs, &region).iter().all(|(_, state)| state == "open"));

    region.start().unwrap();
    for (number, voucher) in (1..).zip(&vouchers) {
        let home = dir.path().join(format!("station-{number}"));
        set_up(&programs, &region, &home, voucher);
        let station = Station::start(&programs, &home).unwrap();
        // Nobody approves anything.
        station.eyes.wait("the idle screen", idle).unwrap();
        let secret = std::fs::read_to_string(voucher).unwrap();
        assert!(!home.join("data/voucher").exists(), "it is used, and not kept");
        station.close().unwrap();
        assert!(!std::fs::read_to_string(home.join("log")).unwrap().contains(secret.trim()));
    }
    let mut used = states(&programs, &region);
    used.sort();
    let mut wanted = STATIONS.map(|name| (name.to_owned(), "used".to_owned())).to_vec();
    wanted.sort();
    assert_eq!(used, wanted);

    // A third machine with the first one's voucher is as any other: it shows a code and waits for a person.
    let home = dir.path().join("third");
    set_up(&programs, &region, &home, &vouchers[0]);
    let station = Station::start(&programs, &home).unwrap();
    let view = station.eyes.wait("a code", |screen| matches!(screen, Screen::Enrol { .. })).unwrap();
    let Screen::Enrol { code, .. } = view.screen else { unreachable!() };
    let end = std::time::Instant::now() + tests::demo::parts::PATIENCE;
    while region.approve(&code).is_err() {
        assert!(std::time::Instant::now() < end, "the region never heard of the code");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    station.eyes.wait("the idle screen", idle).unwrap();
    assert!(!home.join("data/voucher").exists(), "it is good for nothing, and not kept");
    station.close().unwrap();
}
