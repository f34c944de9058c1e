//! Settings go from one station to another; secrets only if asked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use station::config::Config;
use station::identity::{set_staff_pin, staff_pin};
use station::settings::{SettingsError, Taken, export, import};
use std::fs;
use std::process::Command;
use support::Station;

fn station() -> Station {
    let station = Station::new(
        "[[numbers.rules]]\nname = \"shelf\"\nis = \"item\"\nprefixes = [\"KAZ-\"]\nlengths = [9]\n",
    );
    fs::create_dir_all(station.data()).unwrap();
    set_staff_pin(&station.data(), "471100").unwrap();
    station
}

#[test]
fn another_station_takes_them() {
    let (from, to) = (station(), Station::new(""));
    let stick = from.path("settings.toml");
    for with_secrets in [false, true] {
        let text = export(&from.config, with_secrets).unwrap();
        assert_eq!(text.contains("staff_pin"), with_secrets, "{text}");
        fs::write(&stick, text).unwrap();
        let taken = import(&stick, &to.config, None).unwrap();
        assert_eq!(taken, Taken { made_by: format!("oqyrman {}", env!("CARGO_PKG_VERSION")), with_secrets });
        let config = Config::read(&to.config).unwrap();
        assert_eq!(config.data_dir, to.data(), "where data is kept is this machine's own");
        assert_eq!(config.numbers, Config::read(&from.config).unwrap().numbers);
        let pin = staff_pin(&to.data()).unwrap();
        assert_eq!(pin.is_some_and(|pin| pin.matches("471100")), with_secrets);
    }
    assert!(to.config.with_extension("toml.before").exists());
}

#[test]
fn what_is_none_is_refused_in_words_and_changes_nothing() {
    let to = Station::new("");
    let before = fs::read_to_string(&to.config).unwrap();
    let stick = to.path("settings.toml");
    let good = export(&to.config, false).unwrap();
    let cases = [
        ("name = \"12\"\n".to_owned(), "`format` is missing"),
        ("format = [".to_owned(), "no file of settings"),
        (good.replace("format = 1", "format = 2"), "update this station first"),
        (good.replace("[settings.screen]", "[settings.screen]\ncolour = 3"), "unknown field `colour`"),
        (format!("{good}\n[extra]\na = 1\n"), "unknown field"),
    ];
    for (text, words) in cases {
        fs::write(&stick, &text).unwrap();
        let error: SettingsError = import(&stick, &to.config, None).unwrap_err();
        assert!(error.to_string().contains(words), "{words}: {error}");
        assert_eq!(fs::read_to_string(&to.config).unwrap(), before);
    }
    let missing = import(&to.path("gone"), &to.config, None).unwrap_err();
    assert!(missing.to_string().contains("gone"), "{missing}");
}

#[test]
fn scans_of_the_stations_own_readers_are_explained() {
    let station = Station::new("");
    let child = Command::new(env!("CARGO_BIN_EXE_oqyrman"))
        .args(["scan", "try", "--count", "1", "--json", "--config"])
        .arg(&station.config)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    let mut reader = loop {
        match std::os::unix::net::UnixStream::connect(station.path("scan.sock")) {
            Ok(reader) => break reader,
            Err(error) => assert!(std::time::Instant::now() < end, "{error}"),
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    std::io::Write::write_all(&mut reader, b"30234000517861\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((told["meaning"].as_str(), told["valid"].as_bool()), (Some("item"), Some(true)), "{told}");
}
