//! The list of guards, `tests/mutants/guards.toml`.

use anyhow::{Context, ensure};
use serde::Deserialize;
use std::path::Path;

/// One guard.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// What it is when it is gone.
    pub name: String,
    /// What must hold.
    pub holds: String,
    /// The file it stands in, from the root.
    pub file: String,
    /// Its text, which stands exactly once in the file.
    pub old: String,
    /// What stands there without it.
    pub new: String,
    /// What is given to `cargo test`.
    pub test: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    guard: Vec<Guard>,
}

/// Reads the list of the tree at `root`.
///
/// # Errors
/// It is not there, or is no such list.
pub fn guards(root: &Path) -> anyhow::Result<Vec<Guard>> {
    let path = root.join("tests/mutants/guards.toml");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let list: List = toml::from_str(&text).with_context(|| path.display().to_string())?;
    Ok(list.guard)
}

impl Guard {
    /// The file's text without the guard.
    ///
    /// # Errors
    /// The guard does not stand there exactly once.
    pub fn taken_out_of(&self, text: &str) -> anyhow::Result<String> {
        let count = text.matches(&self.old).count();
        ensure!(count == 1, "the guard's text stands {count} times in {}, not once", self.file);
        Ok(text.replacen(&self.old, &self.new, 1))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn each_guard_stands_in_its_file() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let guards = guards(root).unwrap();
        assert!(guards.len() >= 14);
        for guard in guards {
            let text = std::fs::read_to_string(root.join(&guard.file)).unwrap();
            assert_ne!(guard.taken_out_of(&text).unwrap(), text, "{}", guard.name);
        }
    }
}
