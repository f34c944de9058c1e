//! `oqyrman settings …`: from one station to another, or to a new card.

use super::say;
use crate::settings::{export, import};
use anyhow::Context;
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Write the settings as one file. Without --secrets it may be shown to anybody who helps.
    #[command(after_help = "Examples:\n  oqyrman settings export > settings.toml\n  \
                            oqyrman settings export --secrets --out /media/stick/settings.toml")]
    Export {
        /// The station's configuration.
        #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
        config: PathBuf,
        /// With the staff PIN's hash and the library system's password.
        #[arg(long)]
        secrets: bool,
        /// The file to write, readable by its owner; without it, standard output.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Take the settings of a file; the configuration that was there is kept as oqyrman.toml.before.
    #[command(after_help = "Example:\n  sudo oqyrman settings import /media/stick/settings.toml")]
    Import {
        /// The file.
        file: PathBuf,
        /// The station's configuration.
        #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
        config: PathBuf,
        /// Where a station that was never set up is to keep its data.
        #[arg(long)]
        data_dir: Option<PathBuf>,
    },
}

pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Export { config, secrets, out } => {
            let text = export(config, *secrets)?;
            let Some(out) = out else { return say(text.trim_end()) };
            crate::care::files::write_whole(out, text.as_bytes(), 0o600)
                .with_context(|| out.display().to_string())?;
            let told = if *secrets { " It holds secrets: keep it like a key." } else { "" };
            say(&format!("Written: {}.{told}", out.display()))
        }
        Command::Import { file, config, data_dir } => {
            let config = std::path::absolute(config).context("--config")?;
            let taken = import(file, &config, data_dir.as_deref())?;
            let secrets = if taken.with_secrets { ", with its secrets" } else { ", without secrets" };
            say(&format!(
                "Settings made by {} are taken over{secrets}. Restart the station when nobody is at it.",
                taken.made_by
            ))
        }
    }
}
