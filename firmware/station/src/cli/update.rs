//! `oqyrman update …`: a new version from a folder, a stick or a web server, and back.

use super::fetching::{Line, Place, files};
use super::say;
use crate::config::Config;
use crate::control::{Ask, Keeper, Told};
use crate::status::Status;
use crate::update::{self, Done, Fit, Installer, Standstill, UpdateFault, Version};
use anyhow::Context;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often a busy station is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Say what an update is, who signed it, and whether it can be installed. Changes nothing.
    #[command(after_help = "Examples:\n  oqyrman update check /media/stick/oqyrman-0.2.0\n  \
                            oqyrman update check https://updates.example.kz/oqyrman-0.2.0-arm64")]
    Check(From),
    /// Install an update, when nobody is at the desk. Run it as root.
    ///
    /// From a web server it is fetched first: what has come is kept when the line falls, and the same command goes on from
    /// there.
    #[command(after_help = "Examples:\n  sudo oqyrman update apply /media/stick/oqyrman-0.2.0\n  \
                            sudo oqyrman update apply /media/stick/oqyrman-0.2.0 --wait-min 60\n  \
                            sudo oqyrman update apply https://updates.example.kz/oqyrman-0.2.0-arm64 --wait-min 60")]
    Apply(From),
    /// Go back to the version before, whose packages are kept. Run it as root.
    #[command(
        after_help = "Examples:\n  sudo oqyrman update rollback\n  sudo oqyrman update rollback /media/stick/oqyrman-0.1.0"
    )]
    Rollback(Back),
}

#[derive(Debug, clap::Args)]
pub struct From {
    /// The folder with manifest.json, manifest.sig and the packages, or its https address.
    from: Place,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, clap::Args)]
pub struct Back {
    /// A folder with the packages of an older version, instead of those that are kept.
    dir: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, clap::Args)]
struct How {
    /// The station's configuration: the key by which updates are known stands there.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// How many minutes to wait until nobody is at the desk.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=1_440))]
    wait_min: u64,
    /// Where packages are kept; only root may write there.
    #[arg(long, default_value = "/var/cache/oqyrman/updates")]
    keep: PathBuf,
    /// The program that installs packages.
    #[arg(long, default_value = "/usr/bin/dpkg", hide = true)]
    dpkg: PathBuf,
    /// The version that is installed.
    #[arg(long, default_value = env!("CARGO_PKG_VERSION"), hide = true)]
    installed: String,
}

impl How {
    fn installer(&self) -> anyhow::Result<(Installer, Desk, Config)> {
        let config = Config::read(&self.config)?;
        let installed = Version::read(&self.installed).context("--installed is no version")?;
        let (dpkg, keep) = (self.dpkg.clone(), self.keep.clone());
        let installer = Installer { dpkg, keep, installed, key: config.update_key };
        let until = Instant::now() + Duration::from_secs(60 * self.wait_min);
        Ok((installer, Desk { data_dir: config.data_dir.clone(), until, keeper: None }, config))
    }
}

pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Check(from) => {
            let (installer, _, config) = from.how.installer()?;
            let checked = match &from.from {
                Place::Folder(dir) => update::check(dir, installer.key.as_ref())?,
                Place::Address(address) => {
                    update::look(&mut files(address, &config)?, address, &installer, &mut Line::new())?
                }
            };
            let verdict = match update::fits(&checked, &installer.installed) {
                Ok(Fit::Newer) => "can be installed",
                Ok(Fit::Same) => "is installed already",
                Err(UpdateFault::Older { .. }) => "is older than what is installed: only `rollback` takes it",
                Err(_) => "is too new: a version in between must come first",
            };
            say(&format!(
                "Version {}, signed by the key in the configuration, for this machine ({}).\nInstalled: {}. It {verdict}.",
                checked.version,
                update::arch(),
                installer.installed
            ))
        }
        Command::Apply(from) => {
            let (installer, mut desk, config) = from.how.installer()?;
            let done = match &from.from {
                Place::Folder(dir) => update::apply(dir, &installer, &mut desk)?,
                Place::Address(address) => {
                    let mut source = files(address, &config)?;
                    let (dir, fit) = update::fetch(&mut source, address, &installer, &mut Line::new())?;
                    let done = match fit {
                        Fit::Newer => update::apply(&dir, &installer, &mut desk)?,
                        Fit::Same => None,
                    };
                    update::forget(&installer)?;
                    done
                }
            };
            match done {
                Some(done) => tell(&done),
                None => say(&format!(
                    "Version {} is installed already: there is nothing to do.",
                    installer.installed
                )),
            }
        }
        Command::Rollback(back) => {
            let (installer, mut desk, _) = back.how.installer()?;
            let done = update::rollback(back.dir.as_deref(), &installer, &mut desk)?;
            tell(&done)
        }
    }
}

fn tell(done: &Done) -> anyhow::Result<()> {
    let back = if done.can_go_back {
        "`oqyrman update rollback` goes back."
    } else {
        "The version before is not kept: there was no update before this one to keep."
    };
    say(&format!("Version {} is installed. {back}", done.version))
}

/// The station at the desk, running or not.
struct Desk {
    data_dir: PathBuf,
    until: Instant,
    /// Whoever stands still: the running station, or the opened journal of a stopped one, which then cannot start.
    keeper: Option<Keeper>,
}

impl Standstill for Desk {
    fn begin(&mut self) -> Result<(), UpdateFault> {
        let runs = Status::read(&self.data_dir).is_ok_and(|status| status.running);
        if !runs {
            return Ok(());
        }
        let not_asked = |error: anyhow::Error| UpdateFault::NotAsked(format!("{error:#}"));
        let mut keeper = Keeper::of(&self.data_dir).map_err(not_asked)?;
        loop {
            match keeper.ask(Ask::StandStill).map_err(not_asked)? {
                Told::StandsStill(true) => break,
                Told::StandsStill(false) if Instant::now() >= self.until => return Err(UpdateFault::Busy),
                Told::StandsStill(false) => std::thread::sleep(ASK_AGAIN),
                Told::Waiting { .. }
                | Told::Request(_)
                | Told::Taken(_)
                | Told::Rows { .. }
                | Told::Outcomes(_)
                | Told::Resolved(_)
                | Told::Ways(_)
                | Told::Noted
                | Told::Zone(_)
                | Told::Fault(_) => {
                    return Err(UpdateFault::NotAsked("it is of another version than this command".into()));
                }
            }
        }
        self.keeper = Some(keeper);
        Ok(())
    }

    fn end(&mut self) {
        // A station that the installer has started anew does not stand still.
        if let Some(mut keeper) = self.keeper.take()
            && let Err(error) = keeper.ask(Ask::GoOn)
        {
            tracing::debug!(%error, "the station was started anew");
        }
    }
}
