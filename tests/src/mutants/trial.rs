//! One test run, and what it showed.

use super::{Guard, Tree};
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// What came of taking a guard away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// These tests failed.
    Killed(Vec<String>),
    /// All tests passed: one is missing.
    Survived,
    /// The tree without it is no program.
    DoesNotCompile,
    /// The test did not end, and was ended.
    Hung,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Killed(tests) => {
                let names: Vec<String> = tests.iter().take(2).map(|test| format!("`{test}`")).collect();
                let more = tests.len().saturating_sub(2);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                write!(f, "{}{more}", names.join(", "))
            }
            Outcome::Survived => write!(f, "**SURVIVED**"),
            Outcome::DoesNotCompile => write!(f, "does not compile"),
            Outcome::Hung => write!(f, "hangs: noticed by nothing but the clock"),
        }
    }
}

/// Runs of tests in a tree.
#[derive(Debug)]
pub struct Trials<'a> {
    tree: &'a Tree,
    patience: Duration,
    good: BTreeSet<String>,
}

impl<'a> Trials<'a> {
    /// In this tree; a run that takes longer than `patience`, building included, is ended.
    pub fn new(tree: &'a Tree, patience: Duration) -> Trials<'a> {
        Trials { tree, patience, good: BTreeSet::new() }
    }

    /// Takes a guard away, runs its test, and puts the guard back.
    ///
    /// # Errors
    /// The guard is not there, or its test fails with the guard in place.
    pub fn without(&mut self, guard: &Guard) -> anyhow::Result<Outcome> {
        let text = self.tree.read(&guard.file)?;
        let changed = guard.taken_out_of(&text)?;
        if !self.good.contains(&guard.test) {
            match self.run(&guard.test)? {
                Outcome::Survived => self.good.insert(guard.test.clone()),
                other @ (Outcome::Killed(_) | Outcome::DoesNotCompile | Outcome::Hung) => {
                    bail!("with every guard in place, `cargo test {}`: {other}", guard.test)
                }
            };
        }
        self.tree.write(&guard.file, &changed)?;
        let outcome = self.run(&guard.test);
        self.tree.write(&guard.file, &text)?;
        outcome
    }

    fn run(&self, test: &str) -> anyhow::Result<Outcome> {
        let mut cargo = self.tree.cargo();
        cargo.args(["test", "--locked", "--no-fail-fast"]).args(test.split_whitespace());
        let mut child = cargo
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cargo")?;
        let readers = [
            child.stdout.take().map(|pipe| reader(Box::new(pipe))),
            child.stderr.take().map(|pipe| reader(Box::new(pipe))),
        ];
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            if begun.elapsed() > self.patience {
                child.kill()?;
                child.wait()?;
                break None;
            }
            std::thread::sleep(Duration::from_millis(200));
        };
        let Some(status) = status else { return Ok(Outcome::Hung) };
        let [said, told] =
            readers.map(|reader| reader.and_then(|reader| reader.join().ok()).unwrap_or_default());
        if told.contains("could not compile") {
            return Ok(Outcome::DoesNotCompile);
        }
        let ran = said.lines().any(|line| line.starts_with("test ") && line.contains(" ... "));
        if status.success() {
            if !ran {
                bail!("`cargo test {test}` ran no test");
            }
            return Ok(Outcome::Survived);
        }
        let failed = said.lines().filter_map(|line| {
            let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
            Some(name.strip_suffix(" - should panic").unwrap_or(name).to_owned())
        });
        let failed: Vec<String> = failed.collect();
        if failed.is_empty() {
            bail!("`cargo test {test}` failed without a failing test:\n{told}");
        }
        Ok(Outcome::Killed(failed))
    }
}

fn reader(mut pipe: Box<dyn Read + Send>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
