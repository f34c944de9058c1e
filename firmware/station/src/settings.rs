//! A station's settings as one file that another station, or this one after a new card, can take: configuration, the
//! certificates it names, and only if asked its secrets.
//!
//! Invariants:
//! - Taken whole or not at all; the configuration that was there is kept beside as `*.toml.before`.
//! - The file says its format; a newer one is refused in words.
//! - Neither the station's key nor its membership is in it: two stations are never one.

use crate::care::files::{give_to_owner_of, write_whole};
use crate::config::{Config, ConfigError};
use crate::identity;
use crate::run::make_data_dir;
use exchange::pin::PinHash;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The format this program writes, and the newest it reads.
pub const FORMAT: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: u32,
    made_by: String,
    #[serde(default)]
    secrets: Option<Secrets>,
    /// Certificates, by the name of their file.
    #[serde(default)]
    files: BTreeMap<String, String>,
    settings: toml::Table,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Secrets {
    staff_pin: Option<PinHash>,
    library_password: Option<String>,
}

/// Why settings are not given or taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The configuration, here or as it would become, is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The file is none of this kind.
    #[error("{path}: this is no file of settings: {why}")]
    Foreign {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file is of a newer program.
    #[error(
        "{path}: its format is {found}, and this program knows formats up to {FORMAT}: update this station first"
    )]
    Newer {
        /// Which.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// A file cannot be read or written.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// Something else.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> SettingsError + '_ {
    move |reason| SettingsError::File { path: path.to_owned(), reason }
}

/// The settings of the station that `config` sets up, as text.
///
/// # Errors
/// [`SettingsError`].
pub fn export(config: &Path, with_secrets: bool) -> Result<String, SettingsError> {
    let checked = Config::read(config)?;
    let text = std::fs::read_to_string(config).map_err(at(config))?;
    let mut settings: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        SettingsError::Foreign { path: config.to_owned(), why: error.message().to_owned() }
    })?;
    let folder = config.parent().unwrap_or(Path::new("/"));
    let mut files = BTreeMap::new();
    for table in ["region", "library"] {
        let Some(toml::Value::Table(table)) = settings.get_mut(table) else { continue };
        table.remove("password_file");
        if let Some(named) = table.get("ca").and_then(toml::Value::as_str).map(PathBuf::from) {
            let path = folder.join(&named);
            let pem = std::fs::read_to_string(&path).map_err(at(&path))?;
            let name = named.file_name().unwrap_or(named.as_os_str()).to_string_lossy().into_owned();
            table.insert("ca".into(), name.clone().into());
            files.insert(name, pem);
        }
    }
    // Where this machine keeps its data and its sockets is no setting of a school.
    settings.remove("data_dir");
    let secrets = if with_secrets {
        Some(Secrets {
            staff_pin: identity::staff_pin(&checked.data_dir)?,
            library_password: checked.library.map(|library| library.account.password),
        })
    } else {
        None
    };
    let made_by = format!("oqyrman {}", env!("CARGO_PKG_VERSION"));
    let written = Written { format: FORMAT, made_by, secrets, files, settings };
    Ok(toml::to_string(&written).map_err(anyhow::Error::from)?)
}

/// What was taken.
#[derive(Debug, PartialEq, Eq)]
pub struct Taken {
    /// By which version the file was made.
    pub made_by: String,
    /// Whether secrets came along.
    pub with_secrets: bool,
}

/// Takes the settings in `file` for the station that `config` sets up, whether or not it exists yet.
///
/// # Errors
/// [`SettingsError`].
pub fn import(file: &Path, config: &Path, data_dir: Option<&Path>) -> Result<Taken, SettingsError> {
    let text = std::fs::read_to_string(file).map_err(at(file))?;
    let foreign = |why: String| SettingsError::Foreign { path: file.to_owned(), why };
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| foreign(error.message().to_owned()))?;
    match table.get("format").and_then(toml::Value::as_integer) {
        None => return Err(foreign("`format` is missing".into())),
        Some(found) if found > i64::from(FORMAT) => {
            let found = u32::try_from(found).unwrap_or(u32::MAX);
            return Err(SettingsError::Newer { path: file.to_owned(), found });
        }
        Some(_) => {}
    }
    let written: Written = toml::from_str(&text).map_err(|error| foreign(error.message().to_owned()))?;
    let present = Config::read(config).ok();
    let Written { made_by, secrets, files, mut settings, .. } = written;
    let keep_at =
        data_dir.map(Path::to_owned).or_else(|| present.as_ref().map(|present| present.data_dir.clone()));
    if let Some(keep_at) = &keep_at {
        settings.insert("data_dir".into(), keep_at.display().to_string().into());
    }
    let keep_at = keep_at.unwrap_or_else(|| "/var/lib/oqyrman".into());
    let password = secrets.as_ref().and_then(|secrets| secrets.library_password.clone());
    let password_file = keep_at.join("library-password");
    if let Some(toml::Value::Table(library)) = settings.get_mut("library")
        && (password.is_some() || password_file.exists())
    {
        library.insert("password_file".into(), password_file.display().to_string().into());
    }

    let folder = config.parent().unwrap_or(Path::new("/"));
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    for (name, pem) in &files {
        if name.contains(['/', '\0']) || name == ".." {
            return Err(foreign(format!("a file is named `{name}`")));
        }
        let path = folder.join(name);
        write_whole(&path, pem.as_bytes(), 0o644).map_err(at(&path))?;
    }
    make_data_dir(&keep_at)?;
    if let Some(password) = password {
        write_whole(&password_file, password.as_bytes(), 0o600).map_err(at(&password_file))?;
        give_to_owner_of(&keep_at, &password_file)?;
    }
    let text = format!("# Taken over by `oqyrman settings import`, made by {made_by}.\n\n")
        + &toml::to_string(&settings).map_err(anyhow::Error::from)?;
    let trial = config.with_extension("toml.trial");
    write_whole(&trial, text.as_bytes(), 0o644).map_err(at(&trial))?;
    let checked = Config::read(&trial);
    let _ = std::fs::remove_file(&trial);
    checked?;
    if let Some(pin) = secrets.as_ref().and_then(|secrets| secrets.staff_pin.as_ref()) {
        identity::keep_staff_pin(&keep_at, pin)?;
        give_to_owner_of(&keep_at, &keep_at.join("staff-pin.json"))?;
    }
    if config.exists() {
        let before = config.with_extension("toml.before");
        std::fs::copy(config, &before).map_err(at(&before))?;
    }
    write_whole(config, text.as_bytes(), 0o644).map_err(at(config))?;
    Ok(Taken { made_by, with_secrets: secrets.is_some() })
}
