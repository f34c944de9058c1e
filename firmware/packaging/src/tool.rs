//! Other people's programs: started with words for what is missing and for what they say.

use anyhow::{Context, bail};
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// A program that is run to its end.
#[derive(Debug)]
pub struct Tool {
    name: String,
    command: Command,
}

impl Tool {
    /// The program `name`, found in `PATH` or at its path.
    pub fn new(name: impl AsRef<OsStr>) -> Tool {
        let name = name.as_ref();
        let mut command = Command::new(name);
        command.env("LC_ALL", "C.UTF-8");
        Tool { name: name.to_string_lossy().into_owned(), command }
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Tool {
        self.command.arg(arg);
        self
    }

    /// With more arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Tool {
        self.command.args(args);
        self
    }

    /// With a variable of its environment set.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Tool {
        self.command.env(name, value);
        self
    }

    /// Started in a folder.
    #[must_use]
    pub fn dir(mut self, dir: &Path) -> Tool {
        self.command.current_dir(dir);
        self
    }

    /// Runs it; what it says is seen.
    ///
    /// # Errors
    /// It is not there, or it fails.
    pub fn run(mut self) -> anyhow::Result<()> {
        let status = self.command.stdin(Stdio::null()).status().with_context(|| not_there(&self.name))?;
        if !status.success() {
            bail!("{}: {status}; what it said stands above", self.name);
        }
        Ok(())
    }

    /// Runs it and gives what it writes to standard output. What it says on standard error is told if it fails.
    ///
    /// # Errors
    /// It is not there, fails, or writes no text.
    pub fn output(mut self) -> anyhow::Result<String> {
        let output = self.command.stdin(Stdio::null()).output().with_context(|| not_there(&self.name))?;
        if !output.status.success() {
            let said = [output.stderr, output.stdout].concat();
            bail!("{}: {}\n{}", self.name, output.status, String::from_utf8_lossy(&said).trim());
        }
        String::from_utf8(output.stdout).with_context(|| format!("{}: no text", self.name))
    }

    /// The command itself, for what is not run to its end.
    #[must_use]
    pub fn into_command(self) -> Command {
        self.command
    }
}

fn not_there(name: &str) -> String {
    format!("{name} could not be started")
}

/// Sees that programs are there before anything long begins.
///
/// # Errors
/// Some are not: all of them in one sentence, with the Debian packages that have them.
pub fn need(tools: &[(&str, &str)]) -> anyhow::Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Where a desktop user's PATH does not lead.
    let dirs: Vec<PathBuf> =
        std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]).collect();
    let missing: Vec<_> =
        tools.iter().filter(|(tool, _)| !dirs.iter().any(|dir| dir.join(tool).is_file())).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|(tool, _)| *tool).collect();
    let mut packages: Vec<_> = missing.iter().map(|(_, package)| *package).collect();
    packages.dedup();
    bail!("not there: {}. On Debian: apt-get install {}", names.join(", "), packages.join(" "));
}

/// Tells what is being done, and how long it took.
#[derive(Debug)]
pub struct Steps {
    begun: Instant,
    number: usize,
    of: usize,
}

impl Steps {
    /// For so many steps.
    #[must_use]
    pub fn new(of: usize) -> Steps {
        Steps { begun: Instant::now(), number: 0, of }
    }

    /// Begins the next step.
    pub fn next(&mut self, what: &str) {
        self.number += 1;
        say(&format!("[{}/{}, {:.0} s] {what}", self.number, self.of, self.begun.elapsed().as_secs_f32()));
    }
}

/// A line for the person who started this, on standard error; a closed one is no reason to stop.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_together_with_its_packages() {
        need(&[("sh", "dash")]).unwrap();
        let error = need(&[
            ("sh", "dash"),
            ("no-such-a", "pack-a"),
            ("no-such-b", "pack-a"),
            ("no-such-c", "pack-c"),
        ]);
        assert_eq!(
            error.unwrap_err().to_string(),
            "not there: no-such-a, no-such-b, no-such-c. On Debian: apt-get install pack-a pack-c"
        );
    }

    #[test]
    fn what_a_program_said_is_in_the_error() {
        let error =
            Tool::new("sh").args(["-c", "echo all is lost >&2; exit 3"]).output().unwrap_err().to_string();
        assert!(error.contains("all is lost") && error.contains('3'), "{error}");
        assert_eq!(Tool::new("printf").arg("hear").output().unwrap(), "hear");
    }
}
