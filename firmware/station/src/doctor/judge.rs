//! Facts in, findings out: for each check how it stands, one sentence, and what to do. Pure.

use super::{ConfigFacts, Facts, LinkFacts, StationFacts};
use crate::status::{Found, Status};
use desk::{Check, Standing};
use hardware::power::WallClock;
use links::{LinkFault, TlsFault};
use serde::Serialize;

/// Times before this were never right: 2026-01-01T00:00:00Z.
const EARLIEST_S: i64 = 1_767_225_600;

const MB: u64 = 1_000_000;

/// Less free room than this, and nothing can be kept soon.
const LEAST_FREE: u64 = 50 * MB;

/// Less than this is worth a word.
const LITTLE_FREE: u64 = 300 * MB;

/// A Raspberry Pi slows itself at 80 to 85 °C.
const HOT_C: i16 = 80;

/// The region should have answered within a week, in minutes.
const LONG_MIN: u64 = 7 * 24 * 60;

/// What is told of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Which.
    #[serde(rename = "id")]
    pub check: Check,
    /// How it stands.
    #[serde(rename = "status")]
    pub standing: Standing,
    /// What was found, in one sentence.
    pub sentence: String,
    /// What to do; empty where there is nothing to do.
    pub todo: String,
}

type Verdict = (Standing, String, String);

fn ok(sentence: impl Into<String>) -> Verdict {
    (Standing::Ok, sentence.into(), String::new())
}

fn unknown(sentence: impl Into<String>, todo: impl Into<String>) -> Verdict {
    (Standing::Unknown, sentence.into(), todo.into())
}

fn attention(sentence: impl Into<String>, todo: impl Into<String>) -> Verdict {
    (Standing::Attention, sentence.into(), todo.into())
}

fn broken(sentence: impl Into<String>, todo: impl Into<String>) -> Verdict {
    (Standing::Broken, sentence.into(), todo.into())
}

/// Judges every check, in the order of [`Check::ALL`].
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Told> {
    let told = |check: Check| {
        let (standing, sentence, todo) = one(facts, check);
        Told { check, standing, sentence, todo }
    };
    Check::ALL.into_iter().map(told).collect()
}

fn one(facts: &Facts, check: Check) -> Verdict {
    match check {
        Check::Setup => setup(facts),
        Check::Display => display(facts),
        Check::Touch => touch(facts),
        Check::Readers => readers(facts),
        Check::Printer => printer(facts),
        Check::Journal => journal(facts),
        Check::State => state(facts),
        Check::Disk => disk(facts),
        Check::Card => card(facts),
        Check::ReadOnly => read_only(facts),
        Check::Durability => durability(facts),
        Check::Power => power(facts),
        Check::Heat => heat(facts),
        Check::Clock => clock(facts),
        Check::Dns => dns(facts),
        Check::Certificate => certificate(facts),
        Check::Region => region(facts),
        Check::Outbox => outbox(facts),
        Check::Contact => contact(facts),
        Check::Units => units(facts),
        Check::Version => version(facts),
    }
}

fn running(facts: &Facts) -> Option<&Status> {
    match &facts.station {
        StationFacts::Runs(status) => Some(status),
        StationFacts::Never
        | StationFacts::Stopped(_)
        | StationFacts::NotOurs(_)
        | StationFacts::Shut(..) => None,
    }
}

const NOT_RUNNING: &str = "the station does not run, so it cannot be asked";

fn setup(facts: &Facts) -> Verdict {
    let of_file = facts.station.status().and_then(|status| status.memory.setup.as_ref());
    match (&facts.config, of_file) {
        (Err(words), _) => broken(
            format!("the configuration cannot be used: {}", first_line(words)),
            "correct that line; `oqyrman check` shows it with its place",
        ),
        (Ok(_), Some(_)) => attention(
            "a kiosk.toml was not taken over; the station goes on by its earlier set-up",
            "correct the line that the screen names, then `oqyrman first-boot`",
        ),
        (Ok(_), None) => ok("the configuration is good"),
    }
}

fn first_line(words: &str) -> &str {
    words.lines().next().unwrap_or_default()
}

