//! A station whose updates are signed by a key of the test's, and an installer that writes down what it is asked for.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(missing_docs, reason = "names say it")]

use super::support::Station;
use exchange::wire::SecretKey;
use sha2::{Digest, Sha256};
use station::bench::school;
use station::update::{FileEntry, Manifest, arch};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub struct Site {
    pub station: Station,
    pub key: SecretKey,
}

impl Site {
    pub fn new() -> Site {
        let key = SecretKey::from_seed([7; 32]);
        let station = Station::new(&format!("[update]\nkey = \"{}\"\n", hex(&key.public().0)));
        school::fill(&station.data(), station::clock::system_wall_s()).unwrap();
        let site = Site { station, key };
        // Writes down what it was called with, and fails when it is told to.
        let script = format!(
            "#!/bin/sh\necho \"$@\" >> '{0}/calls'\n[ -e '{0}/fail' ] && {{ rm '{0}/fail'; echo 'no room' >&2; exit 1; }}\nexit 0\n",
            site.station.dir.path().display()
        );
        fs::write(site.path("dpkg"), script).unwrap();
        fs::set_permissions(site.path("dpkg"), fs::Permissions::from_mode(0o755)).unwrap();
        site
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.station.path(name)
    }

    /// An update in a folder; `bend` may change its manifest before it is signed.
    pub fn update(&self, version: &str, bend: impl FnOnce(&mut Manifest)) -> PathBuf {
        let dir = self.path(&format!("stick/{version}"));
        fs::create_dir_all(&dir).unwrap();
        let mut files = Vec::new();
        for name in
            [format!("oqyrman_{version}_{}.deb", arch()), format!("oqyrman-hub_{version}_{}.deb", arch())]
        {
            let text = format!("the package {name}");
            fs::write(dir.join(&name), &text).unwrap();
            files.push(FileEntry { name, sha256: hex(&Sha256::digest(&text)), bytes: text.len() as u64 });
        }
        let (version, arch) = (version.to_owned(), arch().to_owned());
        let mut manifest = Manifest { version, arch, min_from_version: "0.1.0".into(), files };
        bend(&mut manifest);
        let bytes = serde_json::to_vec_pretty(&manifest).unwrap();
        fs::write(dir.join("manifest.sig"), hex(&self.key.sign(&bytes)) + "\n").unwrap();
        fs::write(dir.join("manifest.json"), bytes).unwrap();
        dir
    }

    pub fn run(&self, what: &str, from: Option<impl AsRef<std::ffi::OsStr>>, installed: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oqyrman"));
        command.args(["update", what]).args(from).args(["--installed", installed]);
        command.arg("--config").arg(&self.station.config);
        command.arg("--keep").arg(self.path("keep")).arg("--dpkg").arg(self.path("dpkg"));
        command.output().unwrap()
    }

    pub fn good(&self, what: &str, from: Option<impl AsRef<std::ffi::OsStr>>, installed: &str) -> String {
        let output = self.run(what, from, installed);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn refused(&self, what: &str, from: Option<impl AsRef<std::ffi::OsStr>>, installed: &str) -> String {
        let calls = self.calls();
        let output = self.run(what, from, installed);
        assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(self.calls(), calls, "nothing is installed");
        String::from_utf8(output.stderr).unwrap()
    }

    /// What the installer was called with, one line a call.
    pub fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}
