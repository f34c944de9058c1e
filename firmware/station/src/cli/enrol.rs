//! `oqyrman enrol …`: how the station joins its region where no network or no person is at hand.

use super::say;
use crate::clock::system_wall_s;
use crate::config::Config;
use crate::control::{Ask, Keeper};
use crate::identity::{self, Membership};
use crate::run;
use anyhow::{Context, bail};
use exchange::SCHEMA;
use exchange::enrol::{self, EnrolAnswer, EnrolRequest};
use exchange::voucher::Voucher;
use links::courier::enrol::{ReplyFault, clear, read_reply, write_question};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Say whether the station has joined, and the fingerprints that people compare.
    Show(Options),
    /// Write the station's question to join on a stick, which is carried to the region and back.
    #[command(after_help = "Example:\n  oqyrman enrol stick-out /media/stick")]
    StickOut(StickOptions),
    /// Take in the region's reply from the stick. The region's fingerprint comes from the region by another way, on paper or
    /// by telephone: `oqyrman-hub enrol fingerprint` prints it there. A voucher knows it, too.
    #[command(after_help = "Example:\n  oqyrman enrol stick-in /media/stick --region 8d13-b40c-9bf8-87ab")]
    StickIn {
        #[command(flatten)]
        stick: StickOptions,
        /// The fingerprint of the region's key.
        #[arg(long, value_name = "FINGERPRINT")]
        region: Option<String>,
    },
    /// Keep a voucher: with it the region lets the station in without a person. It is read from a file, or from standard input.
    #[command(
        after_help = "Examples:\n  oqyrman enrol voucher /boot/voucher.txt\n  oqyrman enrol voucher < voucher.txt"
    )]
    Voucher {
        #[command(flatten)]
        options: Options,
        /// The file.
        file: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
pub struct Options {
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct StickOptions {
    /// Where the stick is mounted.
    dir: PathBuf,
    #[command(flatten)]
    options: Options,
}

pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Show(options) => show(&Config::read(&options.config)?),
        Command::StickOut(stick) => stick_out(&Config::read(&stick.options.config)?, &stick.dir),
        Command::StickIn { stick, region } => {
            stick_in(&Config::read(&stick.options.config)?, &stick.dir, region)
        }
        Command::Voucher { options, file } => keep(&Config::read(&options.config)?, file.as_deref()),
    }
}

fn show(config: &Config) -> anyhow::Result<()> {
    run::make_data_dir(&config.data_dir)?;
    let own = identity::key(&config.data_dir)?.public().fingerprint();
    let region = match identity::membership(&config.data_dir)? {
        Some(membership) => joined(&membership),
        None => match identity::voucher(&config.data_dir)? {
            Some(_) => "Has not joined a region yet; a voucher is kept.".to_owned(),
            None => "Has not joined a region yet.".to_owned(),
        },
    };
    say(&format!("Fingerprint of this station: {own}\n{region}"))
}

fn joined(membership: &Membership) -> String {
    format!(
        "Station {} of {}, in the region {}.",
        membership.station,
        membership.school,
        membership.region_key.fingerprint()
    )
}

fn stick_out(config: &Config, dir: &Path) -> anyhow::Result<()> {
    run::make_data_dir(&config.data_dir)?;
    if let Some(membership) = identity::membership(&config.data_dir)? {
        bail!("the station has joined already: {}", joined(&membership));
    }
    let key = identity::key(&config.data_dir)?;
    let mut random = [0; enrol::CODE_LEN];
    getrandom::fill(&mut random).context("the machine gives no random numbers")?;
    let code = enrol::code(random);
    let request = EnrolRequest {
        schema: SCHEMA,
        key: key.public(),
        code: code.clone(),
        name: config.name.clone(),
        voucher: identity::voucher(&config.data_dir)?,
    };
    let name = write_question(dir, &request, &key).with_context(|| dir.display().to_string())?;
    say(&format!(
        "Written: {name}. The stick may be pulled out; at the region: oqyrman-hub enrol take\n\
         Code: {code}   fingerprint of this station: {}",
        key.public().fingerprint()
    ))
}

fn stick_in(config: &Config, dir: &Path, region: Option<String>) -> anyhow::Result<()> {
    let data_dir = &config.data_dir;
    run::make_data_dir(data_dir)?;
    let key = identity::key(data_dir)?.public();
    let of_voucher = identity::voucher(data_dir)?
        .and_then(|text| Voucher::read(&text))
        .map(|read| exchange::wire::fingerprint(read.region));
    let wanted = region.or(of_voucher);
    let reply = match (read_reply(dir, &key, wanted.as_deref()), identity::membership(data_dir)?) {
        (Err(ReplyFault::None), Some(membership)) => {
            return say(&format!("Nothing to do. {}", joined(&membership)));
        }
        (reply, _) => reply.with_context(|| dir.display().to_string())?,
    };
    let found = reply.region_key.fingerprint();
    let (station, epoch, region_key, school) = match reply.answer {
        EnrolAnswer::Approved { station, epoch, region_key, school } => (station, epoch, region_key, school),
        EnrolAnswer::Refused => bail!(
            "the region {found} has turned the station away; `oqyrman enrol stick-out` asks anew, with another code"
        ),
        EnrolAnswer::VoucherRefused { why } => bail!("the region {found} has turned the station away: {why}"),
        EnrolAnswer::Waiting { .. } => bail!("nobody at the region {found} has decided yet"),
    };
    if region_key != reply.region_key {
        bail!("the reply contradicts itself; take the stick to the region once more");
    }
    if let Some(membership) = identity::membership(data_dir)? {
        if (membership.station, membership.region_key) == (station, region_key) {
            clear(dir, &key);
            return say(&format!("Nothing to do. {}", joined(&membership)));
        }
        bail!(
            "the station has joined already: {} A device joins once; to give it to another region, begin with an empty data \
             folder",
            joined(&membership)
        );
    }
    if wanted.is_none() {
        bail!(
            "the reply is of “{school}” in the region {found}. Compare this with what the region says of itself \
             (`oqyrman-hub enrol fingerprint`, by telephone or on paper); if it is the same:\n  \
             oqyrman enrol stick-in {} --region {found}",
            dir.display()
        );
    }
    let membership = Membership { station, region_key, school };
    let mut keeper = Keeper::of(data_dir)?;
    keeper.ask(Ask::Enrolled { membership: membership.clone(), epoch })?;
    if !keeper.is_running() {
        identity::join(data_dir, &membership)?;
        identity::drop_voucher(data_dir)?;
    }
    clear(dir, &key);
    say(&format!(
        "The station has joined. {}\nNow: oqyrman courier write {}",
        joined(&membership),
        dir.display()
    ))
}

fn keep(config: &Config, file: Option<&Path>) -> anyhow::Result<()> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path).with_context(|| path.display().to_string())?,
        None => std::io::read_to_string(std::io::stdin().lock()).context("standard input")?,
    };
    run::make_data_dir(&config.data_dir)?;
    if let Some(membership) = identity::membership(&config.data_dir)? {
        bail!("the station has joined already: {}", joined(&membership));
    }
    identity::keep_voucher(&config.data_dir, &text, system_wall_s())?;
    say("The voucher is kept; the station uses it when it starts, or with `oqyrman enrol stick-out`.")
}
