//! The commands beside `run`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use support::{Station, borrow, idle};

fn oqyrman(args: &[&str], config: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oqyrman"));
    command.args(args);
    if let Some(config) = config {
        command.arg("--config").arg(config);
    }
    command.output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(args: &[&str], config: Option<&Path>) -> Value {
    let output = oqyrman(args, config);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&told(&output)).unwrap()
}

#[test]
fn a_number_is_explained() {
    for (text, aim, expected) in [
        ("30234000517861", None, ("item", Some(true), Some("1"))),
        ("30234000517862", None, ("item", Some(false), Some("1"))),
        ("23529000035676", None, ("card", Some(true), Some("6"))),
        ("9780306406157", Some("]E0"), ("isbn", Some(true), Some("7"))),
        ("https://example.kz", None, ("url", None, None)),
        ("12|34", None, ("junk", None, None)),
        ("", None, ("junk", None, None)),
    ] {
        let mut args = vec!["scan", "explain", text, "--json"];
        args.extend(aim.map(|aim| ["--aim", aim]).into_iter().flatten());
        let said = json(&args, None);
        let found = (said["meaning"].as_str().unwrap(), said["valid"].as_bool(), said["check"].as_str());
        assert_eq!(found, expected, "{text}");
        assert!(!said["screen"].as_str().unwrap().is_empty());
    }
    let words = told(&oqyrman(&["scan", "explain", "30234000517861"], None));
    assert!(words.contains("By the rule: library label"), "{words}");
    assert!(words.contains("check digit '1' is right"), "{words}");
    assert!(words.contains("screen: lends or returns the book"), "{words}");
    let wrong = oqyrman(&["scan", "explain", "1", "--aim", "E0"], None);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("such as ]E0"));
}

#[test]
fn the_sites_own_rules_count() {
    let station = Station::new(
        "[[numbers.rules]]\nname = \"shelf\"\nis = \"item\"\nprefixes = [\"KAZ-\"]\nlengths = [9]\n",
    );
    let said = json(&["scan", "explain", "KAZ-00421", "--json"], Some(&station.config));
    assert_eq!((said["meaning"].as_str(), said["rule"].as_str()), (Some("item"), Some("shelf")));
}

#[test]
fn status_tells_of_a_running_and_of_a_stopped_station() {
    let station = Station::with_school();
    let never = oqyrman(&["status"], Some(&station.config));
    assert!(String::from_utf8_lossy(&never.stderr).contains("`oqyrman run` starts one"));
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    let status = json(&["status", "--json"], Some(&station.config));
    assert_eq!((status["running"].as_bool(), status["patrons"].as_u64()), (Some(true), Some(600)));
    assert_eq!((status["items"].as_u64(), status["readers"][0].as_u64()), (Some(3_000), Some(1)));
    borrow(&mut kiosk, 1, 1..=2);
    kiosk.kill().unwrap();
    assert_eq!(json(&["status", "--json"], Some(&station.config))["running"].as_bool(), Some(false));
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    kiosk.stop().unwrap();
    let words = told(&oqyrman(&["status"], Some(&station.config)));
    assert!(words.contains("is stopped (station 1"), "{words}");
    assert!(words.contains("4 in the journal, 4 wait for the region"), "{words}");
    assert!(words.contains("600 patrons, 3000 items, 2 open loans"), "{words}");
}

#[test]
fn a_staff_pin_is_four_to_six_digits() {
    let station = Station::new("");
    for (pin, good) in [("123", false), ("12a4", false), ("4711", true)] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_oqyrman"))
            .args(["staff-pin", "--config"])
            .arg(&station.config)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{pin}").unwrap();
        assert_eq!(child.wait().unwrap().success(), good, "{pin}");
    }
    let kept = std::fs::read_to_string(station.data().join("staff-pin.json")).unwrap();
    assert!(!kept.contains("4711"));
}

#[test]
fn every_command_has_an_example() {
    for args in [
        vec!["--help"],
        vec!["run", "--help"],
        vec!["check", "--help"],
        vec!["status", "--help"],
        vec!["staff-pin", "--help"],
        vec!["scan", "--help"],
        vec!["scan", "explain", "--help"],
        vec!["bench", "--help"],
    ] {
        let help = told(&oqyrman(&args, None));
        assert!(help.contains("Example"), "{args:?}: {help}");
    }
}

#[test]
fn a_card_is_shown_in_every_form_and_the_lists_form_is_found() {
    let said = json(&["card", "forms", "04A1B2C3", "--number", "c3b2a104", "--json"], None);
    assert_eq!(said["forms"]["decimal"], "77705923");
    assert_eq!(said["fitting"], serde_json::json!(["hex-reversed"]));
    let words = told(&oqyrman(&["card", "forms", "04A1B2C3", "--number", "77705923"], None));
    assert!(
        words.lines().any(|line| line.starts_with("decimal ") && line.ends_with("<- the list's")),
        "{words}"
    );
    for (args, said) in [
        (&["card", "forms", "08A1B2C3"][..], "another number at each tap"),
        (&["card", "forms", "0411"], "4, 7 or 10 bytes"),
        (&["card", "forms", "04A1B2C3", "--number", "1"], "is it the same card?"),
    ] {
        let output = oqyrman(args, None);
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{args:?}");
    }
}
