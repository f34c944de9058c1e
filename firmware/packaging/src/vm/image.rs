//! The virtual machine's disk: a small Debian, made once, and the packages in it, each time anew.

use super::versions::Versions;
use crate::tool::{Steps, Tool};
use anyhow::{Context, ensure};
use std::path::{Path, PathBuf};

/// What a system needs to start, and what the station's packages ask for, so that they are installed without a network.
const INCLUDED: &str = "linux-image-amd64,initramfs-tools,systemd-sysv,udev,kmod,libinput10,libxkbcommon0,xkb-data,libudev1,\
                        init-system-helpers,zstd";

/// A shell for the one who looks, on the second serial line. It belongs to the trial, not to the packages.
const SHELL: &str = "\
[Unit]
Description=A shell for the trial
[Service]
ExecStart=/bin/sh
StandardInput=tty
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS1
TTYReset=yes
Restart=always
[Install]
WantedBy=sysinit.target
";

/// A disk and what starts from it.
#[derive(Debug)]
pub struct Disk {
    /// The file that is the disk.
    pub image: PathBuf,
    /// The kernel.
    pub kernel: PathBuf,
    /// Its first file system.
    pub initrd: PathBuf,
    /// What the screen must look like when nobody is there.
    pub idle: PathBuf,
    /// And after somebody has chosen Russian.
    pub idle_ru: PathBuf,
    /// And when a stick was put in, and nothing waits to be carried.
    pub stick: PathBuf,
    /// The versions that lie in it.
    pub versions: Versions,
}

/// A Debian without the packages, made once and kept.
///
/// # Errors
/// `mmdebstrap` fails.
pub fn base(cache: &Path, steps: &mut Steps) -> anyhow::Result<PathBuf> {
    let dir = cache.join("oqyrman-vm-amd64");
    let mark = dir.join("made-with");
    if std::fs::read_to_string(&mark).is_ok_and(|made| made == INCLUDED) {
        steps.next(&format!("the Debian without packages is in {}", dir.display()));
        return Ok(dir.join("root"));
    }
    steps.next("makes a Debian for the virtual machine (once, some minutes)");
    if dir.exists() {
        std::fs::remove_dir_all(&dir).with_context(|| dir.display().to_string())?;
    }
    std::fs::create_dir_all(&dir)?;
    Tool::new("mmdebstrap")
        .args(["--variant=minbase", "--quiet", "--aptopt=Acquire::Languages \"none\""])
        .arg(format!("--include={INCLUDED}"))
        .arg("bookworm")
        .arg(dir.join("root"))
        .run()?;
    std::fs::write(mark, INCLUDED)?;
    Ok(dir.join("root"))
}

/// Copies the Debian, installs the packages into it as a technician does, and makes a disk of it.
///
/// # Errors
/// The packages are not there or cannot be installed.
pub fn install(base: &Path, packages: &Path, out: &Path, steps: &mut Steps) -> anyhow::Result<Disk> {
    steps.next("installs the packages");
    let root = out.join("root");
    if root.exists() {
        std::fs::remove_dir_all(&root).with_context(|| root.display().to_string())?;
    }
    Tool::new("cp").args(["-a", "--reflink=auto"]).arg(base).arg(&root).run()?;
    let mut debs = Vec::new();
    for entry in std::fs::read_dir(packages)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            let name = path.file_name().unwrap_or_default().to_owned();
            std::fs::copy(&path, root.join("root").join(&name))?;
            debs.push(Path::new("/root").join(name));
        }
    }
    ensure!(
        !debs.is_empty(),
        "{}: there are no packages here; `cargo xtask dist` makes them",
        packages.display()
    );
    let chroot = || Tool::new("chroot").arg(&root).env("DEBIAN_FRONTEND", "noninteractive");
    chroot().args(["dpkg", "--install"]).args(&debs).output()?;
    // Installed twice: what the scripts do may be done again, and a configuration stays.
    chroot().args(["dpkg", "--install"]).args(&debs).output()?;
    let masked = std::fs::read_link(root.join("etc/systemd/system/getty@tty1.service")).ok();
    ensure!(masked.as_deref() == Some(Path::new("/dev/null")), "getty@tty1 is not masked: {masked:?}");

    std::fs::write(root.join("etc/systemd/system/vm-shell.service"), SHELL)?;
    chroot().args(["systemctl", "enable", "--quiet", "vm-shell.service"]).output()?;
    std::fs::write(root.join("etc/hostname"), "station\n")?;
    std::fs::write(root.join("etc/fstab"), "/dev/vda / ext4 errors=remount-ro 0 1\n")?;
    std::fs::create_dir_all(root.join("srv/trial"))?;
    let versions = Versions::make(packages, &root, out)?;
    for (name, contents) in super::scenario::files(&versions.key) {
        std::fs::write(root.join("srv/trial").join(name), contents)?;
    }

    let pictures = out.join("gallery");
    chroot()
        .args(["oqyrman-screen", "gallery", "--out", "/srv/trial/gallery"])
        .output()
        .context("the pictures that the screen is compared with")?;
    if pictures.exists() {
        std::fs::remove_dir_all(&pictures)?;
    }
    Tool::new("cp").arg("-r").arg(root.join("srv/trial/gallery")).arg(&pictures).run()?;

    steps.next("makes the disk");
    let image = out.join("disk.img");
    if image.exists() {
        std::fs::remove_file(&image)?;
    }
    Tool::new("mkfs.ext4").args(["-q", "-L", "root", "-d"]).arg(&root).arg(&image).arg("2500M").run()?;
    let boot = root.join("boot");
    let disk = Disk {
        image,
        kernel: keep(&boot, "vmlinuz-", out, "vmlinuz")?,
        initrd: keep(&boot, "initrd.img-", out, "initrd.img")?,
        idle: find(&pictures, "idle-kk")?,
        idle_ru: find(&pictures, "idle-ru")?,
        stick: find(&pictures, "stick-asked-nothing-kk")?,
        versions,
    };
    std::fs::remove_dir_all(&root)?;
    Ok(disk)
}

fn keep(dir: &Path, begin: &str, out: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let to = out.join(name);
    std::fs::copy(find(dir, begin)?, &to)?;
    Ok(to)
}

/// The file whose name begins so; the shortest, if there are more.
fn find(dir: &Path, begin: &str) -> anyhow::Result<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).with_context(|| dir.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().unwrap_or_default().to_string_lossy().starts_with(begin) {
                found.push(path);
            }
        }
    }
    found.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
    found.into_iter().next().with_context(|| format!("{}: no file begins with {begin}", dir.display()))
}
