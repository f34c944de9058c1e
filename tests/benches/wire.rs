//! What a delivery costs over a bad line, counted at a proxy: TLS, HTTP and signatures included, TCP/IP headers not.
//! Targets beside the figures are the project's own. `cargo bench -p tests --bench wire`; with a word, only lines whose
//! name has it.

use std::io::Write;
use std::time::Duration;
use tests::demo::chance::Chance;
use tests::demo::school::School;
use tests::wire::{Line, Proxy, Region, Sender, autumn};

struct Case {
    name: &'static str,
    line: Line,
    events: usize,
    targets: &'static str,
}

const CASES: [Case; 5] = [
    Case {
        name: "loopback",
        line: Line { rtt_ms: 0, bits_per_s: 0, falls_after: 0 },
        events: 10_000,
        targets: "≤ 60 kB",
    },
    Case {
        name: "rtt 600 ms",
        line: Line { rtt_ms: 600, bits_per_s: 0, falls_after: 0 },
        events: 10_000,
        targets: "≤ 60 kB, ≤ 10 s",
    },
    Case {
        name: "rtt 600 ms, 32 kbit/s",
        line: Line { rtt_ms: 600, bits_per_s: 32_000, falls_after: 0 },
        events: 10_000,
        targets: "≤ 60 kB, ≤ 25 s",
    },
    Case {
        name: "falls every 20 kB",
        line: Line { rtt_ms: 0, bits_per_s: 0, falls_after: 20_000 },
        events: 10_000,
        targets: "all, none twice",
    },
    Case {
        name: "falls every 4 kB",
        line: Line { rtt_ms: 0, bits_per_s: 0, falls_after: 4_000 },
        events: 10_000,
        targets: "all, none twice, ≤ 180 kB",
    },
];

fn main() -> anyhow::Result<()> {
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let mut out = std::io::stdout().lock();
    let school = School::invent(&mut Chance::new(1));
    for case in CASES.iter().filter(|case| wanted.as_ref().is_none_or(|word| case.name.contains(word))) {
        let dir = tempfile::tempdir()?;
        let region = Region::start(dir.path(), &school)?;
        let proxy = Proxy::start(region.address, case.line)?;
        let mut sender = Sender::join(&dir.path().join("station"), &region, &proxy)?;
        autumn(&mut sender.journal, &school, case.events, &mut Chance::new(2))?;
        proxy.take_traffic();
        let delivery = sender.deliver(Duration::from_secs(600))?;
        let traffic = proxy.take_traffic();
        writeln!(
            out,
            "{:<24} {} events, {} there: {} B up + {} B down = {} B, {:.1} s, {} calls, {} connections, {} fell   (target {})",
            case.name,
            case.events,
            region.events()?,
            traffic.up,
            traffic.down,
            traffic.up + traffic.down,
            delivery.took.as_secs_f64(),
            delivery.calls,
            traffic.connections,
            traffic.fallen,
            case.targets,
        )?;
        if case.line.rtt_ms == 0 && case.line.falls_after == 0 {
            for (what, events, target) in [("one event", 1, "≤ 1.5 kB"), ("nothing new", 0, "≤ 1.3 kB")] {
                autumn(&mut sender.journal, &school, events, &mut Chance::new(3))?;
                proxy.cut();
                proxy.take_traffic();
                sender.call_once()?;
                let one = proxy.take_traffic();
                writeln!(
                    out,
                    "{:<24} {} B up + {} B down = {} B on a new connection of a known session   (target {target})",
                    what,
                    one.up,
                    one.down,
                    one.up + one.down
                )?;
            }
        }
    }
    Ok(())
}
