//! The commands of `oqyrman`.

mod bench;
mod card;
mod courier;
mod doctor;
mod durability;
mod enrol;
mod export;
mod fetching;
mod first_boot;
mod library;
mod qr;
mod report;
mod scan;
mod settings;
mod sip2;
mod status;
mod tag;
mod update;
mod verify_receipt;

use crate::config::Config;
use crate::{identity, run};
use anyhow::Context;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// A self-service lending station for school libraries.
#[derive(Debug, Parser)]
#[command(
    name = "oqyrman",
    version,
    after_help = "Examples:\n  oqyrman check --config /etc/oqyrman/oqyrman.toml\n  oqyrman run --config /etc/oqyrman/oqyrman.toml\n  \
                  oqyrman scan explain 30234000517861\n  oqyrman status --json\n  oqyrman bench --dir /var/lib/oqyrman"
)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the station until it is asked to stop (SIGTERM).
    #[command(after_help = "Example:\n  oqyrman run --config /etc/oqyrman/oqyrman.toml")]
    Run(Run),
    /// Take over kiosk.toml from the boot partition, or from a stick.
    FirstBoot(first_boot::Options),
    /// Check a configuration and say what is wrong with it.
    #[command(after_help = "Example:\n  oqyrman check --config kiosk/oqyrman.toml")]
    Check(ConfigFile),
    /// Say what the station holds: events, what waits for the region, patrons, items.
    Status(status::Options),
    /// Set the PIN of the staff menu; reads 4 to 6 digits from standard input.
    #[command(after_help = "Example:\n  systemd-ask-password \"Staff PIN\" | oqyrman staff-pin")]
    StaffPin(ConfigFile),
    /// Numbers on labels and cards.
    #[command(subcommand, after_help = "Example:\n  oqyrman scan explain 30234000517861")]
    Scan(scan::Command),
    /// Student cards.
    #[command(subcommand, after_help = "Example:\n  oqyrman card forms 04A1B2C3")]
    Card(card::Command),
    /// Say what is wrong and what to do.
    Doctor(doctor::Doctor),
    /// May I pull the plug? Prove it on this card: kill a writing process at moments nobody chose, and look.
    Durability(durability::Options),
    /// A bundle for whoever helps, without anything about people: to a file or a stick.
    Report(report::Options),
    /// Install a new version from a folder, a stick or a web server, or go back to the one before.
    #[command(
        subcommand,
        after_help = "Examples:\n  oqyrman update check /media/stick/oqyrman-0.2.0\n  sudo oqyrman update rollback"
    )]
    Update(update::Command),
    /// The station's state as one QR code on the terminal, to be photographed.
    Qr(qr::Options),
    /// Library RFID tags: what one says, and what a new one is to say.
    #[command(
        subcommand,
        after_help = "Example:\n  oqyrman tag decode 1101013130303030303030353600000000000098A4444B373138353030000000"
    )]
    Tag(tag::Command),
    /// Check a receipt by the digits of its QR code.
    VerifyReceipt(verify_receipt::Options),
    /// The settings as one file, for another station or a new card.
    #[command(subcommand, after_help = "Example:\n  oqyrman settings export > settings.toml")]
    Settings(settings::Command),
    /// Messages of SIP2, for people at the wire.
    #[command(subcommand, after_help = "Example:\n  echo 941AY0AZFDFC | oqyrman sip2 decode")]
    Sip2(sip2::Command),
    /// Send events to the region, and fetch its answers, on a stick that somebody carries.
    #[command(subcommand, after_help = "Example:\n  oqyrman courier write /media/stick")]
    Courier(courier::Command),
    /// Join a region without a network, by a stick; or without a person, by a voucher.
    #[command(
        subcommand,
        after_help = "Examples:\n  oqyrman enrol show\n  oqyrman enrol stick-out /media/stick\n  oqyrman enrol stick-in /media/stick"
    )]
    Enrol(enrol::Command),
    /// Write what happened here as a file: for Koha, for Evergreen, for people.
    Export(export::Options),
    /// The library system that is the station's region.
    #[command(subcommand, after_help = "Examples:\n  oqyrman library try\n  oqyrman library outcomes")]
    Library(library::Command),
    /// Measure what a yes costs on this machine and disk, against a bare durable commit.
    Bench(bench::Options),
}

/// Where the configuration is.
#[derive(Debug, clap::Args)]
struct ConfigFile {
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
}

/// How to run.
#[derive(Debug, clap::Args)]
struct Run {
    #[command(flatten)]
    file: ConfigFile,
    /// Where the configuration is missing or wrong, say so on the screen and wait until it is right, instead of ending.
    #[arg(long)]
    wait_for_setup: bool,
    /// Where the screen's program looks for the station meanwhile.
    #[arg(long, default_value = "/run/oqyrman/screen.sock", requires = "wait_for_setup")]
    socket: PathBuf,
}

impl Run {
    fn run(&self) -> anyhow::Result<()> {
        let path = std::path::absolute(&self.file.config).context("--config")?;
        let config = if self.wait_for_setup {
            let Some(config) = run::for_set_up(&path, &self.socket)? else { return Ok(()) };
            config
        } else {
            Config::read(&path)?
        };
        run::run(&config, crate::first_boot::told(&path))
    }
}

/// Runs the command in `args`, whose first is the program's name.
///
/// # Errors
/// What went wrong and what to do, in words.
pub fn main_with_args(args: impl IntoIterator<Item = OsString>) -> anyhow::Result<()> {
    match Options::parse_from(args).command {
        Command::Run(options) => {
            start_log();
            options.run()
        }
        Command::FirstBoot(options) => first_boot::run(&options),
        Command::Check(file) => {
            let config = Config::read(&file.config)?;
            say(&format!(
                "{}: good. {} reader(s), data in {}, region {}.",
                file.config.display(),
                config.readers.len(),
                config.data_dir.display(),
                match (config.region, config.library) {
                    (Some(region), _) => region.link.url,
                    (None, Some(library)) => format!("{} by SIP2 ({})", library.address, library.profile),
                    (None, None) => "none yet".into(),
                }
            ))
        }
        Command::Status(options) => status::show(&options),
        Command::StaffPin(file) => {
            let config = Config::read(&file.config)?;
            let mut pin = String::new();
            std::io::stdin().read_line(&mut pin).context("no PIN on standard input")?;
            run::make_data_dir(&config.data_dir)?;
            identity::set_staff_pin(&config.data_dir, pin.trim())?;
            say("The staff PIN is set; it takes effect when the station starts.")
        }
        Command::Scan(command) => scan::run(command),
        Command::Card(command) => card::run(command),
        Command::Doctor(options) => doctor::run(&options),
        Command::Durability(options) => durability::run(&options),
        Command::Report(options) => report::run(&options),
        Command::Update(command) => update::run(&command),
        Command::Qr(options) => qr::run(&options),
        Command::Tag(command) => tag::run(command),
        Command::VerifyReceipt(options) => verify_receipt::run(options),
        Command::Settings(command) => settings::run(&command),
        Command::Sip2(command) => sip2::run(command),
        Command::Courier(command) => courier::run(command),
        Command::Enrol(command) => enrol::run(command),
        Command::Export(options) => export::run(&options),
        Command::Library(command) => library::run(command),
        Command::Bench(options) => bench::run(&options),
    }
}

/// What was asked for, on standard output.
fn say(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout().lock(), "{text}").context("standard output is closed")
}

fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,hyper=warn,reqwest=warn,rustls=warn"));
    // A second start of the log in one process is harmless: the first stays.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
}
