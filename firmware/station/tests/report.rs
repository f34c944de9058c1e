//! A report holds nothing about people and no secret, whatever the station knows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use station::bench::school;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use support::{Station, borrow};

const CONFIG: &str = "[library]\naddress = \"library.example.kz:6001\"\nzone = \"Asia/Almaty\"\nlogin = \"kiosk-login\"\n\
                      password_file = \"sesame\"\nlocation = \"hall-2\"\n";

fn bundle(path: &std::path::Path) -> BTreeMap<String, String> {
    let mut archive = tar::Archive::new(zstd::Decoder::new(fs::File::open(path).unwrap()).unwrap());
    let mut parts = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        parts.insert(name, text);
    }
    parts
}

fn oqyrman(station: &Station, args: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oqyrman"));
    command.args(args).arg("--config").arg(&station.config).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn no_name_number_or_secret_is_in_it() {
    let station = Station::with_school();
    let pin = "471100";
    let mut set = Command::new(env!("CARGO_BIN_EXE_oqyrman"))
        .args(["staff-pin", "--config"])
        .arg(&station.config)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    set.stdin.take().unwrap().write_all(pin.as_bytes()).unwrap();
    assert!(set.wait().unwrap().success());
    let mut kiosk = station.start();
    borrow(&mut kiosk, 3, 10..=12);
    kiosk.scan("0123456789ABCDEF").unwrap();
    kiosk.stop().unwrap();
    fs::write(station.data().join("voucher"), "oqv1secretsecret").unwrap();
    // A log worse than any the station writes.
    let (given, family) = school::name(3);
    let log = station.path("bad.log");
    let mut text = station.log();
    text += &format!(
        "WARN {given} {family} card {} lent {} code WDJB-4711 pin {pin}\n",
        school::card(3),
        school::label(10)
    );
    fs::write(&log, text).unwrap();
    // And a configuration with secrets in it.
    fs::write(station.path("sesame"), "open-sesame").unwrap();
    fs::set_permissions(station.path("sesame"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let config = fs::read_to_string(&station.config).unwrap();
    fs::write(&station.config, format!("name = \"№ 12 school\"\n{config}{CONFIG}")).unwrap();

    let out = station.path("report.tar.zst");
    let log = log.display().to_string();
    let written = oqyrman(&station, &["report", "--yes", "--log", &log, "--out", &out.display().to_string()]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let parts = bundle(&out);
    let told = String::from_utf8(written.stdout).unwrap();
    for name in parts.keys() {
        assert!(
            told.contains(name.strip_prefix("oqyrman-report/").unwrap()),
            "{name} was not told before: {told}"
        );
    }
    let key = fs::read(station.data().join("station.key")).unwrap();
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let hash = fs::read_to_string(station.data().join("staff-pin.json")).unwrap();
    let hash = hash.split('"').max_by_key(|part| part.len()).unwrap().to_owned();
    let mut secrets: Vec<String> = [
        pin,
        "oqv1secretsecret",
        "open-sesame",
        "kiosk-login",
        "№ 12 school",
        "WDJB-4711",
        "0123456789ABCDEF",
    ]
    .map(str::to_owned)
    .into();
    secrets.extend([key, hash]);
    for n in 1..=school::PATRONS {
        let (given, family) = school::name(n);
        secrets.extend([given, family, school::card(n)]);
    }
    secrets.extend((1..=school::ITEMS).map(school::label));
    secrets.sort();
    secrets.dedup();
    assert!(secrets.len() > 4_000, "names, cards and labels of a whole school");
    for (name, text) in &parts {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{name} holds {secret}:\n{text}");
        }
    }
    // It is of use all the same.
    let part = |name: &str| &parts[&format!("oqyrman-report/{name}")];
    assert!(part("status.txt").contains("readers 1/1") && part("doctor.txt").contains("journal"));
    assert!(part("oqyrman.toml").contains("zone = \"Asia/Almaty\""), "{}", part("oqyrman.toml"));
    assert!(part("log.txt").contains("the station is open"), "{}", part("log.txt"));
}

#[test]
fn it_is_written_whole_or_not_at_all() {
    let station = Station::with_school();
    station.start().stop().unwrap();
    let gone = oqyrman(&station, &["report", "--yes", "--out", "/nowhere/at/all.tar.zst"]);
    assert!(!gone.status.success());
    assert!(String::from_utf8_lossy(&gone.stderr).contains("/nowhere/at/all.tar.zst: cannot be written"));
    let shown = String::from_utf8(oqyrman(&station, &["report", "--show"]).stdout).unwrap();
    assert!(shown.contains("== doctor.txt") && shown.contains("== status.txt"), "{shown}");
}
