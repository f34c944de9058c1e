//! The self-test of a card tells the truth: nothing lost where nothing is lost, and a loss where there is one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use serde_json::Value;
use station::durability::{Plan, Record, run};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use support::Station;

#[test]
fn nothing_acknowledged_is_lost_and_the_outcome_is_kept() {
    let station = Station::with_school();
    let kiosk = station.start();
    let output = Command::new(env!("CARGO_BIN_EXE_oqyrman"))
        .args(["durability", "--kills", "5", "--json", "--config"])
        .arg(&station.config)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    println!("seed {}", told["seed"]);
    assert_eq!((told["kills"].as_u64(), told["lost"].as_u64()), (Some(5), Some(0)));
    assert!(told["acknowledged"].as_u64().unwrap() > 0 && told["flush_p99_us"].as_u64().unwrap() > 0);
    assert_eq!(Record::read(&station.data()).unwrap().seed, told["seed"].as_u64().unwrap());
    let left: Vec<_> =
        std::fs::read_dir(station.data()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("durability-test")), "{left:?}");
    kiosk.stop().unwrap();
}

/// A writer that says more than it has written is found out.
#[test]
fn a_loss_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let liar = dir.path().join("liar");
    let script = format!(
        "#!/bin/sh\n# A few commits by the real writer, and then a word for fifty that were never made.\n\
         '{}' durability --child \"$3\" 2>/dev/null | head -n 3 > \"$3/said\"\n\
         n=$(($(tail -n 1 \"$3/said\") + 50))\nwhile :; do echo $n; done\n",
        env!("CARGO_BIN_EXE_oqyrman")
    );
    std::fs::write(&liar, script).unwrap();
    std::fs::set_permissions(&liar, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut kills = 0;
    let outcome = run(&liar, dir.path(), Plan { kills: 1, seed: 7 }, |kill, _| kills = kill).unwrap();
    assert_eq!(kills, 1);
    let lost = outcome.record.lost;
    assert!(lost > 20 && lost <= 50, "{:?}", outcome.record);
}

#[test]
fn a_folder_that_cannot_be_written_is_told_in_words() {
    let dir = Path::new("/proc/nowhere");
    let error = run(Path::new("/bin/true"), dir, Plan { kills: 1, seed: 1 }, |_, _| {}).unwrap_err();
    assert!(format!("{error:#}").contains("no folder can be made here"), "{error:#}");
}