fn display(facts: &Facts) -> Verdict {
    let connectors = &facts.machine.connectors;
    let there = connectors.iter().filter(|connector| connector.connected).count();
    let screens = running(facts).map(|status| status.screens);
    match (connectors.len(), there, screens) {
        (1.., 0, _) => broken(
            "no display is connected",
            "check the display's cable and its power, then restart oqyrman-screen",
        ),
        (_, _, Some(0)) => broken(
            "no screen program is connected to the station",
            "`systemctl restart oqyrman-screen`; `journalctl -u oqyrman-screen` says why it ended",
        ),
        (_, _, Some(screens)) => {
            ok(format!("{there} display(s) connected, {screens} screen program(s) there"))
        }
        (0, _, None) => {
            unknown("the kernel tells of no display, and the station does not run", "start the station")
        }
        (_, _, None) => ok(format!("{there} display(s) connected")),
    }
}

fn touch(facts: &Facts) -> Verdict {
    match facts.machine.touch.as_deref() {
        Some([]) => attention(
            "no touchscreen is there",
            "check the touchscreen's USB or ribbon cable; without it pupils can scan but not choose",
        ),
        Some(names) => ok(format!("touched by: {}", names.join(", "))),
        None => unknown("the kernel does not tell which input devices are there", ""),
    }
}

fn readers(facts: &Facts) -> Verdict {
    let Some(status) = running(facts) else {
        return unknown(NOT_RUNNING, "`oqyrman doctor readers` looks at each while the station is stopped");
    };
    match status.staff.readers {
        (_, 0) => broken("no reader is configured", "add [[readers]] to the configuration"),
        (0, expected) => broken(
            format!("none of {expected} reader(s) is there: nothing can be lent"),
            "put its plug in again; `oqyrman doctor readers` shows which path is looked for",
        ),
        (present, expected) if present < expected => attention(
            format!("{present} of {expected} readers are there"),
            "put the plug of the missing one in again; `oqyrman doctor readers` names it",
        ),
        (present, _) => ok(format!("all {present} are there")),
    }
}

fn printer(facts: &Facts) -> Verdict {
    if !facts.config.as_ref().is_ok_and(|config| config.printer) {
        return ok("none is configured");
    }
    let Some(state) = running(facts).and_then(|status| status.printer.as_deref()) else {
        return unknown(NOT_RUNNING, "`oqyrman doctor readers` looks at the printer too");
    };
    match state {
        "ready" => ok("ready"),
        "no paper" => attention("it has no paper", "put in a new roll"),
        "cover open" => attention("its cover is open", "close it"),
        other => {
            attention(format!("it cannot print: {other}"), "turn it off, look for jammed paper, turn it on")
        }
    }
}

fn journal(facts: &Facts) -> Verdict {
    let status = match &facts.station {
        StationFacts::Never => {
            return unknown("no station has run here yet", "start it: `systemctl start oqyrman`");
        }
        StationFacts::Shut(_, words) => {
            return broken(
                format!("it cannot be opened: {words}"),
                "see docs/operating/doctor.md#journal before anything else",
            );
        }
        StationFacts::NotOurs(_) => {
            return unknown(
                "the station does not run, and only its own user may open what it remembers",
                "`sudo -u oqyrman oqyrman doctor --only journal`",
            );
        }
        StationFacts::Stopped(status) | StationFacts::Runs(status) => status,
    };
    if let Some(words) = &status.memory.not_recorded {
        return broken(
            format!("the last event could not be written down: {words}"),
            "look at `disk`, `read-only` and `card`; nothing that was said yes to is lost",
        );
    }
    match status.memory.journal {
        Found::Sound | Found::Fresh => {
            ok(format!("whole, {} events: every page and the chain", status.events))
        }
        Found::Repaired => attention(
            "it was damaged, and was repaired at the start; the damaged file was put aside",
            "nothing is to be done at once; if it comes back, change the card",
        ),
        Found::Lost => attention(
            "it was gone at the start; what the region knows comes back from there",
            "do not delete anything; if the old card can be read, see docs/operating/doctor.md#journal",
        ),
    }
}

