//! Facts in, findings out; and a machine that is a folder.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use desk::{Check, StaffStatus, Standing};
use hardware::power::{Health, WallClock};
use links::{LinkFault, Reached, TlsFault};
use serde_json::Value;
use station::doctor::*;
use station::durability::Record;
use station::status::{Found, MemoryStatus, Status};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use support::Station;

const NOW_S: i64 = 1_795_000_000;

/// It shows a code and has never been answered with a key.
fn joining(status: &mut Status) {
    status.enrol_code = Some("CDFG2345".into());
    status.staff.last_contact_min = None;
}

fn status() -> Status {
    Status {
        at_s: NOW_S,
        running: true,
        pid: 1,
        name: "12".into(),
        enrol_code: None,
        events: 12_405,
        temperature_c: None,
        under_voltage: None,
        was_under_voltage: None,
        throttled: None,
        printer: Some("ready".into()),
        library: None,
        memory: MemoryStatus::default(),
        screens: 1,
        oldest_waiting_min: None,
        answered: Some(true),
        staff: StaffStatus {
            station: 12,
            version: env!("CARGO_PKG_VERSION").into(),
            last_contact_min: Some(12),
            patrons: 612,
            items: 18_840,
            readers: (2, 2),
            ..StaffStatus::default()
        },
    }
}

fn machine() -> Machine {
    Machine {
        now_s: NOW_S + 5,
        wall: WallClock::Network,
        health: Health {
            temperature_c: Some(52),
            under_voltage: Some(false),
            was_under_voltage: Some(false),
            throttled: Some(false),
        },
        connectors: vec![Connector { name: "card0-DSI-1".into(), connected: true }],
        touch: Some(vec!["a touchscreen".into()]),
        disk: Some(Disk {
            free: 20_000_000_000,
            total: 30_000_000_000,
            device: "mmcblk0p2".into(),
            kind: "ext4".into(),
            options: vec!["rw".into(), "noatime".into()],
            errors: Some(0),
            life_tenths: None,
            messages: Some(0),
        }),
        durability: Some(Record {
            at_s: NOW_S - 60,
            seed: 7,
            kills: 50,
            acknowledged: 4_000,
            lost: 0,
            flush_p50_us: 4_000,
            flush_p99_us: 21_000,
        }),
        open_to_others: false,
    }
}

fn facts() -> Facts {
    Facts {
        machine: machine(),
        station: StationFacts::Runs(Box::new(status())),
        config: Ok(ConfigFacts { readers: 2, printer: true, region: true }),
        link: Some(LinkFacts { name: Ok(()), call: Ok(()) }),
        units: Some(vec![Unit { name: "oqyrman.service".into(), state: "active".into(), restarts: 0 }]),
    }
}

fn change(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = facts();
    change(&mut facts);
    facts
}

fn of_status(of: impl FnOnce(&mut Status)) -> Facts {
    let mut status = status();
    of(&mut status);
    change(|facts| facts.station = StationFacts::Runs(Box::new(status)))
}

fn of_disk(of: impl FnOnce(&mut Disk)) -> Facts {
    change(|facts| of(facts.machine.disk.as_mut().unwrap()))
}

fn call(fault: LinkFault) -> Facts {
    change(|facts| facts.link = Some(LinkFacts { name: Ok(()), call: Err(fault) }))
}

#[test]
fn a_station_that_is_well_has_nothing_to_be_done() {
    for told in judge(&facts()) {
        assert_eq!((told.standing, told.todo.as_str()), (Standing::Ok, ""), "{told:?}");
    }
}

