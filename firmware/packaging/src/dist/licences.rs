//! The licences of everything that is linked into a program, as one text: each wording once, with the crates under it.

use crate::workspace::Crate;
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// How the names of files begin that a crate's licence stands in.
const BEGINNINGS: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];

/// Files in rooms of ours that are under another licence than the rest.
const OURS: [(&str, &str); 1] = [("the fonts in the screen", "kiosk-ui/fonts")];

/// The text.
///
/// # Errors
/// A crate's folder cannot be read, or a crate says nothing of its licence.
pub fn text(root: &Path, crates: &[&Crate]) -> anyhow::Result<String> {
    let mut under: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut list = String::new();
    let mut seen = BTreeSet::new();
    for one in crates {
        let package = &one.package;
        let name = format!("{} {}", package.name, package.version);
        if package.source.is_none() || !seen.insert(name.clone()) {
            continue;
        }
        let licence = package
            .license
            .clone()
            .or_else(|| package.license_file.as_ref().map(|file| format!("see {file}")))
            .with_context(|| format!("{name} says nothing of its licence"))?;
        writeln!(list, "  {name}: {licence}")?;
        let folder = package.manifest_path.parent().with_context(|| format!("{name} has no folder"))?;
        for wording in wordings(folder.as_std_path())? {
            under.entry(wording).or_default().insert(name.clone());
        }
    }
    for (what, folder) in OURS {
        // Only the screen has them.
        if crates.iter().any(|one| one.package.name.as_str() == "kiosk-ui") {
            for wording in wordings(&root.join(folder))? {
                under.entry(wording).or_default().insert(what.to_owned());
            }
        }
    }
    let own = std::fs::read_to_string(root.join("LICENSE")).context("LICENSE")?;
    let mut text = format!(
        "Oqyrman is published under GPL-3.0-or-later, whose wording stands first. Linked into it, with what each says of its licence:\n\n\
         {list}\n{:=<100}\nOqyrman itself\n\n{}\n",
        "",
        own.trim_end()
    );
    for (wording, names) in &under {
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        writeln!(text, "\n{:=<100}\n{}\n\n{}", "", names.join(", "), wording)?;
    }
    Ok(text)
}

/// What licence files in a folder and in `LICENSES/` below it say, without differences of line ends.
fn wordings(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for dir in [folder.to_owned(), folder.join("LICENSES")] {
        let Ok(entries) = std::fs::read_dir(&dir) else { continue };
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
            let licence = BEGINNINGS.iter().any(|begin| name.starts_with(begin)) || name.starts_with("OFL");
            if path.is_file() && (licence || dir.ends_with("LICENSES")) {
                let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
                found.push(String::from_utf8_lossy(&bytes).replace('\r', "").trim().to_owned());
            }
        }
    }
    found.retain(|wording| !wording.is_empty());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::Arch;
    use crate::workspace::{PROGRAMS, crates_of, root};

    #[test]
    fn each_crate_is_named_and_each_wording_stands_once() {
        let crates = crates_of(&root(), &PROGRAMS[0], Arch::Amd64).unwrap();
        let text = text(&root(), &crates.iter().collect::<Vec<_>>()).unwrap();
        assert!(text.contains("  rusqlite ") && text.contains("  serde "));
        assert!(text.contains("GNU GENERAL PUBLIC LICENSE"));
        assert!(!text.contains("  desk 0"), "our own are under our own licence");
        let shared = text.lines().any(|line| line.contains("serde 1.") && line.contains("anyhow 1."));
        assert!(shared, "crates of one author stand over one wording");
    }
}
