//! A compiler for another machine out of Debian's own packages, unpacked into a cache folder: no foreign architecture is added to the
//! system, nothing is installed, root is not needed.
//!
//! Invariants:
//! - `host/` holds programs of this machine (Rust, the cross compiler), `target/` the other machine's libraries and headers.
//! - A finished folder has the mark `ready`, which names what it was made for; without it, it is made anew.
//! - What is built links against the release that this machine runs, so it runs there and on later ones.

use crate::arch::Arch;
use crate::tool::{Steps, Tool, need, say};
use anyhow::{Context, bail};
use std::ffi::OsString;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// What the programs are built against.
const LIBRARIES: [&str; 6] =
    ["libc6-dev", "libgcc-12-dev", "libinput-dev", "libstd-rust-web-dev", "libudev-dev", "libxkbcommon-dev"];
/// What builds them.
const BUILDERS: [&str; 4] =
    ["binutils-aarch64-linux-gnu", "cargo-web", "gcc-12-aarch64-linux-gnu", "rustc-web"];
/// What the libraries drag along and nothing here reads: interpreters, the other machine's own compiler.
const NOT_UNPACKED: [&str; 7] = ["dpkg_", "gir1.2-", "libicu", "libllvm", "libpython", "python3", "tar_"];
/// What goes with the cross compiler but would hide the other machine's own C library.
const CROSS_LIBRARIES: &str = "-arm64-cross_";

/// A folder that builds for arm64.
#[derive(Debug)]
pub struct Cross {
    dir: PathBuf,
}

impl Cross {
    /// Opens the folder, and makes it if it is not there: some 270 MB are fetched by `apt-get`, 900 MB unpacked.
    ///
    /// # Errors
    /// This is no Debian amd64, a tool is missing, or a package cannot be fetched: with what to do.
    pub fn open(cache: &Path, steps: &mut Steps) -> anyhow::Result<Cross> {
        let codename = codename()?;
        let mark = format!("{codename} {} {}", LIBRARIES.join(" "), BUILDERS.join(" "));
        let cross = Cross { dir: cache.join(format!("oqyrman-cross-{codename}")) };
        if std::fs::read_to_string(cross.dir.join("ready")).is_ok_and(|ready| ready == mark) {
            steps.next(&format!("the cross compiler is in {}", cross.dir.display()));
            return Ok(cross);
        }
        need(&[("apt-get", "apt"), ("dpkg", "dpkg")])?;
        if Arch::here() != Some(Arch::Amd64) {
            bail!(
                "arm64 is cross-built on amd64; on an arm64 machine, build there with --arch arm64 without a cross compiler"
            );
        }
        steps.next("fetches the cross compiler and arm64's libraries from Debian (once, some 270 MB)");
        if cross.dir.exists() {
            std::fs::remove_dir_all(&cross.dir).with_context(|| cross.dir.display().to_string())?;
        }
        cross.fetch()?;
        steps.next("unpacks them");
        cross.unpack()?;
        std::fs::write(cross.dir.join("ready"), mark)?;
        Ok(cross)
    }

    /// The other machine's libraries, for `qemu-user`.
    #[must_use]
    pub fn target(&self) -> PathBuf {
        self.dir.join("target")
    }

    /// A cargo that builds for the other machine.
    #[must_use]
    pub fn cargo(&self) -> Tool {
        let (host, target) = (self.dir.join("host"), self.target());
        let pkg_config =
            [target.join("usr/lib/aarch64-linux-gnu/pkgconfig"), target.join("usr/share/pkgconfig")];
        let mut pkg_config_path = OsString::from(&pkg_config[0]);
        pkg_config_path.push(":");
        pkg_config_path.push(&pkg_config[1]);
        Tool::new(host.join("usr/bin/cargo"))
            .env("RUSTC", host.join("usr/bin/rustc"))
            .env("LD_LIBRARY_PATH", host.join("usr/lib/x86_64-linux-gnu"))
            .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", host.join("cc"))
            .env("CC_aarch64_unknown_linux_gnu", host.join("cc"))
            .env("AR_aarch64_unknown_linux_gnu", host.join("usr/bin/aarch64-linux-gnu-ar"))
            .env("PKG_CONFIG_ALLOW_CROSS", "1")
            .env("PKG_CONFIG_SYSROOT_DIR", &target)
            .env("PKG_CONFIG_LIBDIR", pkg_config_path)
    }

    fn fetch(&self) -> anyhow::Result<()> {
        for part in ["archives/partial", "lists/partial", "sources", "host", "target"] {
            std::fs::create_dir_all(self.dir.join(part)).with_context(|| self.dir.display().to_string())?;
        }
        std::fs::write(self.dir.join("status"), "")?;
        let sources = debian_sources()?;
        let name = sources.file_name().context("the list of Debian's sources has no name")?;
        std::fs::copy(&sources, self.dir.join("sources").join(name))?;
        let foreign = self.options(&[
            ("APT::Architecture", "arm64".into()),
            ("APT::Architectures", "arm64".into()),
            ("Dir::Etc::SourceList", "/dev/null".into()),
            ("Dir::Etc::SourceParts", self.dir.join("sources")),
            ("Dir::State::Lists", self.dir.join("lists")),
            ("Dir::State::status", self.dir.join("status")),
            ("Dir::Cache::pkgcache", "".into()),
            ("Dir::Cache::srcpkgcache", "".into()),
        ]);
        Tool::new("apt-get").args(&foreign).args(["update", "-qq"]).output()?;
        let download = ["install", "-y", "-qq", "--no-install-recommends", "--download-only"];
        Tool::new("apt-get").args(&foreign).args(download).args(LIBRARIES).output()?;
        Tool::new("apt-get")
            .args(self.options(&[]))
            .args(download)
            .arg("--reinstall")
            .args(BUILDERS)
            .output()
            .context("the lists of packages may be old: apt-get update")?;
        Ok(())
    }