#[test]
fn each_fault_is_seen_by_its_own_check_and_says_what_to_do() {
    use Standing::{Attention, Broken};
    let cases: Vec<(Facts, Check, Standing, &str)> = vec![
        (
            change(|facts| facts.config = Err("a.toml:3:1: unknown\n|".into())),
            Check::Setup,
            Broken,
            "a.toml:3:1",
        ),
        (
            of_status(|status| status.memory.setup = Some("x".into())),
            Check::Setup,
            Attention,
            "earlier set-up",
        ),
        (change(|facts| facts.machine.connectors[0].connected = false), Check::Display, Broken, "no display"),
        (of_status(|status| status.screens = 0), Check::Display, Broken, "no screen program"),
        (change(|facts| facts.machine.touch = Some(Vec::new())), Check::Touch, Attention, "no touchscreen"),
        (of_status(|status| status.staff.readers = (0, 2)), Check::Readers, Broken, "none of 2"),
        (of_status(|status| status.staff.readers = (1, 2)), Check::Readers, Attention, "1 of 2"),
        (of_status(|status| status.printer = Some("no paper".into())), Check::Printer, Attention, "no paper"),
        (of_status(|status| status.memory.journal = Found::Repaired), Check::Journal, Attention, "repaired"),
        (of_status(|status| status.memory.journal = Found::Lost), Check::Journal, Attention, "gone"),
        (
            of_status(|status| status.memory.not_recorded = Some("full".into())),
            Check::Journal,
            Broken,
            "full",
        ),
        (of_status(|status| status.memory.state = Found::Repaired), Check::State, Attention, "made anew"),
        (change(|facts| facts.machine.open_to_others = true), Check::State, Attention, "data folder"),
        (of_disk(|disk| disk.free = 10_000_000), Check::Disk, Broken, "10 MB"),
        (of_disk(|disk| disk.free = 200_000_000), Check::Disk, Attention, "200 MB"),
        (of_disk(|disk| disk.errors = Some(3)), Check::Card, Broken, "3 error"),
        (of_disk(|disk| disk.messages = Some(4)), Check::Card, Broken, "4 failed"),
        (of_disk(|disk| disk.life_tenths = Some(9)), Check::Card, Attention, "90 %"),
        (of_disk(|disk| disk.options = vec!["ro".into()]), Check::ReadOnly, Broken, "only be read"),
        (of_disk(|disk| disk.kind = "tmpfs".into()), Check::ReadOnly, Broken, "in memory"),
        (
            of_disk(|disk| disk.options.push("barrier=0".into())),
            Check::ReadOnly,
            Attention,
            "without barriers",
        ),
        (
            change(|facts| facts.machine.durability.as_mut().unwrap().lost = 2),
            Check::Durability,
            Broken,
            "2 of 4000 acknowledged",
        ),
        (
            change(|facts| facts.machine.health.under_voltage = Some(true)),
            Check::Power,
            Broken,
            "too weak now",
        ),
        (
            change(|facts| facts.machine.health.was_under_voltage = Some(true)),
            Check::Power,
            Attention,
            "since",
        ),
        (change(|facts| facts.machine.health.temperature_c = Some(81)), Check::Heat, Attention, "81 °C"),
        (change(|facts| facts.machine.now_s = 400), Check::Clock, Broken, "1970-01-01"),
        (change(|facts| facts.machine.now_s = NOW_S - 90_000), Check::Clock, Attention, "already"),
        (change(|facts| facts.machine.wall = WallClock::Lost), Check::Clock, Attention, "rests on nothing"),
        (
            change(|facts| {
                facts.link =
                    Some(LinkFacts { name: Err("no answer".into()), call: Err(LinkFault::NameNotFound) });
            }),
            Check::Dns,
            Broken,
            "no answer",
        ),
        (call(LinkFault::Tls(TlsFault::NotYetValid)), Check::Certificate, Broken, "from the future"),
        (call(LinkFault::Tls(TlsFault::Expired)), Check::Certificate, Broken, "run out"),
        (
            call(LinkFault::Tls(TlsFault::UnknownIssuer)),
            Check::Certificate,
            Broken,
            "nobody this station trusts",
        ),
        (call(LinkFault::Unreachable), Check::Region, Attention, "cannot be reached"),
        (call(LinkFault::Redirect(302)), Check::Region, Attention, "elsewhere"),
        (call(LinkFault::Stalled { reached: Reached::Region }), Check::Region, Attention, "silent"),
        (
            of_status(|status| {
                status.staff.waiting = 318;
                status.oldest_waiting_min = Some(30 * 1440);
            }),
            Check::Outbox,
            Attention,
            "318 event(s) wait, the oldest for 30 days",
        ),
        (
            of_status(|status| status.staff.last_contact_min = Some(20_160)),
            Check::Contact,
            Attention,
            "14 days",
        ),
        (of_status(|status| status.staff.last_contact_min = None), Check::Contact, Attention, "no contact"),
        (of_status(joining), Check::Contact, Attention, "until the region lets it in"),
        (
            of_status(|status| {
                joining(status);
                status.answered = Some(false);
            }),
            Check::Contact,
            Attention,
            "knows nothing of its code yet",
        ),
        (
            change(|facts| facts.units.as_mut().unwrap()[0].state = "failed".into()),
            Check::Units,
            Broken,
            "oqyrman.service",
        ),
        (change(|facts| facts.units.as_mut().unwrap()[0].restarts = 9), Check::Units, Attention, "9 times"),
        (of_status(|status| status.staff.version = "0.0.9".into()), Check::Version, Attention, "0.0.9"),
    ];
    let mut seen: Vec<Check> = Vec::new();
    for (facts, check, standing, words) in cases {
        let told = judge(&facts);
        let found = told.iter().find(|told| told.check == check).unwrap();
        assert_eq!(found.standing, standing, "{check:?} {words}: {found:?}");
        assert!(found.sentence.contains(words) && !found.todo.is_empty(), "{found:?}");
        seen.push(check);
    }
    let unseen: Vec<_> = Check::ALL.into_iter().filter(|check| !seen.contains(check)).collect();
    assert_eq!(unseen, [], "a check that no fault was tried on");
}

