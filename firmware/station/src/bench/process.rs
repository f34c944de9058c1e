//! What a process uses, as Linux tells it.

use anyhow::Context;
use rustix::process::Pid;
use std::fs::read_to_string;
use std::time::Duration;

/// Resident memory now, in kB.
///
/// # Errors
/// The process is gone.
pub fn resident_kb(pid: Pid) -> anyhow::Result<u64> {
    let status = read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Processor time used so far by all its threads.
///
/// # Errors
/// The process is gone.
pub fn processor_time(pid: Pid) -> anyhow::Result<Duration> {
    let mut used_ns = 0;
    for task in std::fs::read_dir(format!("/proc/{}/task", pid.as_raw_nonzero()))? {
        let schedstat = read_to_string(task?.path().join("schedstat"))?;
        used_ns += schedstat.split_whitespace().next().context("no schedstat")?.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(used_ns))
}
