//! Builds the programs for a machine and tries each of them once.

use crate::arch::Arch;
use crate::cross::Cross;
use crate::tool::{Steps, Tool, need, say};
use crate::workspace::PROGRAMS;
use anyhow::{Context, ensure};
use std::path::{Path, PathBuf};

/// Libraries that the screen of a device is built against: their file for pkg-config, and the package that has it.
const HEADERS: [(&str, &str); 3] =
    [("libinput", "libinput-dev"), ("libudev", "libudev-dev"), ("xkbcommon", "libxkbcommon-dev")];

/// Builds all programs and gives the folder that they are in.
///
/// # Errors
/// What is missing, with its package; what cargo says; a program that does not run.
pub fn build(root: &Path, arch: Arch, steps: &mut Steps) -> anyhow::Result<PathBuf> {
    let cross = (Arch::here() != Some(arch)).then(|| {
        need(&[("qemu-aarch64-static", "qemu-user-static"), ("pkg-config", "pkg-config")])?;
        Cross::open(&cache()?, steps)
    });
    let cross = cross.transpose()?;
    if cross.is_none() {
        steps.next("the libraries of the screen");
        need(&[("pkg-config", "pkg-config"), ("cc", "gcc")])?;
        for (name, package) in HEADERS {
            Tool::new("pkg-config").args(["--exists", name]).output().with_context(|| {
                format!("the screen needs {name} to be built. On Debian: apt-get install {package}")
            })?;
        }
    }
    let target = target_dir(root);
    steps.next(&format!("builds for {arch} (a first time takes ten minutes and more)"));
    // The screen is built by itself: its features are a device's, those of the workspace's other users are a desk's.
    for program in &PROGRAMS {
        let cargo = match &cross {
            Some(cross) => cross.cargo(),
            None => Tool::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())),
        };
        say(&format!("   {}", program.name));
        let foreign = cross.is_some().then_some(["--target", arch.triple()]);
        cargo
            .args(["build", "--release", "--locked", "--target-dir"])
            .arg(&target)
            .args(foreign.into_iter().flatten())
            .args(program.cargo_args())
            .dir(root)
            .env("CARGO_INCREMENTAL", "0")
            .run()?;
    }
    let programs = if cross.is_some() { target.join(arch.triple()) } else { target }.join("release");
    steps.next(if cross.is_some() { "tries them under qemu-user" } else { "tries them" });
    for program in &PROGRAMS {
        let said = on(arch, cross.as_ref(), &programs.join(program.name)).arg("--version").output()?;
        ensure!(said.contains(program.name), "{} --version says: {said}", program.name);
        say(&format!("   {}", said.trim()));
    }
    let example = root.join("firmware/station/oqyrman.example.toml");
    let said = on(arch, cross.as_ref(), &programs.join("oqyrman"))
        .args(["check", "--config"])
        .arg(example)
        .output()?;
    say(&format!("   oqyrman check: {}", said.trim()));
    Ok(programs)
}

/// A program, on this machine or as if on the other.
fn on(arch: Arch, cross: Option<&Cross>, program: &Path) -> Tool {
    match (arch, cross) {
        (Arch::Arm64, Some(cross)) => {
            Tool::new("qemu-aarch64-static").arg("-L").arg(cross.target()).arg(program)
        }
        (Arch::Arm64 | Arch::Amd64, _) => Tool::new(program),
    }
}

/// Where things are kept that are made once.
///
/// # Errors
/// There is no home.
pub fn cache() -> anyhow::Result<PathBuf> {
    if let Some(cache) = std::env::var_os("XDG_CACHE_HOME") {
        return Ok(cache.into());
    }
    let home =
        std::env::var_os("HOME").context("where to keep what is made once: set HOME or XDG_CACHE_HOME")?;
    Ok(PathBuf::from(home).join(".cache"))
}

/// A folder of its own: other features and other flags would throw away what `cargo test` has built.
fn target_dir(root: &Path) -> PathBuf {
    let base = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    base.join("dist")
}