fn state(facts: &Facts) -> Verdict {
    let Some(status) = facts.station.status() else { return unknown("no station has run here yet", "") };
    if facts.machine.open_to_others {
        return attention(
            "others on this machine may look into the data folder",
            "`oqyrman doctor --fix` closes it (chmod 700)",
        );
    }
    match status.memory.state {
        Found::Sound if status.staff.patrons == 0 && status.staff.items == 0 => attention(
            "it holds no patrons and no books yet",
            "let it call the region once, or bring a stick from there",
        ),
        Found::Sound => ok(format!("whole: {} patrons, {} items", status.staff.patrons, status.staff.items)),
        Found::Fresh => {
            attention("it is new: nothing has come from the region yet", "let it call the region once")
        }
        Found::Repaired | Found::Lost => {
            attention("it was damaged and made anew", "nothing: it fills itself at the next contact")
        }
    }
}

fn disk(facts: &Facts) -> Verdict {
    let Some(disk) = &facts.machine.disk else { return unknown("the disk cannot be asked", "") };
    let free = disk.free / MB;
    let todo =
        "`oqyrman doctor --fix` shortens the system's log; then remove what else does not belong there";
    match disk.free {
        ..LEAST_FREE => broken(format!("{free} MB are free: soon nothing can be written down"), todo),
        LEAST_FREE..LITTLE_FREE => attention(format!("{free} MB are free"), todo),
        _ => ok(format!("{free} MB of {} MB are free", disk.total / MB)),
    }
}

fn card(facts: &Facts) -> Verdict {
    let Some(disk) = &facts.machine.disk else { return unknown("the disk cannot be asked", "") };
    let change = "copy what there is (`oqyrman report`, a stick to the region), then change the card";
    match (disk.errors, disk.messages, disk.life_tenths) {
        (Some(errors @ 1..), _, _) => {
            broken(format!("its file system has counted {errors} error(s)"), change)
        }
        (_, Some(lines @ 1..), _) => broken(format!("the kernel tells of {lines} failed access(es)"), change),
        (_, _, Some(tenths @ 9..)) => {
            attention(format!("{} % of its life is used", tenths.min(10) * 10), change)
        }
        (None, None, None) => unknown("neither its file system nor the kernel tells how it is", ""),
        (_, _, Some(tenths)) => ok(format!("no errors; at most {} % of its life is used", tenths * 10)),
        (_, _, None) => ok("no errors"),
    }
}

fn read_only(facts: &Facts) -> Verdict {
    let Some(disk) = &facts.machine.disk else { return unknown("the disk cannot be asked", "") };
    let place =
        || format!("{} ({})", if disk.device.is_empty() { "the disk" } else { &disk.device }, disk.kind);
    if disk.options.is_empty() {
        return unknown("the system does not tell how the disk is mounted", "");
    }
    if disk.is_read_only() {
        return broken(
            format!("{} can only be read: nothing can be lent", place()),
            "restart the machine; if it comes back, the card fails: change it",
        );
    }
    if disk.is_memory() {
        return broken(
            format!("the data folder is in memory ({}): a power cut takes all of it", disk.kind),
            "mount the state partition, see docs/operating/doctor.md#read-only",
        );
    }
    if disk.is_without_barriers() {
        return attention(
            format!("{} is mounted without barriers: a power cut may take back what was flushed", place()),
            "take `nobarrier` or `barrier=0` out of /etc/fstab and restart",
        );
    }
    ok(format!("{} can be written", place()))
}

fn durability(facts: &Facts) -> Verdict {
    let run = "`oqyrman durability`, also beside a running station";
    match facts.machine.durability {
        None => unknown("no power cut was tried on this card yet", run),
        Some(record) if record.lost > 0 => broken(
            format!(
                "in the last self-test {} of {} acknowledged commits were lost",
                record.lost, record.acknowledged
            ),
            "do not lend with this card: change it",
        ),
        Some(record) => ok(format!(
            "{} kills, {} acknowledged commits, none lost; a flush takes {:.1} ms, 99 of 100 at most {:.1} ms",
            record.kills,
            record.acknowledged,
            f64::from(record.flush_p50_us) / 1e3,
            f64::from(record.flush_p99_us) / 1e3
        )),
    }
}

