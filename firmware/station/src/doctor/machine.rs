//! What is seen of the machine, below a root: `/` on a station, a folder in tests. Looks; decides nothing.

use super::card;
use crate::care::files::read_at_most;
use crate::durability::Record;
use hardware::power::{Health, WallClock};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Most bytes of a list of the kernel.
const LIST: u64 = 1 << 20;

/// The machine at one moment.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The system's time, seconds since 1970.
    pub now_s: i64,
    /// What the clock rests on.
    pub wall: WallClock,
    /// Heat and supply.
    pub health: Health,
    /// Sockets of displays.
    pub connectors: Vec<Connector>,
    /// Devices that are touched or pointed with; `None` = the kernel does not tell.
    pub touch: Option<Vec<String>>,
    /// The disk under the data folder; `None` = it cannot be asked.
    pub disk: Option<Disk>,
    /// The last self-test of the disk.
    pub durability: Option<Record>,
    /// Whether others than the station's user may look into the data folder.
    pub open_to_others: bool,
}

/// A socket of a display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    /// Its name, as `card0-DSI-1`.
    pub name: String,
    /// Whether a display is there.
    pub connected: bool,
}

/// The disk under a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Disk {
    /// Bytes that are free.
    pub free: u64,
    /// Bytes it has.
    pub total: u64,
    /// The device's name, as `mmcblk0p2`; empty = not told.
    pub device: String,
    /// Its file system.
    pub kind: String,
    /// How it is mounted.
    pub options: Vec<String>,
    /// Errors that its file system has counted.
    pub errors: Option<u64>,
    /// Tenths of its life that are used.
    pub life_tenths: Option<u8>,
    /// Lines of the kernel in which it failed.
    pub messages: Option<u32>,
}

impl Disk {
    /// Whether nothing can be written to it.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.options.iter().any(|option| option == "ro")
    }

    /// Whether it is in memory: nothing survives there.
    #[must_use]
    pub fn is_memory(&self) -> bool {
        ["tmpfs", "ramfs"].contains(&self.kind.as_str())
    }

    /// Whether it was told not to wait until what is flushed is on the medium.
    #[must_use]
    pub fn is_without_barriers(&self) -> bool {
        self.options.iter().any(|option| ["nobarrier", "barrier=0"].contains(&option.as_str()))
    }
}

impl Machine {
    /// Looks below `root`. `data_dir` is a path as the system sees it.
    #[must_use]
    pub fn seen(root: &Path, data_dir: &Path) -> Machine {
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
        Machine {
            now_s,
            wall: hardware::power::wall_clock(&root.join("sys"), &root.join("run")),
            health: hardware::power::health(&root.join("sys")),
            connectors: connectors(root),
            touch: touch(root),
            disk: disk(root, data_dir),
            durability: Record::read(data_dir),
            open_to_others: open_to_others(data_dir),
        }
    }
}

fn list(path: PathBuf) -> Option<String> {
    Some(String::from_utf8_lossy(&read_at_most(&path, LIST).ok()?).into_owned())
}

fn connectors(root: &Path) -> Vec<Connector> {
    let entries = std::fs::read_dir(root.join("sys/class/drm")).into_iter().flatten().flatten();
    let mut connectors: Vec<Connector> = entries
        .take(64)
        .filter_map(|entry| {
            let status = list(entry.path().join("status"))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // A socket without a plug that shows what is drawn to whoever reads it.
            (!name.contains("Writeback")).then(|| Connector { name, connected: status.trim() == "connected" })
        })
        .collect();
    connectors.sort_by(|one, other| one.name.cmp(&other.name));
    connectors
}

/// Devices with an absolute position: touchscreens, and the tablets of virtual machines.
fn touch(root: &Path) -> Option<Vec<String>> {
    let text = list(root.join("proc/bus/input/devices"))?;
    let touched = text.split("\n\n").filter_map(|device| {
        let line = |start: &str| device.lines().find_map(|line| line.strip_prefix(start));
        let bits = |start: &str| {
            let last = line(start)?.split_whitespace().last()?;
            u64::from_str_radix(last, 16).ok()
        };
        // Property 1 = touched directly; axes 0 and 1 = a position.
        let direct = bits("B: PROP=").is_some_and(|bits| bits >> 1 & 1 == 1);
        let placed = bits("B: ABS=").is_some_and(|bits| bits & 0b11 == 0b11);
        let name = line("N: Name=")?.trim_matches('"').to_owned();
        (direct || placed).then_some(name)
    });
    Some(touched.collect())
}

fn disk(root: &Path, data_dir: &Path) -> Option<Disk> {
    let real = data_dir.canonicalize().unwrap_or_else(|_| data_dir.to_owned());
    let mut disk = Disk::default();
    if let Ok(room) = rustix::fs::statvfs(&real) {
        disk.free = room.f_bavail.saturating_mul(room.f_frsize);
        disk.total = room.f_blocks.saturating_mul(room.f_frsize);
    }
    let mounts = list(root.join("proc/self/mounts"))?;
    // The longest path that the folder is under; the last of equal ones lies on top.
    let mut longest = 0;
    for line in mounts.lines() {
        let mut words = line.split(' ');
        let (Some(device), Some(at), Some(kind), Some(options)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            continue;
        };
        if real.starts_with(at) && at.len() >= longest {
            longest = at.len();
            disk.device = device.strip_prefix("/dev/").unwrap_or_default().to_owned();
            disk.kind = kind.to_owned();
            disk.options = options.split(',').map(str::to_owned).collect();
        }
    }
    if !disk.device.is_empty() {
        let whole = whole_disk(&disk.device);
        disk.errors = card::file_system_errors(root, &disk.device);
        disk.life_tenths = card::life_tenths(root, &whole);
        disk.messages = card::messages(root, &whole);
    }
    Some(disk)
}

/// `mmcblk0p2` → `mmcblk0`, `sda1` → `sda`.
fn whole_disk(device: &str) -> String {
    let without = device.trim_end_matches(|letter: char| letter.is_ascii_digit());
    match without.strip_suffix('p') {
        Some(disk) if disk.ends_with(|letter: char| letter.is_ascii_digit()) => disk.to_owned(),
        Some(_) | None if without.starts_with("mmcblk") || without.starts_with("nvme") => device.to_owned(),
        Some(_) | None => without.to_owned(),
    }
}

fn open_to_others(data_dir: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(data_dir).is_ok_and(|data| data.permissions().mode() & 0o007 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_belongs_to_its_disk() {
        for (device, disk) in
            [("mmcblk0p2", "mmcblk0"), ("mmcblk0", "mmcblk0"), ("sda1", "sda"), ("vdb", "vdb")]
        {
            assert_eq!(whole_disk(device), disk);
        }
    }
}
