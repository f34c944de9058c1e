//! What the kernel tells of the card or disk under a folder: errors of its file system, its age, messages.

use crate::care::files::read_at_most;
use std::fs::OpenOptions;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Most bytes of one of the kernel's small files.
const SMALL: u64 = 256;

/// Most bytes of the kernel's messages.
const MESSAGES: usize = 4 << 20;

/// Errors that the ext4 file system on this device has counted; `None` where it is another file system.
pub fn file_system_errors(root: &Path, device: &str) -> Option<u64> {
    number(&root.join("sys/fs/ext4").join(device).join("errors_count"))
}

/// How much of its life an eMMC has used, in tenths of it; SD cards do not tell.
pub fn life_tenths(root: &Path, disk: &str) -> Option<u8> {
    let text = text(&root.join("sys/block").join(disk).join("device/life_time"))?;
    let tenths =
        text.split_whitespace().filter_map(|word| u8::from_str_radix(word.trim_start_matches("0x"), 16).ok());
    tenths.max().filter(|tenths| *tenths > 0)
}

/// Lines of the kernel in which this disk failed, as far as they may be read.
pub fn messages(root: &Path, disk: &str) -> Option<u32> {
    let path = root.join("dev/kmsg");
    // It is a device from which a read without this would wait for the next message.
    let nonblock = rustix::fs::OFlags::NONBLOCK.bits();
    let mut file =
        OpenOptions::new().read(true).custom_flags(i32::try_from(nonblock).ok()?).open(path).ok()?;
    let (mut text, mut buffer) = (Vec::new(), vec![0; 8 << 10]);
    while text.len() < MESSAGES {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(len) => text.extend_from_slice(&buffer[..len]),
            // A message that was overwritten while it was read.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::PIPE.raw_os_error()) => {}
            Err(_) => break,
        }
    }
    Some(failures(&String::from_utf8_lossy(&text), disk))
}

fn failures(text: &str, disk: &str) -> u32 {
    let host = disk.strip_prefix("mmcblk").map(|number| format!("mmc{number}: "));
    let told = |line: &&str| {
        let line = line.to_lowercase();
        let fails = ["i/o error", "error -110", "error -84", "timeout waiting", "critical medium error"];
        let named = line.contains(disk) || host.as_ref().is_some_and(|host| line.contains(host));
        named && fails.iter().any(|words| line.contains(words))
    };
    u32::try_from(text.lines().filter(told).count()).unwrap_or(u32::MAX)
}

fn text(path: &Path) -> Option<String> {
    String::from_utf8(read_at_most(path, SMALL).ok()?).ok()
}

fn number(path: &Path) -> Option<u64> {
    text(path)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_that_fails_is_seen_and_another_disk_is_not() {
        let text = "6,1,2,-;mmc0: new high speed SDHC card\n\
                    3,2,3,-;mmcblk0: error -110 transferring data, sector 1\n\
                    3,3,4,-;blk_update_request: I/O error, dev mmcblk0, sector 2\n\
                    3,4,5,-;I/O error, dev sda, sector 3\n3,5,6,-;mmc0: Timeout waiting for hardware interrupt.\n";
        assert_eq!((failures(text, "mmcblk0"), failures(text, "sda"), failures(text, "sdb")), (3, 1, 0));
    }
}
