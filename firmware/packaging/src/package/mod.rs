//! A Debian package: what is in it, what it asks for, and how it is put together.

mod contents;
mod elf;

pub use contents::{PACKAGES, Recipe, contents};
pub use elf::{ElfFault, Needs};

use crate::arch::Arch;
use crate::tool::Tool;
use anyhow::{Context, ensure};
use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What a package is made from besides its recipe.
#[derive(Debug)]
pub struct Making<'a> {
    /// The workspace.
    pub root: &'a Path,
    /// Where the programs were built.
    pub programs: &'a Path,
    /// The licences of everything linked in, as one text.
    pub licences: &'a str,
    /// For which machine.
    pub arch: Arch,
    /// Its version.
    pub version: &'a str,
    /// The date of all its files, in seconds since 1970.
    pub date_s: u64,
}

/// A package that was made.
#[derive(Debug)]
pub struct Made {
    /// The `.deb` file.
    pub deb: PathBuf,
    /// What it takes when it is installed, in bytes.
    pub installed_bytes: u64,
}

/// Makes a package below `out`, in a folder `work` that must not be there yet.
///
/// # Errors
/// A file is missing, a program is of another machine or names a library that nobody ships, or `dpkg-deb` refuses.
pub fn make(recipe: &Recipe, making: &Making<'_>, work: &Path, out: &Path) -> anyhow::Result<Made> {
    let tree = work.join(recipe.name);
    std::fs::create_dir_all(&tree).with_context(|| tree.display().to_string())?;
    let mut needs = Needs::default();
    for program in recipe.programs {
        let from = making.programs.join(program);
        needs.take(&from, making.arch)?;
        place(&tree, &format!("usr/bin/{program}"), &std::fs::read(&from)?, 0o755)?;
    }
    for file in contents(recipe) {
        let from = making.root.join(file.from);
        let bytes = std::fs::read(&from).with_context(|| from.display().to_string())?;
        place(&tree, &file.to, &bytes, file.mode)?;
    }
    let doc = format!("usr/share/doc/{}", recipe.name);
    let licences = place(&tree, &format!("{doc}/licences"), making.licences.as_bytes(), 0o644)?;
    let changes = std::fs::read(making.root.join("CHANGELOG.md")).context("CHANGELOG.md")?;
    let changes = place(&tree, &format!("{doc}/changelog"), &changes, 0o644)?;
    // -n: no name and no time in it.
    Tool::new("gzip").args(["-9n"]).arg(&licences).arg(&changes).run()?;
    place(&tree, &format!("{doc}/copyright"), contents::COPYRIGHT.as_bytes(), 0o644)?;

    let installed_bytes = size(&tree)?;
    place(&tree, "DEBIAN/control", control(recipe, making, &needs, installed_bytes)?.as_bytes(), 0o644)?;
    for script in ["postinst", "prerm", "postrm"] {
        let from = making.root.join(recipe.folder).join(script);
        place(&tree, &format!("DEBIAN/{script}"), &std::fs::read(&from)?, 0o755)?;
    }
    if !recipe.conffiles.is_empty() {
        place(&tree, "DEBIAN/conffiles", (recipe.conffiles.join("\n") + "\n").as_bytes(), 0o644)?;
    }
    place(&tree, "DEBIAN/md5sums", md5sums(&tree)?.as_bytes(), 0o644)?;

    let deb = out.join(format!("{}_{}_{}.deb", recipe.name, making.version, making.arch));
    Tool::new("dpkg-deb")
        .args(["--root-owner-group", "-Zxz", "--build"])
        .arg(&tree)
        .arg(&deb)
        .env("SOURCE_DATE_EPOCH", making.date_s.to_string())
        .output()?;
    Ok(Made { deb, installed_bytes })
}

/// Writes a file of the package, and the folders above it, with modes that do not hang on this machine's umask.
fn place(tree: &Path, to: &str, bytes: &[u8], mode: u32) -> anyhow::Result<PathBuf> {
    let path = tree.join(to);
    let mut dir = tree.to_owned();
    for part in Path::new(to).parent().into_iter().flat_map(Path::components) {
        dir.push(part);
        if !dir.exists() {
            std::fs::create_dir(&dir).with_context(|| dir.display().to_string())?;
        }
        std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o755))?;
    }
    ensure!(!path.exists(), "{to}: two files of the package have this name");
    std::fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode))?;
    Ok(path)
}

fn control(
    recipe: &Recipe,
    making: &Making<'_>,
    needs: &Needs,
    installed_bytes: u64,
) -> anyhow::Result<String> {
    let mut depends: Vec<String> = recipe.depends.iter().map(|&package| package.to_owned()).collect();
    depends.extend(needs.packages()?);
    depends.sort();
    let mut control = format!(
        "Package: {}\nVersion: {}\nArchitecture: {}\nMaintainer: Oqyrman <oqyrman@localhost>\nInstalled-Size: {}\nDepends: {}\n",
        recipe.name,
        making.version,
        making.arch,
        installed_bytes.div_ceil(1024),
        depends.join(", ")
    );
    if !recipe.recommends.is_empty() {
        writeln!(control, "Recommends: {}", recipe.recommends.join(", "))?;
    }
    writeln!(control, "Section: misc\nPriority: optional\nDescription: {}", recipe.summary)?;
    for line in recipe.description.lines() {
        writeln!(control, " {line}")?;
    }
    Ok(control)
}

/// All files of a tree but `DEBIAN/`, sorted by their path in it.
fn files(tree: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![tree.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).with_context(|| dir.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                if !path.ends_with("DEBIAN") {
                    open.push(path);
                }
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn size(tree: &Path) -> anyhow::Result<u64> {
    files(tree)?.iter().map(|file| Ok(std::fs::metadata(file)?.len())).sum()
}

fn md5sums(tree: &Path) -> anyhow::Result<String> {
    let mut names = Vec::new();
    for file in files(tree)? {
        names.push(file.strip_prefix(tree)?.to_owned());
    }
    Tool::new("md5sum").args(names).dir(tree).output()
}
