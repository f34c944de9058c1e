//! `cargo demo`: see `tests::demo`. The same program is also each of the parts, when it is started in that role.

use anyhow::{Context, bail, ensure};
use clap::Parser;
use exchange::Lang;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Instant;
use tests::demo::chance::Chance;
use tests::demo::day::{self, Region};
use tests::demo::parts::{Part, Programs, ROLE_ENV, Station};
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

    line(&format!(
        "A sample school, a region and two stations, all on this computer (seed {})",
        options.seed
    ));
    show.chapter("The region gets the school's files");
    let school = School::invent(&mut chance);
    let programs = Programs::own()?;
    let mut region = Region::set_up(&programs, &out, &school, |line| show.detail(line))?;
    let password = format!("{:016x}", chance.next_u64());
    region.add_staff("librarian", &password)?;
    region.start()?;
    show.detail(&format!("the region's page: {}  (sign in as librarian, {password})", region.url()));

    show.chapter("Two stations join");
    let mut hall = day::open_station(&region, &out.join("hall"), options.lang, |line| show.detail(line))?;
    let mut reading_room =
        day::open_station(&region, &out.join("reading-room"), options.lang, |line| show.detail(line))?;

    if !options.headless && has_display() {
        return by_hand(&programs, &school, &hall, &out, &show);
    }
    let screen = Part::start(
        &programs,
        "screen",
        &[OsStr::new("run"), "--headless".as_ref(), "--socket".as_ref(), hall.socket().as_ref()],
        &out.join("screen.log"),
    )?;
    let back_s = day::play(&school, &mut region, &mut hall, &mut reading_room, &mut chance, &mut show)?;
    show.detail("the stations call again by themselves, each at a moment by chance");
    for station in [&hall, &reading_room] {
        station.wait_until_sent(back_s)?;
        show.detail(&format!("{}: the region has everything", station.name()));
    }

    show.chapter("Evening: do all numbers agree?");
    let used: Vec<_> =
        [("station", Some(hall.part.pid())), ("screen", Some(screen.pid())), ("region", region.pid())]
            .into_iter()
            .filter_map(|(name, pid)| Some(format!("{name} {:.0} MB", rss_mb(pid?)?)))
            .collect();
    show.detail(&format!("memory used: {}", used.join(", ")));
    drop(screen);
    let here = hall.close()?.plus(reading_room.close()?);
    region.kill()?;
    let (there, reviews) = region.counts()?;
    show.detail(&format!("stations' journals: {here:?}"));
    show.detail(&format!("region:             {there:?}"));
    ensure!(here == there, "the region's numbers are not those of the journals");
    let pictures = show.pictures() + kiosk_ui::gallery::write_pictures(&out.join("gallery"))?;
    show.detail(&format!("{pictures} pictures in {0}/screens and {0}/gallery", out.display()));
    show.detail(&format!(
        "{:.0} s in all. To read what the region knows: {}",
        begun.elapsed().as_secs_f32(),
        serve_words(&out)
    ));
    line(&format!(
        "{{\"lent\":{},\"returned\":{},\"renewed\":{},\"refused\":{},\"journal_events\":{},\"region_events\":{},\
         \"reviews\":{reviews},\"screens\":{pictures}}}",
        here.lent, here.returned, here.renewed, here.refused, here.events, there.events
    ));
    Ok(())
}

/// A folder of this demo's own: what an earlier one left is removed, and nothing else ever is.
fn prepare(out: &Path) -> anyhow::Result<()> {
    let mark = out.join(".oqyrman-demo");
    if out.exists() && std::fs::read_dir(out).with_context(|| format!("{}", out.display()))?.next().is_some()
    {
        if !mark.exists() {
            bail!(
                "{}: this folder holds something that is no demo; name another one with --out",
                out.display()
            );
        }
        std::fs::remove_dir_all(out).with_context(|| format!("{}: cannot be emptied", out.display()))?;
    }
    std::fs::create_dir_all(out).with_context(|| format!("{}: cannot be made", out.display()))?;
    std::fs::write(mark, "")?;
    Ok(())
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Opens the kiosk's window and the bench, and waits until the kiosk's is closed.
fn by_hand(
    programs: &Programs,
    school: &School,
    hall: &Station,
    out: &Path,
    show: &Show,
) -> anyhow::Result<()> {
    show.chapter(
        "Your turn: scan cards and books on the bench or lay books on the pad, touch the kiosk; close the kiosk's window to end",
    );
    let labels = out.join("labels.tsv");
    school.write_labels(&labels)?;
    let socket = hall.scan_socket();
    let pad = hall.pad_socket();
    let args = [
        OsStr::new("bench"),
        "--socket".as_ref(),
        socket.as_ref(),
        "--pad".as_ref(),
        pad.as_ref(),
        "--labels".as_ref(),
        labels.as_ref(),
    ];
    let bench = Part::start(programs, "screen", &args, &out.join("bench.log"))?;
    let kiosk = Part::start(
        programs,
        "screen",
        &[OsStr::new("run"), "--socket".as_ref(), hall.socket().as_ref()],
        &out.join("screen.log"),
    )?;
    let status = kiosk.wait()?;
    drop(bench);
    ensure!(
        status.success(),
        "the kiosk's window ended with {status}; see {}",
        out.join("screen.log").display()
    );
    Ok(())
}

fn serve_words(out: &Path) -> String {
    format!("cargo run -p hub -- serve {}", out.join("region").display())
}

/// Memory a process holds, in MB of 10^6 bytes; `None` if the system does not say.
fn rss_mb(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? * 1024.0 / 1e6)
}
