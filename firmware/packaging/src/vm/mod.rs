//! `cargo xtask vm-test`: the packages in a Debian of their own, in a virtual machine with a display, a keyboard that is the
//! scanner, and a tablet that is the finger.
//!
//! Invariants:
//! - What runs is what is shipped: the packages of a `dist` folder, installed by `dpkg`, started by their own units.
//! - The machine is looked at from outside (picture, keys, power) and asked by a shell on its second serial line.
//! - The power is cut by killing the emulator: what the guest had not handed to its disk is gone. That a disk which lies
//!   about flushes keeps what it promised is not shown here.

mod image;
mod machine;
mod picture;
mod scenario;
mod versions;

use crate::arch::Arch;
use crate::dist;
use crate::tool::{Steps, need};
use anyhow::{Context, bail, ensure};
use std::path::PathBuf;

/// What to try, and where to write what was seen.
#[derive(Debug)]
pub struct Options {
    /// For which machine.
    pub arch: Arch,
    /// The folder with the packages.
    pub packages: PathBuf,
    /// For pictures, logs and figures.
    pub out: PathBuf,
}

/// Tries it, and gives what was measured as one line of JSON.
///
/// # Errors
/// A tool is missing, or the station did not do what it must: with what was seen instead.
pub fn run(options: &Options) -> anyhow::Result<String> {
    if options.arch != Arch::Amd64 {
        bail!(
            "only amd64 is emulated fast enough to be waited for; arm64's programs are tried by `dist` under qemu-user"
        );
    }
    need(&[
        ("qemu-system-x86_64", "qemu-system-x86"),
        ("mmdebstrap", "mmdebstrap"),
        ("mkfs.ext4", "e2fsprogs"),
        ("mkfs.vfat", "dosfstools"),
        ("chroot", "coreutils"),
        ("dpkg-deb", "dpkg"),
        ("cp", "coreutils"),
    ])?;
    ensure!(is_root(), "the virtual machine's disk is filled as root: files in it belong to many users");
    let packages = options.packages.canonicalize().with_context(|| options.packages.display().to_string())?;
    std::fs::create_dir_all(&options.out).with_context(|| options.out.display().to_string())?;
    let out = options.out.canonicalize()?;
    let mut steps = Steps::new(11);
    let base = image::base(&dist::cache()?, &mut steps)?;
    let disk = image::install(&base, &packages, &out, &mut steps)?;
    scenario::play(&disk, &out, &mut steps)
}

fn is_root() -> bool {
    // The owner of what this process is, as the kernel tells it.
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
