//! What is left for the screen of a set-up that was not taken: a small file beside the configuration.

use crate::config::{ConfigError, FaultKind, Wrong};
use anyhow::Context;
use desk::{SetupFault, SetupKind};
use std::path::{Path, PathBuf};

/// What is told of a station without any configuration.
const NO_SET_UP: &str = "This station has not been set up yet. Write kiosk.toml onto the boot partition of its card, and start it again.";

/// The part of the guide where a fault of this kind is explained.
fn anchor(kind: SetupKind) -> &'static str {
    match kind {
        SetupKind::UnknownKey => "unknown-key",
        SetupKind::WrongValue => "wrong-value",
        SetupKind::Missing => "missing-key",
        SetupKind::Syntax => "not-toml",
        SetupKind::NoFile => "no-file",
        SetupKind::Elsewhere => "set-elsewhere",
        SetupKind::Unreadable => "unreadable",
        SetupKind::None => "no-set-up",
    }
}

fn file(config: &Path) -> PathBuf {
    config.with_file_name("setup-fault.json")
}

/// A fault of a configuration as the screen tells it.
#[must_use]
pub fn setup_fault(error: &ConfigError) -> SetupFault {
    match error {
        ConfigError::Wrong(wrong) => of_place(wrong),
        ConfigError::Unreadable { path, reason } => {
            let (kind, words) = if reason.kind() == std::io::ErrorKind::NotFound {
                (SetupKind::None, NO_SET_UP.to_owned())
            } else {
                (SetupKind::Unreadable, reason.to_string())
            };
            whole(name(path), kind, &words)
        }
    }
}

fn whole(file: String, kind: SetupKind, words: &str) -> SetupFault {
    let text = text(&file, 0, words, "", kind);
    SetupFault { file, line: 0, key: String::new(), kind, expected: String::new(), meant: None, text }
}

fn of_place(wrong: &Wrong) -> SetupFault {
    let kind = match wrong.kind {
        FaultKind::Syntax => SetupKind::Syntax,
        FaultKind::UnknownKey => SetupKind::UnknownKey,
        FaultKind::Missing => SetupKind::Missing,
        FaultKind::Value => SetupKind::WrongValue,
        FaultKind::NoFile => SetupKind::NoFile,
        FaultKind::Elsewhere => SetupKind::Elsewhere,
    };
    let file = name(&wrong.path);
    let line =
        if kind == SetupKind::Missing && wrong.column == 1 && wrong.line == 1 { 0 } else { wrong.line };
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    let key =
        if kind == SetupKind::Missing { "" } else { wrong.text.split('=').next().unwrap_or_default().trim() };
    let key = short(key, 24);
    SetupFault {
        text: text(&file, line, &wrong.message, &wrong.text, kind),
        file,
        line,
        key,
        kind,
        expected: short(&wrong.expected, 60),
        meant: wrong.meant.clone(),
    }
}

/// What the QR code says: a telephone without a network shows it as text.
fn text(file: &str, line: u32, message: &str, line_text: &str, kind: SetupKind) -> String {
    let place = if line == 0 { String::new() } else { format!(":{line}") };
    let line_text = if line == 0 || line_text.is_empty() {
        String::new()
    } else {
        format!("> {}\n", short(line_text, 80))
    };
    format!(
        "Oqyrman {version}\n{file}{place}\n{line_text}{message}\n(docs/operating/first-boot.md#{anchor})",
        version = env!("CARGO_PKG_VERSION"),
        message = short(message, 300),
        anchor = anchor(kind)
    )
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| "kiosk.toml".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// At most so many characters.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Leaves a fault for the screen of the station that `config` sets up.
///
/// # Errors
/// It cannot be written.
pub fn remember(config: &Path, fault: &SetupFault) -> anyhow::Result<()> {
    let path = file(config);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    crate::care::files::write_whole(&path, &serde_json::to_vec_pretty(fault)?, 0o644)
        .with_context(|| format!("{}: cannot be written", path.display()))
}

/// The fault that was left, if there is one. A file that cannot be read is none: the fault is in the log too.
#[must_use]
pub fn told(config: &Path) -> Option<SetupFault> {
    serde_json::from_slice(&std::fs::read(file(config)).ok()?).ok()
}

/// There is no fault any more.
///
/// # Errors
/// The file cannot be removed.
pub fn forget(config: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(file(config)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{}: cannot be removed", file(config).display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
