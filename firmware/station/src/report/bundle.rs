//! The parts of a report, and how they become one file.

use super::redact;
use crate::doctor::Told;
use crate::durability::Record;
use crate::status::Status;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// How many lines of the system's log go along.
const LOG_LINES: &str = "2000";

/// One file of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name in the bundle.
    pub name: &'static str,
    /// What it is, for whoever decides whether it goes.
    pub what: &'static str,
    /// Its text.
    pub text: String,
}

/// What a report is made of: the doctor's findings, the status, the configuration without names and secrets, the last self-test,
/// the log without numbers. `log`: a file to be taken instead of the system's log.
#[must_use]
pub fn parts(config: &Path, data_dir: &Path, told: &[Told], log: Option<&Path>) -> Vec<Part> {
    let mut parts = Vec::new();
    let findings: Vec<String> = told
        .iter()
        .map(|told| {
            let standing = format!("{:?}", told.standing).to_lowercase();
            format!("{standing:<10} {:<12} {}", told.check.id(), redact_sentence(&told.sentence))
        })
        .collect();
    parts.push(Part {
        name: "doctor.txt",
        what: "what `oqyrman doctor` says",
        text: findings.join("\n") + "\n",
    });
    if let Ok(status) = Status::read(data_dir) {
        parts.push(Part {
            name: "status.txt",
            what: "versions and numbers of the station",
            text: status_text(&status),
        });
    }
    if let Ok(text) = std::fs::read_to_string(config) {
        parts.push(Part {
            name: "oqyrman.toml",
            what: "the configuration; names, logins and secrets are left out",
            text: redact::config(&text),
        });
    }
    if let Some(record) = Record::read(data_dir) {
        let text = serde_json::to_string_pretty(&record).unwrap_or_default();
        parts.push(Part { name: "durability.json", what: "the last self-test of the card", text });
    }
    let machine = [
        read_line("machine", Path::new("/proc/device-tree/model")),
        read_line("kernel", Path::new("/proc/version")),
        read_line("memory", Path::new("/proc/meminfo")),
    ];
    parts.push(Part { name: "machine.txt", what: "the board and its kernel", text: machine.concat() });
    if let Some(text) = log_text(log) {
        parts.push(Part {
            name: "log.txt",
            what: "the last lines of the log; long numbers and words of other alphabets are left out",
            text: redact::log(&text),
        });
    }
    parts
}

/// A finding may quote a configuration's line.
fn redact_sentence(sentence: &str) -> String {
    if sentence.starts_with("the configuration cannot be used") {
        return "the configuration cannot be used".to_owned();
    }
    sentence.to_owned()
}

/// Numbers only; neither the station's name nor its code.
fn status_text(status: &Status) -> String {
    let code = if status.enrol_code.is_some() { "waits for its enrolment\n" } else { "" };
    format!(
        "{}{code}found: journal {:?}, state {:?}\ncommits {}\nscreens {}\n",
        crate::care::state::text(status, 0),
        status.memory.journal,
        status.memory.state,
        status.memory.commits,
        status.screens
    )
}

fn read_line(name: &str, path: &Path) -> String {
    let bytes = crate::care::files::read_at_most(path, 1 << 16).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).trim_matches('\0').to_owned();
    let first = text.lines().next().unwrap_or_default().to_owned();
    if first.is_empty() { String::new() } else { format!("{name}: {first}\n") }
}

fn log_text(log: Option<&Path>) -> Option<String> {
    if let Some(path) = log {
        return Some(String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned());
    }
    let output = Command::new("journalctl")
        .args([
            "--no-pager",
            "--output=short-iso",
            "--lines",
            LOG_LINES,
            "--unit=oqyrman",
            "--unit=oqyrman-screen",
        ])
        .output()
        .ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Writes the parts as a `.tar.zst`, whole or not at all.
///
/// # Errors
/// The disk's.
pub fn write(path: &Path, parts: &[Part], at_s: u64) -> std::io::Result<()> {
    let mut archive = tar::Builder::new(Vec::new());
    for part in parts {
        let mut header = tar::Header::new_gnu();
        header.set_size(part.text.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(at_s);
        archive.append_data(&mut header, format!("oqyrman-report/{}", part.name), part.text.as_bytes())?;
    }
    let bytes = archive.into_inner()?;
    let mut packed = zstd::Encoder::new(Vec::new(), 9)?;
    packed.write_all(&bytes)?;
    crate::care::files::write_whole(path, &packed.finish()?, 0o600)
}
