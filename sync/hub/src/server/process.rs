//! This process in numbers, under the names that Prometheus' own clients give them.

use std::fmt::Write;
use std::fs;

/// Ticks in a second, in which the system counts processor time: 100 on every Linux.
const TICKS: u64 = 100;

/// The numbers in the text form of Prometheus; those that the system does not tell are left out.
pub(super) fn exposition() -> String {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The program's name stands in brackets and may hold anything; what follows is fields from the third on.
    let fields: Vec<&str> =
        stat.rsplit_once(')').map_or_else(Vec::new, |(_, rest)| rest.split_whitespace().collect());
    let field = |number: usize| -> Option<u64> { fields.get(number.checked_sub(3)?)?.parse().ok() };
    let cpu = field(14).zip(field(15)).map(|(user, system)| user + system);
    let began = field(22).zip(boot_s()).map(|(ticks, boot_s)| boot_s + ticks / TICKS);
    let page = rustix::param::page_size() as u64;
    let fds = fs::read_dir("/proc/self/fd").ok().map(|dir| dir.count() as u64);
    let most_fds = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let mut text = String::new();
    for (name, sort, help, value) in [
        ("resident_memory_bytes", "gauge", "Memory of this process.", field(24).map(|pages| pages * page)),
        ("virtual_memory_bytes", "gauge", "Address space of this process.", field(23)),
        ("start_time_seconds", "gauge", "When this process began, seconds since 1970.", began),
        ("open_fds", "gauge", "Open file descriptors.", fds),
        ("max_fds", "gauge", "The most file descriptors.", most_fds),
        ("threads", "gauge", "Threads.", field(20)),
    ] {
        if let Some(value) = value {
            let _ = writeln!(
                text,
                "# HELP process_{name} {help}\n# TYPE process_{name} {sort}\nprocess_{name} {value}"
            );
        }
    }
    if let Some(ticks) = cpu {
        let _ = writeln!(
            text,
            "# HELP process_cpu_seconds_total Processor time.\n# TYPE process_cpu_seconds_total counter\n\
             process_cpu_seconds_total {}.{:02}",
            ticks / TICKS,
            ticks % TICKS
        );
    }
    text
}

/// When the machine was started, seconds since 1970.
fn boot_s() -> Option<u64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}