fn power(facts: &Facts) -> Verdict {
    let supply = "use the supply that the board's maker names (5.1 V, 3 A or more) and a short, thick cable";
    match (facts.machine.health.under_voltage, facts.machine.health.was_under_voltage) {
        (Some(true), _) => broken("the supply is too weak now", supply),
        (_, Some(true)) => attention("the supply was too weak since the start", supply),
        (Some(false), _) => ok("the supply is good"),
        (None, _) => unknown("this board does not tell of its supply", ""),
    }
}

fn heat(facts: &Facts) -> Verdict {
    let health = facts.machine.health;
    let air = "let air reach the case, out of the sun and away from a radiator";
    match health.temperature_c {
        Some(degrees) if degrees >= HOT_C => {
            attention(format!("{degrees} °C: the processor slows itself"), air)
        }
        _ if health.throttled == Some(true) => attention("the processor is slowed", air),
        Some(degrees) => ok(format!("{degrees} °C")),
        None => unknown("this machine does not tell its heat", ""),
    }
}

fn clock(facts: &Facts) -> Verdict {
    let machine = &facts.machine;
    let set = "let it reach a time server, or `timedatectl set-time`; a clock with a battery keeps the time without a network";
    let known_s = facts.station.status().map_or(0, |status| status.at_s);
    if machine.now_s < EARLIEST_S {
        return broken(
            format!(
                "the clock says {}: it was never set; due dates count from the last known day",
                day(machine.now_s)
            ),
            set,
        );
    }
    if machine.now_s + 300 < known_s {
        return attention(
            format!(
                "the clock says {}, and the station has seen {} already",
                day(machine.now_s),
                day(known_s)
            ),
            set,
        );
    }
    match machine.wall {
        WallClock::Network => ok("set by a time server since the start"),
        WallClock::Battery => ok("kept by a battery"),
        WallClock::Lost => {
            attention("it rests on nothing: it goes on from the last time that was written down", set)
        }
    }
}

fn day(at_s: i64) -> String {
    let time = jiff::Timestamp::from_second(at_s).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.strftime("%Y-%m-%d").to_string()
}

fn link(facts: &Facts) -> Result<&LinkFacts, Verdict> {
    if facts.config.as_ref().is_ok_and(|config: &ConfigFacts| !config.region) {
        return Err(ok("no region is configured"));
    }
    facts.link.as_ref().ok_or_else(|| unknown("not looked at", "`oqyrman doctor` calls the region once"))
}

fn dns(facts: &Facts) -> Verdict {
    match link(facts) {
        Err(verdict) => verdict,
        Ok(LinkFacts { name: Ok(()), .. }) => ok("the region's name is found"),
        Ok(LinkFacts { name: Err(words), .. }) => broken(
            format!("the region's name is not found: {words}"),
            "is the cable in, is Wi-Fi on? `resolvectl query` with the region's name says more",
        ),
    }
}

fn certificate(facts: &Facts) -> Verdict {
    let link = match link(facts) {
        Err(verdict) => return verdict,
        Ok(link) => link,
    };
    match (link.tls(), &link.call) {
        (Some(TlsFault::NotYetValid), _) => broken(
            format!(
                "the region's certificate is from the future: by this clock it is {}",
                day(facts.machine.now_s)
            ),
            "set the clock; if the clock is right, the region's certificate begins too late",
        ),
        (Some(TlsFault::Expired), _) => broken(
            "the region's certificate has run out",
            "the region is to renew it; if it has, this station's clock is ahead",
        ),
        (Some(TlsFault::UnknownIssuer), _) => broken(
            "the region's certificate is signed by nobody this station trusts",
            "set `ca` in [region] to the region's CA, or look whether the Wi-Fi comes between",
        ),
        (Some(TlsFault::WrongName), _) => {
            broken("the certificate is for another name", "correct `url` in [region]")
        }
        (Some(TlsFault::Other(words)), _) => {
            broken(format!("the connection cannot be trusted: {words}"), "ask the region")
        }
        (None, Ok(())) => ok("trusted"),
        (None, Err(_)) => unknown("the call did not come so far", ""),
    }
}

