//! The system's units, as `systemctl` tells of them.

use super::Unit;
use std::process::Command;

/// The station's units.
pub const UNITS: [&str; 2] = ["oqyrman.service", "oqyrman-screen.service"];

/// Asks systemd; `None` where there is none, or none of the units is installed.
#[must_use]
pub fn look() -> Option<Vec<Unit>> {
    let output = Command::new("systemctl")
        .args(["show", "--property=Id,LoadState,ActiveState,NRestarts"])
        .args(UNITS)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(read(&String::from_utf8_lossy(&output.stdout))).filter(|units| !units.is_empty())
}

/// Reads blocks of `Key=value` lines; units that are not installed are left out.
fn read(text: &str) -> Vec<Unit> {
    let unit = |block: &str| {
        let value = |key: &str| {
            block
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
                .unwrap_or_default()
                .to_owned()
        };
        (value("LoadState") == "loaded").then(|| Unit {
            name: value("Id"),
            state: value("ActiveState"),
            restarts: value("NRestarts").parse().unwrap_or(0),
        })
    };
    text.split("\n\n").filter_map(unit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_are_not_there_are_left_out() {
        let text = "Id=oqyrman.service\nLoadState=loaded\nActiveState=active\nNRestarts=2\n\n\
                    Id=oqyrman-screen.service\nLoadState=not-found\nActiveState=inactive\nNRestarts=0\n";
        let units = read(text);
        assert_eq!(units.len(), 1);
        assert_eq!((units[0].state.as_str(), units[0].restarts), ("active", 2));
    }
}