    /// Options that keep `apt-get` in the folder.
    fn options(&self, more: &[(&str, PathBuf)]) -> Vec<OsString> {
        let own = [
            ("Dir::Cache::archives", self.dir.join("archives")),
            ("Debug::NoLocking", "1".into()),
            ("APT::Sandbox::User", "".into()),
        ];
        own.iter()
            .chain(more)
            .flat_map(|(name, value)| {
                let mut option = OsString::from(format!("{name}="));
                option.push(value);
                [OsString::from("-o"), option]
            })
            .collect()
    }

    fn unpack(&self) -> anyhow::Result<()> {
        let (host, target) = (self.dir.join("host"), self.target());
        let mut debs: Vec<_> = std::fs::read_dir(self.dir.join("archives"))?
            .map(|e| e.map(|e| e.path()))
            .collect::<Result<_, _>>()?;
        debs.retain(|path| path.extension().is_some_and(|extension| extension == "deb"));
        debs.sort();
        for deb in &debs {
            let name = deb.file_name().unwrap_or_default().to_string_lossy();
            let headers = name.starts_with("libgcc-12-dev-arm64-cross");
            if name.contains(CROSS_LIBRARIES) && !headers {
                continue;
            }
            let foreign = name.ends_with("_arm64.deb");
            if foreign && NOT_UNPACKED.iter().any(|start| name.starts_with(start)) {
                continue;
            }
            // What is of no machine may be read by either.
            let into: &[&Path] = match (foreign, name.ends_with("_all.deb") && !headers) {
                (true, _) => &[&target],
                (false, true) => &[&host, &target],
                (false, false) => &[&host],
            };
            for dir in into {
                Tool::new("dpkg").arg("-x").arg(deb).arg(dir).output()?;
            }
        }
        make_links_relative(&target, &target)?;
        let rustlib = target.join("usr/lib/rustlib").join(Arch::Arm64.triple());
        symlink(&rustlib, host.join("usr/lib/rustlib").join(Arch::Arm64.triple()))
            .context("Debian's Rust has another shape than before: usr/lib/rustlib")?;
        let cc = host.join("cc");
        std::fs::write(&cc, CC)?;
        std::fs::set_permissions(&cc, std::fs::Permissions::from_mode(0o755))?;
        say("   the packages themselves may go: archives/");
        std::fs::remove_dir_all(self.dir.join("archives"))?;
        Ok(())
    }
}

/// The cross compiler, told where the other machine's files are.
const CC: &str = r#"#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/usr/bin/aarch64-linux-gnu-gcc-12" --sysroot="$here/../target" -B"$here/usr/bin/aarch64-linux-gnu-" "$@"
"#;

/// Debian's name of the release that this machine runs.
fn codename() -> anyhow::Result<String> {
    let text = std::fs::read_to_string("/etc/os-release").context("/etc/os-release: is this a Debian?")?;
    let value = |key: &str| {
        text.lines().find_map(|line| line.strip_prefix(key)).map(|v| v.trim_matches('"').to_owned())
    };
    match (value("ID="), value("VERSION_CODENAME=")) {
        (Some(id), Some(codename)) if id == "debian" => Ok(codename),
        _ => bail!("the cross compiler is put together from Debian's packages, and this is another system"),
    }
}

/// The list of Debian's own sources, without whatever else the machine knows.
fn debian_sources() -> anyhow::Result<PathBuf> {
    ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
        .context("neither /etc/apt/sources.list.d/debian.sources nor /etc/apt/sources.list is there: where do packages come from?")
}

/// Turns links that begin at the root of the other machine into ones that stay in its folder.
fn make_links_relative(root: &Path, dir: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry?.path();
        if path.is_symlink() {
            let to = std::fs::read_link(&path)?;
            if let Ok(inside) = to.strip_prefix("/") {
                let up = path.strip_prefix(root)?.components().count().saturating_sub(1);
                let relative: PathBuf = std::iter::repeat_n("..", up).collect::<PathBuf>().join(inside);
                std::fs::remove_file(&path)?;
                symlink(relative, &path)?;
            }
        } else if path.is_dir() {
            make_links_relative(root, &path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_the_other_machine_stay_in_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let lib = dir.path().join("usr/lib");
        std::fs::create_dir_all(&lib).unwrap();
        std::fs::create_dir_all(dir.path().join("lib")).unwrap();
        std::fs::write(dir.path().join("lib/libm.so.6"), "theirs").unwrap();
        symlink("/lib/libm.so.6", lib.join("libm.so")).unwrap();
        symlink("libm.so", lib.join("as-it-is")).unwrap();
        make_links_relative(dir.path(), dir.path()).unwrap();
        assert_eq!(std::fs::read_link(lib.join("libm.so")).unwrap(), Path::new("../../lib/libm.so.6"));
        assert_eq!(std::fs::read_to_string(lib.join("as-it-is")).unwrap(), "theirs");
    }
}
