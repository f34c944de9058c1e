//! `oqyrman first-boot`: takes `kiosk.toml` from the boot partition, or from a stick.

use super::say;
use crate::clock::system_wall_s;
use crate::first_boot::{BOOT_DIRS, FILE, FirstBootError, Outcome, Places, take_over};
use anyhow::{Context, bail};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  oqyrman first-boot\n  oqyrman first-boot --boot /media/stick\n  \
                        oqyrman first-boot --boot . --config /tmp/try/oqyrman.toml --data-dir /tmp/try/data\n\n\
                        docs/operating/first-boot.md has a kiosk.toml to begin with.")]
pub struct Options {
    /// The folder with kiosk.toml; without it, the boot partition.
    #[arg(long)]
    boot: Option<PathBuf>,
    /// The station's configuration, which is made or changed.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// Where a station that was never set up is to keep its data.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Only where no configuration exists yet: for sticks, which anybody can put in.
    #[arg(long)]
    if_new: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    if options.if_new && options.config.exists() {
        return say("This station is set up already; the stick's kiosk.toml is left alone.");
    }
    let found = || BOOT_DIRS.iter().map(PathBuf::from).find(|dir| dir.join(FILE).exists());
    let Some(boot) = options.boot.clone().or_else(found) else {
        return say("There is no kiosk.toml on the boot partition: nothing to take over.");
    };
    let config = std::path::absolute(&options.config).context("--config")?;
    let places = Places { boot, config, data_dir: options.data_dir.clone() };
    let now = jiff::Timestamp::from_second(system_wall_s()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let today = now.strftime("%d.%m.%Y").to_string();
    match take_over(&places, &today) {
        Ok(Outcome::NoFile) => {
            say(&format!("{}: there is no kiosk.toml here: nothing to take over.", places.boot.display()))
        }
        Ok(Outcome::Known) => say("kiosk.toml was taken over before and has not changed since."),
        Ok(Outcome::Taken { keys, wiped }) => say(&format!(
            "{}: taken over into {}: {}.{}",
            places.boot.join(FILE).display(),
            places.config.display(),
            keys.join(", "),
            match wiped {
                0 => String::new(),
                1 => " Its secret was wiped from it.".to_owned(),
                many => format!(" Its {many} secrets were wiped from it."),
            }
        )),
        Err(FirstBootError::Wrong { error, .. }) => {
            bail!(
                "{error}\nNothing was changed; the station goes on as it was, and its screen tells this line."
            )
        }
        Err(FirstBootError::Failed(error)) => Err(error),
    }
}
