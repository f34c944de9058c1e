//! What is tried in the virtual machine: a station is set up, lends, is cut off in the middle, and is asked what it remembers.

use super::image::Disk;
use super::machine::Machine;
use super::picture::Picture;
use super::versions::{Versions, folder};
use crate::tool::{Steps, Tool, say};
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Which part of the points of the display must be as in the gallery. Its idle screen has one button more than a school has
/// where everybody has a card.
pub(super) const ALIKE: f32 = 0.94;

/// An emulated processor starts a system in a minute, where a real one takes seconds.
const BOOT: Duration = Duration::from_secs(420);
/// Where the button for Russian is: parts of the display's width and height.
const RUSSIAN: (f32, f32) = (0.748, 0.092);
/// Where the button for returning books is.
const RETURN: (f32, f32) = (0.307, 0.892);
/// Where a visit is finished.
const FINISH: (f32, f32) = (0.84, 0.892);
/// Where a stick is written.
const WRITE: (f32, f32) = (0.16, 0.892);

/// For whatever the running system does.
const PATIENCE: Duration = Duration::from_secs(180);

const CARD: &str = "20012000000001";
const BOOKS: [&str; 3] = ["30012000000009", "30012000000017", "30012000000025"];

/// A station as a technician sets it up; the emulated keyboard is its scanner.
const CONFIG: &str = r#"
name = "Кітапхана, сынақ"
data_dir = "/var/lib/oqyrman"

[region]
url = "https://127.0.0.1:8443"
ca = "/etc/oqyrman/region-ca.pem"
call_after_events = 1

[screen]
socket = "/run/oqyrman/screen.sock"
lang = "kk"

[[readers]]
name = "counter"
kind = "evdev"
id = "0627:0001"
# An emulated processor may be busy elsewhere between two keys.
silence_ms = 3000

[update]
"#;

/// What the machine finds in `/srv/trial`; updates are known by this key.
pub(super) fn files(update_key: &str) -> Vec<(&'static str, String)> {
    let mut items = String::from("number,title,isbn,status\n");
    for number in BOOKS {
        items.push_str(&format!("{number},\"Абай жолы\",,lendable\n"));
    }
    vec![
        ("oqyrman.toml", format!("{CONFIG}key = \"{update_key}\"\n")),
        ("classes.csv", "class,language\n5 «А»,kk\n".to_owned()),
        (
            "patrons.csv",
            format!("card,family,given,class,kind,pin,block,until\n{CARD},Әбенова,Әсел,5 «А»,pupil,,,\n"),
        ),
        ("titles.csv", "title,author,isbn,year,kind\n\"Абай жолы\",\"М. Әуезов\",,1995,book\n".to_owned()),
        ("items.csv", items),
    ]
}

