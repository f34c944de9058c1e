//! `oqyrman status`: what a station holds, read beside a running one.

use super::say;
use crate::config::Config;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  oqyrman status\n  oqyrman status --config kiosk/oqyrman.toml --json")]
pub struct Options {
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// One JSON object instead of words.
    #[arg(long)]
    json: bool,
}

pub fn show(options: &Options) -> anyhow::Result<()> {
    let config = Config::read(&options.config)?;
    let holds = journal::inspect(&config.data_dir)?;
    if options.json { say(&serde_json::to_string(&holds)?) } else { say(holds.to_string().trim_end()) }
}
