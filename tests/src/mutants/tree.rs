//! A tree of its own, in which files may be changed.

use anyhow::{Context, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tree.
#[derive(Debug)]
pub struct Tree {
    root: PathBuf,
    target: PathBuf,
    commit: String,
}

impl Tree {
    /// Checks the present commit of `source` out in a folder of `dir`, where one may be from before. A new target folder
    /// begins with what is in `built`.
    ///
    /// # Errors
    /// Git or the disk refuses.
    pub fn prepare(source: &Path, dir: &Path, built: &Path) -> anyhow::Result<Tree> {
        let (root, target) = (dir.join("tree"), dir.join("target"));
        let commit = git(source, &["rev-parse", "--short", "HEAD"])?;
        if root.join(".git").exists() {
            git(&root, &["checkout", "--quiet", "--force", "--detach", &commit])?;
        } else {
            fs::create_dir_all(dir)?;
            let place = root.to_str().context("a folder whose name is text")?;
            git(source, &["worktree", "add", "--quiet", "--force", "--detach", place, &commit])?;
        }
        if !target.exists() {
            for (part, link) in [("deps", true), ("build", true), (".fingerprint", false)] {
                let from = built.join("debug").join(part);
                if from.exists() {
                    copy(&from, &target.join("debug").join(part), link)?;
                }
            }
        }
        Ok(Tree { root, target, commit })
    }

    /// Which commit it is.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// A command of cargo's in it.
    pub fn cargo(&self) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target).env("CARGO_INCREMENTAL", "0");
        cargo
    }

    /// Reads a file of it.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, file: &str) -> anyhow::Result<String> {
        fs::read_to_string(self.root.join(file)).with_context(|| file.to_owned())
    }

    /// Writes a file of it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, file: &str, text: &str) -> anyhow::Result<()> {
        fs::write(self.root.join(file), text).with_context(|| file.to_owned())
    }
}

fn git(dir: &Path, args: &[&str]) -> anyhow::Result<String> {
    let out = Command::new("git").current_dir(dir).args(args).output().context("git")?;
    ensure!(out.status.success(), "git {}: {}", args.join(" "), String::from_utf8_lossy(&out.stderr).trim());
    Ok(String::from_utf8(out.stdout)?.trim().to_owned())
}

fn copy(from: &Path, to: &Path, link: bool) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&from, &to, link)?;
        } else if link {
            fs::hard_link(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
            // Cargo compares these times with those of the files beside them.
            let modified = entry.metadata()?.modified()?;
            fs::File::options().write(true).open(&to)?.set_modified(modified)?;
        }
    }
    Ok(())
}