/// Plays it and gives the figures as one line of JSON.
///
/// # Errors
/// The first thing that was not as it must be.
pub(super) fn play(disk: &Disk, out: &Path, steps: &mut Steps) -> anyhow::Result<String> {
    let idle = Picture::read_png(&disk.idle)?;

    steps.next("starts the machine");
    let mut machine = Machine::start(disk, out, "first")?;
    machine.wait_for_shell(BOOT)?;
    for unit in ["oqyrman", "oqyrman-screen"] {
        let is_active = format!("systemctl is-active {unit}");
        machine.wait_until("a unit that waits for its configuration", &is_active, PATIENCE, |_| Some(()))?;
    }
    let screen = machine.ask("journalctl -b -o cat --no-pager -u oqyrman-screen")?;
    ensure!(
        !screen.contains("install both of one version"),
        "station and screen of these packages were built from different sources: build both anew"
    );
    machine.look("0-blank")?;

    steps.next("sets up a region and the station");
    set_up(&mut machine)?;
    machine.wait_for_picture("1-idle", &idle, PATIENCE)?;

    steps.next("the scanner types a card and two books");
    let before = rows(&mut machine)?.len();
    machine.scan(CARD)?;
    for (book, at) in BOOKS.iter().take(2).zip(before + 1..) {
        machine.scan(book)?;
        machine.wait_until("the loan in the journal", &export(), PATIENCE, |csv| {
            (lent(csv).len() >= at - before).then_some(())
        })?;
    }
    let visit = machine.look("2-visit")?;
    ensure!(visit.alike(&idle) < ALIKE, "the display still shows the idle screen while somebody borrows");
    let acknowledged = rows(&mut machine)?;

    steps.next("the screen stands still: its watchdog starts it anew");
    let starts = machine.ask("systemctl show -P NRestarts oqyrman-screen")?;
    machine.ask("systemctl kill --signal=STOP oqyrman-screen")?;
    machine.wait_until(
        "the screen's second start",
        "systemctl show -P NRestarts oqyrman-screen",
        PATIENCE,
        |said| (said.trim() != starts.trim()).then_some(()),
    )?;
    machine.wait_until("the screen's unit", "systemctl is-active oqyrman-screen", PATIENCE, |_| Some(()))?;
    let station = machine.ask("systemctl show -P NRestarts oqyrman")?;

    steps.next("cuts the power in the middle of a scan");
    machine.scan(CARD)?;
    machine.keys(&BOOKS[2][..9])?;
    machine.cut()?;

    steps.next("starts it again");
    let mut machine = Machine::start(disk, out, "second")?;
    machine.wait_for_shell(BOOT)?;
    machine.wait_for_picture("3-after-the-cut", &idle, PATIENCE)?;
    let after = rows(&mut machine)?;
    let lost: Vec<_> = acknowledged.iter().filter(|row| !after.contains(*row)).collect();
    ensure!(lost.is_empty(), "acknowledged, and gone after the cut: {lost:?}; there is {after:?}");
    let figures = figures(&mut machine)?;
    machine.wait_until("the region has every loan", &hub("status --json"), PATIENCE, |said| {
        let status: Value = serde_json::from_str(said.trim()).ok()?;
        (status["lent"] == json!(2)).then_some(())
    })?;

    steps.next("a finger chooses Russian, a book comes back, a stick goes in");
    machine.touch(RUSSIAN.0, RUSSIAN.1)?;
    let idle_ru = Picture::read_png(&disk.idle_ru)?;
    machine.wait_for_picture("4-russian", &idle_ru, PATIENCE)?;
    machine.touch(RETURN.0, RETURN.1)?;
    machine.wait_for_another_picture("5-returns", &idle_ru, PATIENCE)?;
    machine.scan(BOOKS[0])?;
    machine.wait_until("the return in the journal", &export(), PATIENCE, |csv| {
        csv.lines().any(|line| line.contains(";return;")).then_some(())
    })?;
    machine.look("6-returned")?;
    let stick = stick(out)?;
    machine.stick(Some(&stick))?;
    machine.wait_until("the stick", "findmnt -n /run/oqyrman/stick", PATIENCE, |_| Some(()))?;
    let unit = machine.wait_until(
        "the stick's unit",
        "systemctl list-units --plain --no-legend 'oqyrman-stick@*'",
        PATIENCE,
        |said| said.contains("active exited").then(|| said.trim().to_owned()),
    )?;
    say(&format!("   {unit}"));
    // A stick disturbs nobody; it is asked about when nobody is there.
    machine.touch(FINISH.0, FINISH.1)?;
    machine.wait_for_picture("7-stick", &Picture::read_png(&disk.stick)?, PATIENCE)?;
    machine.touch(WRITE.0, WRITE.1)?;
    let written = machine.wait_until(
        "the station's mail on the stick",
        "find /run/oqyrman/stick -name '*.oqb' -size +0",
        PATIENCE,
        |said| (!said.trim().is_empty()).then(|| said.trim().to_owned()),
    )?;
    machine.look("8-stick-written")?;
    say(&format!("   {written}"));

    steps.next("a new version comes by its unit, and goes again");
    update(&mut machine, &disk.versions, &idle)?;

    let journal = machine.ask("journalctl -b -o short-monotonic --no-pager -u 'oqyrman*'")?;
    std::fs::write(out.join("journal.log"), &journal)?;
    for secret in [CARD, "Әбенова"] {
        ensure!(!journal.contains(secret), "the log names a card or a person; see journal.log");
    }
    let mut line = figures;
    line["acknowledged_rows"] = json!(acknowledged.len());
    line["lost_rows"] = json!(0);
    line["station_restarts_before_the_cut"] = json!(station.trim());
    Ok(line.to_string())
}