#[test]
fn nothing_known_is_unknown_and_not_broken() {
    let facts = Facts {
        machine: Machine {
            now_s: NOW_S,
            wall: WallClock::Lost,
            health: Health::default(),
            connectors: Vec::new(),
            touch: None,
            disk: None,
            durability: None,
            open_to_others: false,
        },
        station: StationFacts::Never,
        config: Ok(ConfigFacts { readers: 1, printer: false, region: false }),
        link: None,
        units: None,
    };
    for told in judge(&facts) {
        assert_ne!(told.standing, Standing::Broken, "{told:?}");
    }
}

#[test]
fn what_belongs_to_another_user_is_left_alone() {
    let told = judge(&change(|facts| facts.station = StationFacts::NotOurs(Box::new(status()))));
    let journal = told.iter().find(|told| told.check == Check::Journal).unwrap();
    assert_eq!(journal.standing, Standing::Unknown);
    assert!(journal.todo.contains("sudo -u oqyrman"), "{journal:?}");
}

/// Every id is a heading of the guide, and the guide has no others.
#[test]
fn every_check_has_its_anchor_in_the_guide() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operating/doctor.md");
    let guide = fs::read_to_string(path).unwrap();
    let headings: Vec<&str> = guide.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings, Check::ALL.map(Check::id));
}