fn region(facts: &Facts) -> Verdict {
    let later = "nothing is lost: lending goes on, and a stick carries what waits (`oqyrman courier write`)";
    let link = match link(facts) {
        Ok(link) => link,
        // A running station has called by itself.
        Err(verdict) => {
            let configured = facts.config.as_ref().is_ok_and(|config| config.region);
            return match running(facts).and_then(|status| status.answered).filter(|_| configured) {
                Some(true) => ok("it answered the last call"),
                Some(false) => attention("it did not answer the last call", later),
                None => verdict,
            };
        }
    };
    match &link.call {
        Ok(()) => ok("it answers"),
        Err(LinkFault::Redirect(_)) => attention(
            "something on the way sends the station elsewhere",
            "the Wi-Fi wants a login: use another network, or have this machine let through",
        ),
        Err(fault) => attention(format!("{fault}"), later),
    }
}

fn outbox(facts: &Facts) -> Verdict {
    let Some(status) = facts.station.status() else { return unknown("no station has run here yet", "") };
    let (waiting, oldest) = (status.staff.waiting, status.oldest_waiting_min);
    match oldest {
        Some(minutes) if waiting > 0 && minutes > LONG_MIN => attention(
            format!("{waiting} event(s) wait, the oldest for {} days", minutes / 1440),
            "bring a network, or carry them on a stick: `oqyrman courier write`",
        ),
        _ if waiting == 0 => ok("nothing waits"),
        Some(minutes) => ok(format!("{waiting} event(s) wait, the oldest for {} h", minutes / 60)),
        None => ok(format!("{waiting} event(s) wait")),
    }
}

fn contact(facts: &Facts) -> Verdict {
    if facts.config.as_ref().is_ok_and(|config| !config.region) {
        return ok("no region is configured");
    }
    let Some(status) = facts.station.status() else { return unknown("no station has run here yet", "") };
    let in_vain =
        facts.link.as_ref().is_some_and(|link| link.call.is_err()) || status.answered == Some(false);
    let carried = status.staff.ways.iter().map(|way| u64::from(way.minutes_ago)).min();
    match status.staff.last_contact_min.into_iter().chain(carried).min() {
        None if status.enrol_code.is_some() && in_vain => attention(
            "it has not reached the region, which knows nothing of its code yet",
            "do what is said of the region above, or join by a stick: `oqyrman enrol --help`",
        ),
        None if status.enrol_code.is_some() => attention(
            "the station waits until the region lets it in",
            "have the code on its screen approved in the region's console",
        ),
        None => attention(
            "it has had no contact with the region yet",
            "let it reach the network, or bring a stick",
        ),
        Some(minutes) if minutes > LONG_MIN => attention(
            format!("the last contact was {} days ago; the rules tighten with age", minutes / 1440),
            "bring a network, or a stick from the region",
        ),
        Some(minutes) => ok(format!("{minutes} min ago")),
    }
}

fn units(facts: &Facts) -> Verdict {
    let Some(units) = &facts.units else {
        return unknown("there is no systemd, or the units are not installed", "");
    };
    let down: Vec<&str> =
        units.iter().filter(|unit| unit.state != "active").map(|unit| unit.name.as_str()).collect();
    if !down.is_empty() {
        return broken(
            format!("not running: {}", down.join(", ")),
            "`oqyrman doctor --fix` starts them; `journalctl -u` with the name says why they ended",
        );
    }
    let often: Vec<String> = units
        .iter()
        .filter(|unit| unit.restarts >= 3)
        .map(|unit| format!("{} ({} times)", unit.name, unit.restarts))
        .collect();
    if often.is_empty() {
        ok(format!("all {} run", units.len()))
    } else {
        attention(
            format!("started anew again and again: {}", often.join(", ")),
            "`journalctl -u` with the name says why",
        )
    }
}

fn version(facts: &Facts) -> Verdict {
    let own = env!("CARGO_PKG_VERSION");
    match running(facts) {
        Some(status) if status.staff.version != own => attention(
            format!("version {} runs, version {own} is installed", status.staff.version),
            "restart the station when nobody is at it: `systemctl restart oqyrman oqyrman-screen`",
        ),
        Some(_) | None => ok(format!("version {own}")),
    }
}