fn set_up(machine: &mut Machine) -> anyhow::Result<()> {
    machine.ask(&hub("init --school 'Сынақ мектебі'"))?;
    for what in ["classes", "patrons", "titles", "items"] {
        machine.ask(&format!(
            "runuser -u oqyrman-hub -- oqyrman-hub import /var/lib/oqyrman-hub/region {what} /srv/trial/{what}.csv"
        ))?;
    }
    machine.ask("systemctl start oqyrman-hub")?;
    for (from, to) in [
        ("/srv/trial/oqyrman.toml", "/etc/oqyrman/oqyrman.toml"),
        ("/var/lib/oqyrman-hub/region/hub-ca.pem", "/etc/oqyrman/region-ca.pem"),
    ] {
        machine.ask(&format!("install -m 0640 -o root -g oqyrman {from} {to}"))?;
    }
    // What the journal writes it flushes itself; whoever writes a configuration does so by hand.
    machine.ask("sync && oqyrman check && systemctl restart oqyrman && systemctl is-active oqyrman")?;
    let code = machine.wait_until("the enrolment code", "oqyrman status --json", PATIENCE, |said| {
        let status: Value = serde_json::from_str(said.trim()).ok()?;
        Some(status["enrol_code"].as_str()?.to_owned())
    })?;
    machine.look("0-enrol")?;
    machine.wait_until(
        "the region's approval",
        &hub(&format!("approve '{code}'")),
        PATIENCE,
        |_| Some(()),
    )?;
    machine.wait_until("the school's books at the station", "oqyrman status --json", PATIENCE, |said| {
        let status: Value = serde_json::from_str(said.trim()).ok()?;
        (status["items"] == json!(BOOKS.len())).then_some(())
    })
}

/// A version comes as by the timer, and the one before is put back by hand: each time both units are there again, and the journal
/// with all that it had.
fn update(machine: &mut Machine, versions: &Versions, idle: &Picture) -> anyhow::Result<()> {
    let before = rows(machine)?;
    machine.ask(&format!(
        "echo OQYRMAN_UPDATE_FROM={} >/etc/oqyrman/update.env && sync && systemctl enable --now oqyrman-update.timer",
        folder(&versions.next)
    ))?;
    let when = machine.ask("systemctl list-timers --no-legend oqyrman-update.timer")?;
    ensure!(when.contains("oqyrman-update.service"), "the timer waits for nothing: {when}");
    to_its_end(machine, "oqyrman-update", "systemctl start --no-block oqyrman-update")?;
    has(machine, &versions.next, &before, "9-updated", idle)?;
    machine.ask("systemctl disable --quiet --now oqyrman-update.timer")?;
    let back = format!(
        "systemd-run --quiet --remain-after-exit --unit=trial-rollback oqyrman update rollback --wait-min 5 {}",
        folder(&versions.now)
    );
    to_its_end(machine, "trial-rollback", &back)?;
    has(machine, &versions.now, &before, "10-rolled-back", idle)
}

/// Starts a unit that does one thing, waits until that is done, and says what it said.
fn to_its_end(machine: &mut Machine, unit: &str, start: &str) -> anyhow::Result<()> {
    machine.ask(start)?;
    let state = format!("systemctl show -P ActiveState -P SubState -P Result {unit}");
    let end = machine.wait_until("the unit's end", &state, BOOT, |said| {
        let words: Vec<_> = said.split_whitespace().map(str::to_owned).collect();
        ["dead", "exited", "failed"].iter().any(|end| words.iter().any(|word| word == end)).then_some(words)
    })?;
    let said = machine.ask(&format!("journalctl -b -o cat --no-pager -u {unit}"))?;
    say(&said.lines().map(|line| format!("   {line}")).collect::<Vec<_>>().join("\n"));
    ensure!(end.iter().any(|word| word == "success"), "{unit} ended with {end:?}");
    Ok(())
}

