//! The program `oqyrman-hub`: what a technician and a librarian do at the region's own machine.

mod backup;
mod bench;
mod courier;
mod enrol;
mod files;
mod import;
mod receipt;
mod serve;
mod status;
mod token;

use crate::store::{Asking, Deed, Note, Role, SchoolId, Store};
use crate::{Hub, server};
use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use exchange::StationId;
use std::ffi::OsString;
use std::io::{BufRead, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The region: takes what stations send, shows it to a librarian, and tells stations what they need to know.
#[derive(Debug, Parser)]
#[command(
    name = "oqyrman-hub",
    version,
    after_help = "Examples:\n  oqyrman-hub init /srv/region --school \"№ 12 мектеп-гимназия\"\n  \
                  oqyrman-hub staff add /srv/region librarian\n  \
                  oqyrman-hub import /srv/region patrons patrons.csv\n  \
                  oqyrman-hub serve /srv/region --listen 0.0.0.0:8443 --name region.example.kz\n  \
                  oqyrman-hub approve /srv/region 7K2MX9QD"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a new region in a folder: its keys, its database, a first school with rules and a calendar to begin with.
    #[command(after_help = "Examples:\n  oqyrman-hub init /srv/region --school \"№ 12 мектеп-гимназия\"\n  \
                      oqyrman-hub init /srv/region --school \"№ 1\" --postgres postgres://oqyrman@db/region")]
    Init {
        /// The region's folder; made if it is not there.
        dir: PathBuf,
        /// The first school's name, as its stations and the page show it.
        #[arg(long)]
        school: String,
        /// An empty PostgreSQL database to use instead of a file in the folder: for many schools, or several hubs. A
        /// password belongs into a .pgpass file or the address, which is kept readable by the owner alone.
        #[arg(long, value_name = "ADDRESS")]
        postgres: Option<String>,
    },
    /// The schools of the region.
    #[command(subcommand)]
    School(SchoolCommand),
    /// Serves stations and the librarians' page by HTTPS until it is stopped.
    Serve {
        /// The region's folder.
        dir: PathBuf,
        /// Address and port to listen on.
        #[arg(long, default_value = "127.0.0.1:8443")]
        listen: SocketAddr,
        /// A name under which stations reach this machine; may be given more than once. Its own host name and addresses
        /// are known.
        #[arg(long = "name", value_name = "HOST")]
        names: Vec<String>,
    },
    /// People who may sign in to the page.
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Lists stations that wait for approval, with the code on their screens.
    Pending {
        /// The region's folder.
        dir: PathBuf,
    },
    /// Lets the station join a school that shows this code.
    Approve {
        #[command(flatten)]
        at: At,
        /// The code on the station's screen.
        code: String,
    },
    /// Turns the station away that shows this code.
    Refuse {
        /// The region's folder.
        dir: PathBuf,
        /// The code on the station's screen.
        code: String,
    },
    /// Takes nothing from a station any more, because it was stolen or given away. It cannot be taken back: the station goes
    /// on by `replace`, with another device.
    #[command(after_help = "Example:\n  oqyrman-hub revoke /srv/region 7 --why stolen")]
    Revoke {
        /// The region's folder.
        dir: PathBuf,
        /// The station's number, as `status` shows it.
        station: u32,
        /// Why, for those who ask later.
        #[arg(long)]
        why: String,
    },
    /// Lets the device that shows this code carry a station on whose device is broken or gone: with its number, a new epoch,
    /// and the loans that are open. From then on nothing is taken from the old device.
    #[command(after_help = "Example:\n  oqyrman-hub replace /srv/region 7 7K2MX9QD --why \"the card died\"")]
    Replace {
        /// The region's folder.
        dir: PathBuf,
        /// The number of the station to be carried on.
        station: u32,
        /// The code on the new device's screen.
        code: String,
        /// Why, for those who ask later.
        #[arg(long)]
        why: String,
    },
    /// Stations that join without a network, by a stick.
    #[command(subcommand, after_help = "Example:\n  oqyrman-hub enrol take /srv/region /media/stick")]
    Enrol(enrol::EnrolCommand),
    /// Vouchers: stations that join without a person.
    #[command(
        subcommand,
        after_help = "Example:\n  oqyrman-hub enrol-file make /srv/region --schools list.csv --valid-days 30 --to vouchers"
    )]
    EnrolFile(enrol::FileCommand),
    /// Tokens by which outside systems use the API.
    #[command(
        subcommand,
        after_help = "Example:\n  oqyrman-hub token add /srv/region timetable --scope read:loans --school 12"
    )]
    Token(token::Command),
    /// Reads a school's file, CSV or XLSX: classes, patrons, titles or items. Good rows are kept, bad ones reported with their
    /// line. The console can undo it.
    Import {
        #[command(flatten)]
        at: At,
        /// What the file holds.
        what: crate::import::What,
        /// The file: XLSX; or CSV in UTF-8 or Windows-1251, with comma, semicolon or tab.
        file: PathBuf,
        /// Only say what would happen.
        #[arg(long)]
        dry_run: bool,
        /// The report as JSON.
        #[arg(long)]
        json: bool,
    },
    /// The rules of lending.
    #[command(subcommand)]
    Rules(FileCommand),
    /// The school calendar.
    #[command(subcommand)]
    Calendar(FileCommand),
    /// Takes in what stations have written on a stick, and leaves the answers there.
    #[command(subcommand, after_help = "Example:\n  oqyrman-hub courier take /srv/region /media/stick")]
    Courier(CourierCommand),
    /// Copies the whole region, its secret keys included, into a new folder while it serves, and checks the copy.
    #[command(after_help = "Example:\n  oqyrman-hub backup /srv/region /mnt/backup/2026-11-28")]
    Backup {
        /// The region's folder.
        dir: PathBuf,
        /// The copy's folder, which is made.
        to: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Makes a region from a copy. Stations send by themselves what they have told since the copy was made.
    #[command(after_help = "Examples:\n  oqyrman-hub restore /mnt/backup/2026-11-28 /srv/region\n  \
                      oqyrman-hub restore /mnt/backup/2026-11-28 /srv/region --postgres postgres://oqyrman@db/region2")]
    Restore {
        /// The copy's folder.
        from: PathBuf,
        /// The region's folder, which is made.
        dir: PathBuf,
        /// The empty PostgreSQL database that a copy of one goes to.
        #[arg(long, value_name = "ADDRESS")]
        postgres: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Measures what taking events in costs on this machine and disk, against a bare insert of the same rows; or what pages ask.
    #[command(
        after_help = "Examples:\n  oqyrman-hub bench\n  oqyrman-hub bench --batch 200 --json --dir /srv\n  \
                      oqyrman-hub bench --store postgres --batch 200\n  oqyrman-hub bench --pages --events 2000000"
    )]
    Bench(bench::Options),
    /// Checks a receipt of any of its stations by the digits of its QR code.
    #[command(after_help = "Examples:\n  oqyrman-hub verify-receipt /srv/region < scanned.txt\n  \
                            oqyrman-hub verify-receipt /srv/region 0012530… --json")]
    VerifyReceipt {
        /// The region's folder.
        dir: PathBuf,
        /// The digits; without them they are read from standard input, where a scanner types them.
        digits: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Stations, events in numbers, reviews: the same numbers as on the page.
    Status {
        #[command(flatten)]
        at: At,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
enum StaffCommand {
    /// Lets somebody sign in, or gives them a new password, which is read from standard input.
    #[command(after_help = "Examples:\n  oqyrman-hub staff add /srv/region librarian12 --school 12\n  \
                      oqyrman-hub staff add /srv/region inspector --role district")]
    Add {
        #[command(flatten)]
        at: At,
        /// Their login.
        login: String,
        /// What they may do. A librarian belongs to one school, the others to none.
        #[arg(long, default_value = "librarian")]
        role: Role,
    },
}

/// Which school of which region.
#[derive(Debug, clap::Args)]
struct At {
    /// The region's folder.
    dir: PathBuf,
    /// The school's number or whole name; needed where the region has several.
    #[arg(long, value_name = "SCHOOL")]
    school: Option<String>,
}

impl At {
    /// Opens the store, and finds the school.
    fn open(&self) -> anyhow::Result<(Store, SchoolId)> {
        let store = Store::open(&self.dir)?;
        let school = store.find_school(self.school.as_deref())?;
        Ok((store, school.id))
    }
}

#[derive(Debug, Subcommand)]
enum SchoolCommand {
    /// Takes a school into the region, with rules and a calendar to begin with.
    Add {
        /// The region's folder.
        dir: PathBuf,
        /// Its name, as its stations and the page show it.
        name: String,
    },
    /// Lists the schools of the region with their numbers.
    List {
        /// The region's folder.
        dir: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
enum CourierCommand {
    /// Reads every bundle for this region that lies on the stick, keeps what is new in it, and leaves the answer beside it.
    /// What was taken before, or came by network, does no harm. Ends with an error if anything was refused.
    #[command(after_help = "Examples:\n  oqyrman-hub courier take /srv/region /media/stick\n  \
                            oqyrman-hub courier take /srv/region /media/stick --json")]
    Take {
        /// The region's folder.
        dir: PathBuf,
        /// Where the stick is mounted.
        stick: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
enum FileCommand {
    /// Prints what is in force, as a file that `set` reads.
    Show {
        #[command(flatten)]
        at: At,
    },
    /// Puts a TOML file in force.
    Set {
        #[command(flatten)]
        at: At,
        /// The file.
        file: PathBuf,
    },
}

/// As whom people at the region's machine are written down; pages say it in the reader's language.
pub(crate) const COMMAND_LINE: &str = "command line";

/// Writes down what was done here.
fn note(
    store: &mut Store,
    school: Option<SchoolId>,
    deed: Deed,
    object: &str,
    now_s: i64,
) -> anyhow::Result<()> {
    Ok(store.note(Note { school, login: COMMAND_LINE, deed, object }, now_s)?)
}

/// Runs the program with these arguments, the program's own name first.
///
/// # Errors
/// In words for the person who called it.
pub fn main_with_args(arguments: Vec<OsString>) -> anyhow::Result<()> {
    let now_s = server::now_s();
    match Arguments::parse_from(arguments).command {
        Command::Init { dir, school, postgres } => init(&dir, postgres.as_deref(), &school, now_s),
        Command::School(SchoolCommand::Add { dir, name }) => {
            let school = crate::add_school(&mut Store::open(&dir)?, &name, now_s)?;
            say(&format!("{} has joined the region as school {school}.", name.trim()))
        }
        Command::School(SchoolCommand::List { dir, json }) => schools(&dir, json),
        Command::Serve { dir, listen, names } => serve::serve(&dir, listen, names),
        Command::Staff(StaffCommand::Add { at, login, role }) => add_staff(&at, &login, role, now_s),
        Command::Pending { dir } => pending(&dir, now_s),
        Command::Approve { at, code } => {
            let (mut store, school) = at.open()?;
            let station = store.approve(school, &code, COMMAND_LINE, now_s)?;
            note(&mut store, Some(school), Deed::StationApproved, &station.to_string(), now_s)?;
            say(&format!("The station with this code has joined as station {station}."))
        }
        Command::Refuse { dir, code } => {
            let mut store = Store::open(&dir)?;
            store.refuse(&code)?;
            note(&mut store, None, Deed::StationRefused, "", now_s)?;
            say("The station with this code was turned away.")
        }
        Command::Revoke { dir, station, why } => {
            let mut store = Store::open(&dir)?;
            if !store.revoke(StationId(station), (COMMAND_LINE, &why), now_s)? {
                bail!("there is no station {station}; `oqyrman-hub status {}` lists them", dir.display());
            }
            let school = store.school_of(StationId(station))?;
            note(&mut store, school, Deed::StationRevoked, &station.to_string(), now_s)?;
            say(&format!("Nothing is taken from station {station} any more."))
        }
        Command::Replace { dir, station, code, why } => {
            let mut store = Store::open(&dir)?;
            let station = StationId(station);
            let Some(school) = store.school_of(station)? else {
                bail!("there is no station {station}; `oqyrman-hub status {}` lists them", dir.display());
            };
            let epoch = store.succeed((school, station), &code, (COMMAND_LINE, &why), now_s)?;
            note(&mut store, Some(school), Deed::StationReplaced, &station.to_string(), now_s)?;
            say(&format!(
                "The device with this code carries station {station} on, in epoch {epoch}. Nothing is taken from the old one."
            ))
        }
        Command::Enrol(command) => enrol::enrol(command, now_s),
        Command::EnrolFile(command) => enrol::file(command, now_s),
        Command::Token(command) => token::run(command, now_s),
        Command::Import { at, what, file, dry_run, json } => {
            import::import(&at, what, &file, dry_run, json, now_s)
        }
        Command::Rules(FileCommand::Show { at }) => files::show_rules(&at),
        Command::Rules(FileCommand::Set { at, file }) => files::set_rules(&at, &file, now_s),
        Command::Calendar(FileCommand::Show { at }) => files::show_calendar(&at),
        Command::Calendar(FileCommand::Set { at, file }) => files::set_calendar(&at, &file, now_s),
        Command::Courier(CourierCommand::Take { dir, stick, json }) => {
            courier::take(&dir, &stick, json, now_s)
        }
        Command::Backup { dir, to, json } => backup::backup(&dir, &to, json, now_s),
        Command::Restore { from, dir, postgres, json } => {
            backup::restore(&from, &dir, postgres.as_deref(), json)
        }
        Command::Bench(options) => bench::run(&options),
        Command::VerifyReceipt { dir, digits, json } => receipt::verify(&dir, digits, json),
        Command::Status { at, json } => status::status(&at, json, now_s),
    }
}

/// One text for the person who called.
fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).context("standard output")
}

fn schools(dir: &Path, json: bool) -> anyhow::Result<()> {
    let schools = Store::open(dir)?.schools()?;
    if json {
        return say(&serde_json::to_string(&schools)?);
    }
    let lines: Vec<String> = schools.iter().map(|school| format!("{}  {}", school.id, school.name)).collect();
    say(&lines.join("\n"))
}

fn init(dir: &Path, postgres: Option<&str>, school: &str, now_s: i64) -> anyhow::Result<()> {
    if school.trim().is_empty() {
        bail!("a school has a name");
    }
    Hub::init(dir, postgres, school.trim(), now_s)?;
    say(&format!(
        "A region for {school} is in {0}.\n\
         Next: oqyrman-hub staff add {0} LOGIN, then import classes, patrons, titles, items, then serve.\n\
         Stations need {0}/{1} to trust it.",
        dir.display(),
        server::certs::CA_FILE
    ))
}

fn add_staff(at: &At, login: &str, role: Role, now_s: i64) -> anyhow::Result<()> {
    let mut store = Store::open(&at.dir)?;
    let school = match (&at.school, role.sees_all_schools()) {
        (None, true) => None,
        (meant, _) => Some(store.find_school(meant.as_deref())?.id),
    };
    if std::io::stdin().is_terminal() {
        say("Password (it is shown as you type; at least 10 characters):")?;
    }
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password).context("the password is read from standard input")?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).context("this machine gives no random numbers")?;
    store.add_staff(login, (role, school), password.trim_end_matches(['\r', '\n']), salt)?;
    note(&mut store, school, Deed::StaffChanged, login, now_s)?;
    say(&format!("{login} can sign in."))
}

fn pending(dir: &Path, now_s: i64) -> anyhow::Result<()> {
    let pending = Store::open(dir)?.pending(now_s)?;
    if pending.is_empty() {
        return say("No station waits.");
    }
    for one in pending {
        let way = match one.asking {
            Asking::Online => "",
            Asking::ByStick => " by a stick",
        };
        let ago_s = (now_s - one.asked_s).max(0);
        say(&format!("{}  {}  key {}  asked{way} {ago_s} s ago", one.code, one.name, one.fingerprint))?;
    }
    Ok(())
}
