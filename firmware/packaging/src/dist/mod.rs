//! `cargo xtask dist`: from source to a folder that a technician takes along.

mod build;
mod licences;
mod manifest;
mod sbom;
mod signature;

pub use build::cache;
pub use manifest::{FileEntry, Manifest};
pub use signature::{new_key, read_key, sign};

use crate::arch::Arch;
use crate::package::{self, Making, PACKAGES};
use crate::tool::{Steps, need, say};
use crate::workspace::{self, PROGRAMS};
use anyhow::{Context, bail, ensure};
use std::path::{Path, PathBuf};

/// What the package of station and screen may weigh, packed and installed.
const BUDGET: [(&str, u64, u64); 1] = [("oqyrman", 25_000_000, 70_000_000)];

/// What to make.
#[derive(Debug)]
pub struct Options {
    /// For which machine.
    pub arch: Arch,
    /// In which folder the folder with everything is made.
    pub out: PathBuf,
    /// A file with the key that signs.
    pub key: Option<PathBuf>,
    /// The oldest version whose data this one opens.
    pub min_from_version: Option<String>,
}

/// Makes it, and gives the folder.
///
/// # Errors
/// A tool is missing, something cannot be built, or it is larger than it may be: in words.
pub fn run(options: &Options) -> anyhow::Result<PathBuf> {
    need(&[
        ("dpkg-deb", "dpkg"),
        ("gzip", "gzip"),
        ("md5sum", "coreutils"),
        ("readelf", "binutils"),
        ("xz", "xz-utils"),
    ])?;
    let root = workspace::root();
    let version = workspace::version(&root)?;
    let date_s = workspace::date_s(&root)?;
    let key = options.key.as_deref().map(read_key).transpose()?;
    let mut steps = Steps::new(7);

    let programs = build::build(&root, options.arch, &mut steps)?;

    steps.next("licences and contents of all crates");
    let dir = options.out.join(format!("oqyrman-{version}-{}", options.arch));
    empty(&dir)?;
    let mut licences = Vec::new();
    for program in &PROGRAMS {
        let crates = workspace::crates_of(&root, program, options.arch)?;
        let sbom = sbom::write(program, &crates, options.arch, &version, date_s)?;
        write(&dir.join(format!("{}.cdx.json", program.name)), sbom.as_bytes())?;
        licences.push((program, crates));
    }

    steps.next("packages");
    let work = dir.join("work");
    let mut packed = Vec::new();
    for recipe in &PACKAGES {
        let crates: Vec<_> = licences
            .iter()
            .filter(|(program, _)| recipe.programs.contains(&program.name))
            .flat_map(|(_, crates)| crates)
            .collect();
        let text = licences::text(&root, &crates)?;
        write(&dir.join(format!("{}.licences.txt", recipe.name)), text.as_bytes())?;
        let making = Making {
            root: &root,
            programs: &programs,
            licences: &text,
            arch: options.arch,
            version: &version,
            date_s,
        };
        packed.push((recipe.name, package::make(recipe, &making, &work, &dir)?));
    }
    std::fs::remove_dir_all(&work)?;

    steps.next("what is in the folder, with its checksums");
    let manifest = Manifest::of(&dir, &version, options.arch, options.min_from_version.as_deref())?;
    let bytes = manifest.to_bytes()?;
    write(&dir.join("manifest.json"), &bytes)?;
    write(&dir.join("SHA256SUMS"), manifest.sums().as_bytes())?;
    match &key {
        Some(key) => {
            write(&dir.join("manifest.sig"), sign(key, &bytes).as_bytes())?;
            say(&format!(
                "   signed; stations know it by `key = \"{}\"` under [update] in their configuration",
                signature::public_hex(key)
            ));
        }
        None => say(
            "   not signed: `oqyrman update` takes signed folders only (--key; `cargo xtask key FILE` makes one)",
        ),
    }

    steps.next("sizes");
    for (name, made) in &packed {
        let bytes = std::fs::metadata(&made.deb)?.len();
        say(&format!(
            "   {name}: {:.1} MB packed, {:.1} MB installed",
            mega(bytes),
            mega(made.installed_bytes)
        ));
        if let Some((_, most_packed, most_installed)) = BUDGET.iter().find(|(of, ..)| of == name) {
            ensure!(
                bytes <= *most_packed && made.installed_bytes <= *most_installed,
                "{name} may have {:.0} MB packed and {:.0} MB installed",
                mega(*most_packed),
                mega(*most_installed)
            );
        }
    }
    Ok(dir)
}

fn mega(bytes: u64) -> f64 {
    // Sizes of packages are far below what a double counts exactly.
    bytes as f64 / 1e6
}

/// Makes the folder anew. One that holds something else is left alone.
fn empty(dir: &Path) -> anyhow::Result<()> {
    if dir.exists() {
        let ours = dir.join("manifest.json").exists()
            || std::fs::read_dir(dir)?.next().is_none()
            || dir.join("work").exists();
        if !ours {
            bail!(
                "{}: this folder holds something that is no package folder; name another one with --out",
                dir.display()
            );
        }
        std::fs::remove_dir_all(dir).with_context(|| dir.display().to_string())?;
    }
    std::fs::create_dir_all(dir).with_context(|| format!("{}: cannot be made", dir.display()))
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| path.display().to_string())
}