/// Sees that this version is installed, runs and shows itself, and that the journal has these rows.
fn has(
    machine: &mut Machine,
    version: &str,
    rows_before: &BTreeSet<String>,
    name: &str,
    idle: &Picture,
) -> anyhow::Result<()> {
    let installed = machine.ask("dpkg-query -W -f '${Version}\\n' oqyrman")?;
    ensure!(installed.trim() == version, "{version} should be installed, and is {installed}");
    for unit in ["oqyrman", "oqyrman-screen"] {
        let is_active = format!("systemctl is-active {unit}");
        machine.wait_until(unit, &is_active, PATIENCE, |_| Some(()))?;
    }
    machine.wait_for_picture(name, idle, PATIENCE)?;
    let rows = rows(machine)?;
    let lost: Vec<_> = rows_before.difference(&rows).collect();
    ensure!(lost.is_empty(), "gone with the change of versions: {lost:?}; there is {rows:?}");
    Ok(())
}

/// A command of the region: its words, then its folder where `hub` expects it.
fn hub(words: &str) -> String {
    let (command, rest) = words.split_once(' ').unwrap_or((words, ""));
    format!("runuser -u oqyrman-hub -- oqyrman-hub {command} /var/lib/oqyrman-hub/region {rest}")
}

/// Asks the running station for its journal. Where there is nothing to tell, no file is written.
fn export() -> String {
    "rm -f /tmp/journal.csv; oqyrman export csv --from 1 /tmp/journal.csv >/dev/null && touch /tmp/journal.csv && cat /tmp/journal.csv"
        .to_owned()
}

/// The journal's rows without what may be told in another way later: number, act, card, item.
fn rows(machine: &mut Machine) -> anyhow::Result<BTreeSet<String>> {
    let csv = machine.ask(&export())?;
    let row = |line: &str| {
        let cells: Vec<_> = line.split(';').collect();
        [0, 2, 3, 4].map(|at| cells.get(at).copied().unwrap_or_default()).join(";")
    };
    Ok(csv.lines().skip(1).map(row).collect())
}

fn lent(csv: &str) -> Vec<&str> {
    csv.lines().filter(|line| line.contains(";checkout;")).collect()
}

/// What the second start took, and what the programs need.
fn figures(machine: &mut Machine) -> anyhow::Result<Value> {
    let mut micros = |what: &str| -> anyhow::Result<f64> {
        let said = machine.ask(&format!("systemctl show -P {what}"))?;
        let micros: f64 = said.trim().parse().with_context(|| format!("{what}: {said}"))?;
        Ok(micros / 1e6)
    };
    let userspace = micros("UserspaceTimestampMonotonic")?;
    let station = (
        micros("ExecMainStartTimestampMonotonic oqyrman")?,
        micros("ActiveEnterTimestampMonotonic oqyrman")?,
    );
    let screen = (
        micros("ExecMainStartTimestampMonotonic oqyrman-screen")?,
        micros("ActiveEnterTimestampMonotonic oqyrman-screen")?,
    );
    let mut rss_mb = |unit: &str| -> anyhow::Result<f64> {
        let said = machine.ask(&format!("grep VmRSS /proc/$(systemctl show -P MainPID {unit})/status"))?;
        let kb: f64 = said.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).context("VmRSS")?;
        Ok((kb / 102.4).round() / 10.0)
    };
    let (station_rss, screen_rss, hub_rss) =
        (rss_mb("oqyrman")?, rss_mb("oqyrman-screen")?, rss_mb("oqyrman-hub")?);
    let analyzed = machine
        .ask("systemd-analyze time; systemd-analyze critical-chain oqyrman-screen.service oqyrman.service")?;
    say(&analyzed.lines().map(|line| format!("   {line}")).collect::<Vec<_>>().join("\n"));
    let round = |seconds: f64| (seconds * 100.0).round() / 100.0;
    Ok(json!({
        "kernel_to_station_ready_s": round(station.1 - userspace),
        "kernel_to_screen_ready_s": round(screen.1 - userspace),
        "station_start_s": round(station.1 - station.0),
        "screen_start_s": round(screen.1 - screen.0),
        "station_rss_mb": station_rss,
        "screen_rss_mb": screen_rss,
        "hub_rss_mb": hub_rss,
    }))
}

/// A stick as shops sell them, with an empty FAT file system.
fn stick(out: &Path) -> anyhow::Result<std::path::PathBuf> {
    let image = out.join("stick.img");
    std::fs::File::create(&image)?.set_len(64 << 20)?;
    Tool::new("mkfs.vfat").args(["-n", "STICK"]).arg(&image).output()?;
    Ok(image)
}