#[test]
fn a_machine_is_seen_below_its_root() {
    let root = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let data = root.path().canonicalize().unwrap().join("data");
    fs::create_dir(&data).unwrap();
    put("sys/class/drm/card0-DSI-1/status", "connected\n");
    put("sys/class/drm/card0-HDMI-A-1/status", "disconnected\n");
    put("sys/class/thermal/thermal_zone0/temp", "61350\n");
    put("sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n");
    put("sys/fs/ext4/mmcblk0p3/errors_count", "2\n");
    put("sys/block/mmcblk0/device/life_time", "0x01 0x0a\n");
    put("dev/kmsg", "3,1,2,-;mmcblk0: error -110 transferring data\n");
    put(
        "proc/bus/input/devices",
        "I: Bus=0003\nN: Name=\"A scanner\"\nB: PROP=0\nB: EV=120013\n\n\
         I: Bus=0018\nN: Name=\"Goodix\"\nB: PROP=2\nB: ABS=2658000 3\n\n",
    );
    let mounts =
        format!("/dev/root / ext4 rw 0 0\n/dev/mmcblk0p3 {} ext4 ro,barrier=0 0 0\n", data.display());
    put("proc/self/mounts", &mounts);
    let machine = Machine::seen(root.path(), &data);
    assert_eq!(machine.connectors.iter().filter(|connector| connector.connected).count(), 1);
    assert_eq!(machine.touch.unwrap(), ["Goodix"]);
    assert_eq!((machine.health.temperature_c, machine.health.under_voltage), (Some(61), Some(true)));
    let disk = machine.disk.unwrap();
    assert_eq!((disk.device.as_str(), disk.errors, disk.life_tenths), ("mmcblk0p3", Some(2), Some(10)));
    assert_eq!(disk.messages, Some(1));
    assert!(disk.is_read_only() && disk.is_without_barriers() && !disk.is_memory());
    assert!(disk.total > 0 && disk.free > 0);

    // Whatever the kernel's files hold, nothing breaks.
    for nonsense in ["", "\0\0\0", "-1", "99999999999999999999999999", &"x ".repeat(2_000_000)] {
        for name in [
            "sys/class/drm/card0-DSI-1/status",
            "sys/fs/ext4/mmcblk0p3/errors_count",
            "sys/block/mmcblk0/device/life_time",
            "proc/bus/input/devices",
            "dev/kmsg",
            "proc/self/mounts",
        ] {
            put(name, nonsense);
        }
        let _ = Machine::seen(root.path(), &data);
    }
}

fn oqyrman(args: &[&str], config: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_oqyrman")).args(args).arg("--config").arg(config).output().unwrap()
}

fn findings(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_command_tells_a_running_station_and_a_stopped_one() {
    let station = Station::with_school();
    let kiosk = station.start();
    let told = findings(&oqyrman(&["doctor", "--json", "--offline"], &station.config));
    assert_eq!(told.len(), Check::ALL.len());
    let one = |id: &str| told.iter().find(|told| told["id"] == id).unwrap().clone();
    assert_eq!(one("readers")["status"], "ok", "{told:?}");
    assert_eq!(one("journal")["status"], "ok");
    assert_eq!(one("region")["anchor"], "docs/operating/doctor.md#region");
    kiosk.stop().unwrap();

    let words = String::from_utf8(oqyrman(&["doctor", "--only", "journal"], &station.config).stdout).unwrap();
    assert!(words.starts_with("ok      journal"), "{words}");
    let wrong = oqyrman(&["doctor", "--only", "jornal"], &station.config);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("durability"), "the ids are listed");

    // A damaged journal is found, put aside, mended and told.
    let path = station.data().join("journal.db");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    let told = findings(&oqyrman(&["doctor", "--json", "--only", "journal"], &station.config));
    let again = findings(&oqyrman(&["doctor", "--json", "--only", "journal"], &station.config));
    assert!(["attention", "ok"].contains(&told[0]["status"].as_str().unwrap()), "{told:?}");
    assert_eq!(again[0]["status"], "ok");
}

#[test]
fn the_state_is_a_code_on_the_terminal_and_has_no_name_in_it() {
    let station = Station::with_school();
    station.start().stop().unwrap();
    let text = String::from_utf8(oqyrman(&["qr", "--text"], &station.config).stdout).unwrap();
    assert!(text.starts_with(&format!("Oqyrman {}\nstation ", env!("CARGO_PKG_VERSION"))), "{text}");
    assert!(text.is_ascii() && text.len() < 400, "{text}");
    let code = oqyrman(&["qr"], &station.config);
    assert!(code.status.success() && String::from_utf8_lossy(&code.stdout).contains('▄'));
}
