//! `oqyrman qr`: the state to photograph.

use super::say;
use crate::care::qr::on_terminal;
use crate::config::Config;
use crate::status::Status;
use anyhow::Context;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  oqyrman qr\n  oqyrman qr --text")]
pub struct Options {
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// The text that the code holds, instead of the code.
    #[arg(long)]
    text: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let status = Status::read(&Config::read(&options.config)?.data_dir)?;
    let text = match status.staff.state_text.as_str() {
        "" => crate::care::state::text(&status, 0),
        text => text.to_owned(),
    };
    if options.text {
        return say(text.trim_end());
    }
    say(on_terminal(&text).context("the state is too long for a QR code; `--text` shows it")?.trim_end())
}
