//! What the workspace says of itself: where it is, its version, its date, and which crates a program is made of.

use crate::arch::Arch;
use crate::tool::Tool;
use anyhow::{Context, bail, ensure};
use cargo_metadata::{MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The workspace's folder.
#[must_use]
pub fn root() -> PathBuf {
    // `cargo run` names the folder of this very checkout; a program that was moved away falls back to where it was built.
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.ancestors().nth(2).map_or(package.clone(), Path::to_owned)
}

/// A program that is shipped, and how it is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// Its file's name.
    pub name: &'static str,
    /// The package that has it.
    pub package: &'static str,
    /// The package's folder in the workspace.
    pub folder: &'static str,
    /// Its features, instead of the default ones.
    pub features: Option<&'static str>,
}

/// All of them.
pub const PROGRAMS: [Program; 3] = [
    Program { name: "oqyrman", package: "station", folder: "firmware/station", features: None },
    Program {
        name: "oqyrman-screen",
        package: "kiosk-ui",
        folder: "kiosk-ui",
        features: Some("device-panel"),
    },
    Program { name: "oqyrman-hub", package: "hub", folder: "sync/hub", features: None },
];

impl Program {
    /// What cargo must be told to build it.
    #[must_use]
    pub fn cargo_args(&self) -> Vec<&'static str> {
        let mut args = vec!["--package", self.package];
        if let Some(features) = self.features {
            args.extend(["--no-default-features", "--features", features]);
        }
        args
    }
}

/// The version of all packages.
///
/// # Errors
/// The workspace's manifest cannot be read.
pub fn version(root: &Path) -> anyhow::Result<String> {
    let path = root.join("Cargo.toml");
    let manifest: toml::Table =
        std::fs::read_to_string(&path).with_context(|| path.display().to_string())?.parse()?;
    let version = manifest.get("workspace").and_then(|w| w.get("package")).and_then(|p| p.get("version"));
    Ok(version.and_then(toml::Value::as_str).context("Cargo.toml: no workspace.package.version")?.to_owned())
}

/// The date that all files get, in seconds since 1970: `SOURCE_DATE_EPOCH`, else the last commit's.
///
/// # Errors
/// Neither is there: without a date, no two packages would be the same.
pub fn date_s(root: &Path) -> anyhow::Result<u64> {
    let text = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text,
        Err(_) => Tool::new("git")
            .args(["log", "-1", "--format=%ct"])
            .dir(root)
            .output()
            .context("the date of the source: set SOURCE_DATE_EPOCH to seconds since 1970, or build from a git checkout")?,
    };
    text.trim()
        .parse()
        .with_context(|| format!("SOURCE_DATE_EPOCH: `{}` is no number of seconds", text.trim()))
}

/// A crate that is linked into a program.
#[derive(Debug, Clone)]
pub struct Crate {
    /// What cargo knows of it.
    pub package: Package,
    /// SHA-256 of what the registry gave, from `Cargo.lock`; our own have none.
    pub checksum: Option<String>,
}

/// The crates that are linked into a program on a machine, itself first, the others by name and version.
///
/// # Errors
/// Cargo cannot resolve the workspace.
pub fn crates_of(root: &Path, program: &Program, arch: Arch) -> anyhow::Result<Vec<Crate>> {
    let linked = linked(root, program, arch)?;
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .other_options(vec![
            "--locked".to_owned(),
            "--all-features".to_owned(),
            format!("--filter-platform={}", arch.triple()),
        ])
        .exec()?;
    let checksums = checksums(root)?;
    let mut crates: Vec<Crate> = metadata
        .packages
        .into_iter()
        .filter_map(|package| {
            let key = (package.name.to_string(), package.version.to_string());
            linked.contains(&key).then(|| Crate { checksum: checksums.get(&key).cloned(), package })
        })
        .collect();
    ensure!(
        crates.len() == linked.len(),
        "cargo names {} crates and describes {}",
        linked.len(),
        crates.len()
    );
    crates.sort_by_key(|one| {
        let name = one.package.name.to_string();
        (name != program.package, name, one.package.version.clone())
    });
    Ok(crates)
}

/// Names and versions of what is linked into a program: not what only runs while building. `cargo tree` knows which features
/// this program alone asks for; the workspace's metadata has those of all together.
fn linked(root: &Path, program: &Program, arch: Arch) -> anyhow::Result<BTreeSet<(String, String)>> {
    let tree = Tool::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "tree",
            "--locked",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--edges",
            "normal,no-proc-macro",
            "--target",
        ])
        .arg(arch.triple())
        .args(program.cargo_args())
        .dir(root)
        .output()?;
    let mut linked = BTreeSet::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let (name, version) = (words.next(), words.next().and_then(|version| version.strip_prefix('v')));
        let (Some(name), Some(version)) = (name, version) else { bail!("cargo tree says `{line}`") };
        linked.insert((name.to_owned(), version.to_owned()));
    }
    Ok(linked)
}

fn checksums(root: &Path) -> anyhow::Result<BTreeMap<(String, String), String>> {
    let lock: toml::Table =
        std::fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock")?.parse()?;
    let text = |package: &toml::Value, key: &str| Some(package.get(key)?.as_str()?.to_owned());
    let packages = lock.get("package").and_then(toml::Value::as_array).context("Cargo.lock: no packages")?;
    Ok(packages
        .iter()
        .filter_map(|package| {
            Some(((text(package, "name")?, text(package, "version")?), text(package, "checksum")?))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_of_a_device_has_the_kernels_display_and_no_desktop() {
        let screen = &PROGRAMS[1];
        let crates = crates_of(&root(), screen, Arch::Arm64).unwrap();
        let names: Vec<_> = crates.iter().map(|one| one.package.name.to_string()).collect();
        assert_eq!(names[0], "kiosk-ui");
        assert!(names.iter().any(|name| name == "i-slint-backend-linuxkms"));
        assert!(!names.iter().any(|name| name == "i-slint-backend-winit" || name == "rusqlite"), "{names:?}");
        assert!(crates.iter().all(|one| one.checksum.is_some() || one.package.source.is_none()));
    }
}
