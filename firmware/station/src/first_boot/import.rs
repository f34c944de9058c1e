//! From a checked `kiosk.toml` to files of the station, in an order in which a power cut loses nothing.

use super::kiosk::Kiosk;
use super::told::{forget, remember, setup_fault};
use super::wipe::wiped;
use super::{FILE, Panel};
use crate::care::files::{give_to_owner_of, write_whole};
use crate::config::{Config, ConfigError};
use crate::identity;
use crate::run::make_data_dir;
use anyhow::Context;
use desk::SetupFault;
use exchange::Lang;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The first line of a configuration that was made here.
const HEAD: &str = "# Made from kiosk.toml by `oqyrman first-boot`. It may be changed here; a new kiosk.toml lays its keys over it.\n\n";

/// Where things are.
#[derive(Debug, Clone)]
pub struct Places {
    /// The folder with `kiosk.toml`.
    pub boot: PathBuf,
    /// The station's configuration; other files go beside it.
    pub config: PathBuf,
    /// Where a station that was never set up keeps its data; `None` = as a configuration without `data_dir`.
    pub data_dir: Option<PathBuf>,
}

/// What was done.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is no `kiosk.toml`.
    NoFile,
    /// It was taken before, and nothing in it has changed since.
    Known,
    /// It was taken.
    Taken {
        /// The keys it has set, secrets by name.
        keys: Vec<String>,
        /// How many secrets were wiped from it.
        wiped: usize,
    },
}

/// Why it was not taken. What was before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum FirstBootError {
    /// The file is wrong; the screen was told.
    #[error("{error}\nNothing was changed; the station goes on as it was.")]
    Wrong {
        /// What is wrong.
        error: ConfigError,
        /// The same for the screen.
        fault: Box<SetupFault>,
    },
    /// Something else failed on the way.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// Takes `kiosk.toml` over. `when`: today's date for people.
///
/// # Errors
/// [`FirstBootError`]; then the configuration is as it was.
pub fn take_over(places: &Places, when: &str) -> Result<Outcome, FirstBootError> {
    let path = places.boot.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Outcome::NoFile),
        Err(reason) => return Err(wrong(places, ConfigError::Unreadable { path, reason })),
    };
    if known(&places.config, &text) {
        return Ok(Outcome::Known);
    }
    // A configuration that is itself wrong is no ground to lay anything over.
    let present = Config::read(&places.config).ok();
    let boot = std::path::absolute(&places.boot).context("the boot partition's path")?;
    let kiosk = Kiosk::parse(&text, &path, &boot, present.as_ref())
        .map_err(|place| wrong(places, ConfigError::Wrong(place)))?;

    let folder = places.config.parent().unwrap_or(Path::new("/"));
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let merged = merge(places, present.is_some(), &kiosk, &boot)?;
    let trial = places.config.with_extension("toml.trial");
    write_whole(&trial, merged.as_bytes(), 0o644).with_context(|| trial.display().to_string())?;
    let config = Config::read(&trial);
    let _ = std::fs::remove_file(&trial);
    let config = config.map_err(|error| wrong(places, error))?;

    // Secrets first: a configuration without them would be a station that cannot be looked after.
    make_data_dir(&config.data_dir)?;
    let mut keys: Vec<String> = kiosk.settings.keys().cloned().collect();
    if let Some(pin) = &kiosk.staff_pin {
        identity::set_staff_pin(&config.data_dir, pin)?;
        give_to_owner_of(&config.data_dir, &config.data_dir.join("staff-pin.json"))?;
        keys.push("staff_pin".into());
    }
    if let Some(voucher) = &kiosk.voucher {
        let path = config.data_dir.join("voucher");
        write_whole(&path, voucher.as_bytes(), 0o600).with_context(|| path.display().to_string())?;
        give_to_owner_of(&config.data_dir, &path)?;
        keys.push("voucher".into());
    }
    if let Some(panel) = &kiosk.panel {
        let path = places.config.with_file_name("screen.env");
        write_whole(&path, screen_env(*panel, kiosk.lang).as_bytes(), 0o644)
            .with_context(|| path.display().to_string())?;
        keys.push("panel".into());
    }
    if present.is_some() {
        let before = places.config.with_extension("toml.before");
        std::fs::copy(&places.config, &before).with_context(|| before.display().to_string())?;
    }
    write_whole(&places.config, merged.as_bytes(), 0o644)
        .with_context(|| places.config.display().to_string())?;

    let clean = wiped(&text, &kiosk.secrets, when);
    if !kiosk.secrets.is_empty() {
        write_whole(&path, clean.as_bytes(), 0o644).with_context(|| {
            format!(
                "{}: its secrets are taken over, but they could not be wiped from it: delete them by hand",
                path.display()
            )
        })?;
    }
    write_whole(&mark(&places.config), hash(&clean).as_bytes(), 0o644)
        .with_context(|| mark(&places.config).display().to_string())?;
    forget(&places.config)?;
    keys.sort();
    Ok(Outcome::Taken { keys, wiped: kiosk.secrets.len() })
}

