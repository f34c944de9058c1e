//! Two versions for the trial of an update: the packages as they are, and the same ones with a higher number, both signed by a
//! key of the trial's own. The programs in them are the same: what is tried is the way of a version onto a station and back.

use crate::arch::Arch;
use crate::dist::{FileEntry, Manifest, new_key, read_key, sign};
use crate::tool::Tool;
use anyhow::{Context, ensure};
use std::path::Path;

/// Where the machine finds them, and by which key it knows them.
#[derive(Debug)]
pub(super) struct Versions {
    /// The public half of the key, in hex.
    pub key: String,
    /// The number that is installed first.
    pub now: String,
    /// The number that comes.
    pub next: String,
}

/// The folder of a version, within the machine.
pub(super) fn folder(version: &str) -> String {
    format!("/srv/trial/oqyrman-{version}")
}

impl Versions {
    /// Makes both folders in the machine's `root` from those `packages`; `out` is for what lies about meanwhile.
    ///
    /// # Errors
    /// The folder of packages has no manifest, or one cannot be taken apart and put together again.
    pub(super) fn make(packages: &Path, root: &Path, out: &Path) -> anyhow::Result<Versions> {
        let manifest = packages.join("manifest.json");
        let manifest = std::fs::read(&manifest).with_context(|| manifest.display().to_string())?;
        let Manifest { version: now, files, .. } = serde_json::from_slice(&manifest)?;
        let (before, patch) = now.rsplit_once('.').context("the packages' version has no points")?;
        let next = format!("{before}.{}", patch.parse::<u32>().context("the packages' version")? + 1);

        let secret = out.join("trial.key");
        if secret.exists() {
            std::fs::remove_file(&secret)?;
        }
        let versions = Versions { key: new_key(&secret)?, now, next };
        let inside = |version: &str| root.join(folder(version).trim_start_matches('/'));
        let (now, next) = (inside(&versions.now), inside(&versions.next));
        for dir in [&now, &next] {
            std::fs::create_dir_all(dir)?;
        }
        // A station is what an update is for; a region is updated by those who keep it.
        let is_station = |file: &&FileEntry| file.name.starts_with("oqyrman_") && file.name.ends_with(".deb");
        for file in files.iter().filter(is_station) {
            let deb = packages.join(&file.name);
            std::fs::copy(&deb, now.join(&file.name))?;
            let unpacked = out.join("unpacked");
            Tool::new("dpkg-deb").arg("--raw-extract").arg(&deb).arg(&unpacked).output()?;
            let control = unpacked.join("DEBIAN/control");
            let text = std::fs::read_to_string(&control)?;
            let line = |version: &str| format!("\nVersion: {version}\n");
            ensure!(text.contains(&line(&versions.now)), "{}: another version than the folder's", file.name);
            std::fs::write(&control, text.replace(&line(&versions.now), &line(&versions.next)))?;
            Tool::new("dpkg-deb")
                .args(["--root-owner-group", "-Zgzip", "--build"])
                .arg(&unpacked)
                .arg(next.join(file.name.replace(&versions.now, &versions.next)))
                .output()?;
            std::fs::remove_dir_all(&unpacked)?;
        }
        let key = read_key(&secret)?;
        for (dir, version) in [(&now, &versions.now), (&next, &versions.next)] {
            let bytes = Manifest::of(dir, version, Arch::Amd64, None)?.to_bytes()?;
            std::fs::write(dir.join("manifest.sig"), sign(&key, &bytes))?;
            std::fs::write(dir.join("manifest.json"), bytes)?;
        }
        std::fs::remove_file(&secret)?;
        Ok(versions)
    }
}
