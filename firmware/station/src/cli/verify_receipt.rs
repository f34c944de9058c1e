//! `oqyrman verify-receipt`: whether this station wrote a receipt, and what it says.

use super::say;
use crate::config::Config;
use crate::identity;
use anyhow::Context;
use exchange::receipt::Receipt;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  oqyrman verify-receipt < scanned.txt\n  oqyrman verify-receipt 0012530…\n\n\
                        The region's machine checks receipts of all its stations: oqyrman-hub verify-receipt."
)]
pub struct Options {
    /// The digits of the receipt's QR code; without them they are read from standard input, where a scanner types them.
    digits: Option<String>,
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// What it says as one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(options: Options) -> anyhow::Result<()> {
    let config = Config::read(&options.config)?;
    let membership = identity::membership(&config.data_dir)?
        .context("this station has not joined a region, so it has signed no receipt")?;
    let key = identity::key(&config.data_dir)?.public();
    let digits = match options.digits {
        Some(digits) => digits,
        None => std::io::read_to_string(std::io::stdin()).context("no digits on standard input")?,
    };
    let receipt = Receipt::open(&digits, |station| (station == membership.station).then_some(key))?;
    if options.json {
        return say(&serde_json::to_string(&receipt)?);
    }
    let time = jiff::Timestamp::from_second(receipt.wall_s)
        .map_or_else(|_| "at an impossible time".into(), |time| time.strftime("%F %T UTC").to_string());
    say(&format!("Genuine: station {} wrote this down, {time}, epoch {}.", receipt.station, receipt.epoch))?;
    let mut lines = receipt.lines.iter();
    lines.try_for_each(|line| say(&format!("{:>8}  {}  {}", line.seq.0, line.item, line.deed)))
}
