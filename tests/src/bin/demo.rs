//! `cargo demo`: see `tests::demo`. The same program is also each of the parts, when it is started in that role.

use anyhow::{Context, ensure};
use clap::Parser;
use desk::Screen;
use exchange::Lang;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tests::demo::chance::Chance;
use tests::demo::day::{self, Counts, Region};
use tests::demo::parts::{PATIENCE, Part, ROLE_ENV, Station};
use tests::demo::school::School;
use tests::demo::show::{Show, line};

/// A sample school on this computer: a region, stations with simulated readers, and the screen.
///
/// With a display, the kiosk's window opens and a bench beside it, on which one "scans" cards and books. Without one, or
/// with --headless, a whole day is played through the real programs, and every screen is written as a picture.
#[derive(Debug, Parser)]
#[command(
    name = "demo",
    bin_name = "cargo demo",
    after_help = "Examples:\n  cargo demo\n  cargo demo --headless --out /tmp/day --seed 7\n  cargo demo --lang ru"
)]
struct Options {
    /// Where everything is written: databases, logs, pictures. What an earlier demo left there is replaced.
    #[arg(long, default_value = "demo-out")]
    out: PathBuf,
    /// Language of the stations' screens: kk, ru or en.
    #[arg(long, default_value = "kk", value_parser = lang)]
    lang: Lang,
    /// The same seed invents the same school and plays the same day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Play the day without a window.
    #[arg(long)]
    headless: bool,
}

fn lang(code: &str) -> Result<Lang, String> {
    Lang::from_code(code).ok_or_else(|| "kk, ru or en is expected".into())
}

fn main() -> anyhow::Result<()> {
    let args: Vec<OsString> = std::env::args_os().collect();
    match std::env::var(ROLE_ENV).ok().as_deref() {
        Some("hub") => hub::cli::main_with_args(args),
        Some("station") => station::cli::main_with_args(args),
        Some("screen") => kiosk_ui::cli::main_with_args(args),
        Some(other) => anyhow::bail!("{ROLE_ENV}={other}: hub, station or screen is expected"),
        None => run(&Options::parse_from(args)),
    }
}

fn run(options: &Options) -> anyhow::Result<()> {
    let begun = Instant::now();
    prepare(&options.out)?;
    let out = options.out.canonicalize()?;
    let mut show = Show::new(&out.join("screens"))?;
    let mut chance = Chance::new(options.seed);

    line(&format!("A sample school, a region and two stations, all on this computer (seed {})", options.seed));
    show.chapter("The region gets the school's files");
    let school = School::invent(&mut chance);
    let mut region = Region::set_up(&out, &school, &show)?;
    let password = format!("{:016x}", chance.next_u64());
    region.add_staff("librarian", &password)?;
    region.start()?;
    show.detail(&format!("the region's page: {}  (sign in as librarian, {password})", region.url()));

    show.chapter("Two stations join");
    let mut hall = day::open_station(&out, "hall", &region, options.lang, &show)?;
    let mut reading_room = day::open_station(&out, "reading-room", &region, options.lang, &show)?;

    if !options.headless && has_display() {
        return by_hand(&school, &hall, &show);
    }
    let screen = start_headless_screen(&hall, &out)?;
    day::play(&school, &mut region, &mut hall, &mut reading_room, &mut chance, &mut show)?;
    wait_until_sent(&hall, &show)?;
    wait_until_sent(&reading_room, &show)?;

    show.chapter("Evening: do all numbers agree?");
    let used: Vec<_> = [
        ("station", Some(hall.part.pid())),
        ("screen", Some(screen.pid())),
        ("region", region.pid()),
    ]
    .into_iter()
    .filter_map(|(name, pid)| Some(format!("{name} {:.0} MB", rss_mb(pid?)?)))
    .collect();
    show.detail(&format!("memory used: {}", used.join(", ")));
    drop(screen);
    let here = count_journal(&hall.dir)?.plus(count_journal(&reading_room.dir)?);
    drop((hall, reading_room));
    region.kill()?;
    let (there, reviews) = count_region(region.dir())?;
    show.detail(&format!("stations' journals: {here:?}"));
    show.detail(&format!("region:             {there:?}"));
    ensure!(here == there, "the region's numbers are not those of the journals");
    let pictures = show.pictures() + write_gallery(&out.join("screens"))?;
    show.detail(&format!("{pictures} pictures in {}", out.join("screens").display()));
    show.detail(&format!("{:.0} s", begun.elapsed().as_secs_f32()));
    line(&format!(
        "{{\"lent\":{},\"returned\":{},\"renewed\":{},\"refused\":{},\"journal_events\":{},\"region_events\":{},\
         \"reviews\":{reviews},\"screens\":{pictures}}}",
        here.lent, here.returned, here.renewed, here.refused, here.events, there.events
    ));
    Ok(())
}