/// Tells the screen, and gives the error.
fn wrong(places: &Places, error: ConfigError) -> FirstBootError {
    let fault = Box::new(setup_fault(&error));
    match remember(&places.config, &fault) {
        Ok(()) => FirstBootError::Wrong { error, fault },
        Err(also) => FirstBootError::Failed(also.context(error.to_string())),
    }
}

/// The new configuration's text: the present one with the keys of `kiosk.toml` laid over it. Files that are named relative
/// to the boot partition are copied beside the configuration.
fn merge(places: &Places, over: bool, kiosk: &Kiosk, boot: &Path) -> anyhow::Result<String> {
    let mut merged: toml::Table = match over {
        true => std::fs::read_to_string(&places.config)?.parse()?,
        false => toml::Table::new(),
    };
    if !over && let Some(data_dir) = &places.data_dir {
        merged.insert("data_dir".into(), data_dir.display().to_string().into());
    }
    // A station has one region: a new kind of it takes the place of the other.
    for (new, old) in [("region", "library"), ("library", "region")] {
        if kiosk.settings.contains_key(new) && !kiosk.settings.contains_key(old) {
            merged.remove(old);
        }
    }
    for (key, value) in &kiosk.settings {
        match (merged.get_mut(key), value) {
            // The screen's times and its language are set apart.
            (Some(toml::Value::Table(there)), toml::Value::Table(new)) if key == "screen" => {
                there.extend(new.clone());
            }
            _ => drop(merged.insert(key.clone(), value.clone())),
        }
    }
    let screen = merged.entry("screen").or_insert_with(|| toml::Table::new().into());
    if let toml::Value::Table(screen) = screen {
        screen.insert("lang".into(), kiosk.lang.code().into());
    }
    for table in ["region", "library"] {
        let Some(toml::Value::Table(table)) = merged.get_mut(table) else { continue };
        let named = table.get("ca").and_then(toml::Value::as_str).map(PathBuf::from);
        let from_boot = named.filter(|named| named.is_relative() && boot.join(named).exists());
        if let Some(named) = from_boot {
            let name = named.file_name().context("`ca` names no file")?;
            let pem = std::fs::read(boot.join(&named)).with_context(|| named.display().to_string())?;
            let to = places.config.with_file_name(name);
            write_whole(&to, &pem, 0o644).with_context(|| to.display().to_string())?;
            table.insert("ca".into(), name.to_string_lossy().into_owned().into());
        }
    }
    if let (Some(password), Some(data_dir)) = (&kiosk.library_password, data_dir(&merged)) {
        // Not beside the configuration, which others may read.
        make_data_dir(&data_dir)?;
        let to = data_dir.join("library-password");
        write_whole(&to, password.as_bytes(), 0o600).with_context(|| to.display().to_string())?;
        give_to_owner_of(&data_dir, &to)?;
        if let Some(toml::Value::Table(library)) = merged.get_mut("library") {
            library.insert("password_file".into(), to.display().to_string().into());
        }
    }
    Ok(format!("{HEAD}{}", toml::to_string(&merged)?))
}

/// Where the station that is set up keeps its data.
fn data_dir(merged: &toml::Table) -> Option<PathBuf> {
    let named = merged.get("data_dir").and_then(toml::Value::as_str);
    Some(named.map_or_else(|| PathBuf::from("/var/lib/oqyrman"), PathBuf::from))
}

/// What the screen's unit reads.
fn screen_env(panel: Panel, lang: Lang) -> String {
    let Panel { width_px, height_px, px_per_mm, rotation } = panel;
    let turned = if rotation == 0 { String::new() } else { format!("SLINT_KMS_ROTATION={rotation}\n") };
    format!(
        "# Made from kiosk.toml by `oqyrman first-boot`.\n\
         OQYRMAN_PANEL=--size {width_px}x{height_px} --px-per-mm {px_per_mm} --lang {}\n{turned}",
        lang.code()
    )
}

/// Where it is noted which file was taken last.
fn mark(config: &Path) -> PathBuf {
    config.with_file_name("kiosk.toml.taken")
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn known(config: &Path, text: &str) -> bool {
    config.exists() && std::fs::read_to_string(mark(config)).is_ok_and(|mark| mark == hash(text))
}
