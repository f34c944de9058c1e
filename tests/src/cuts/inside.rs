//! What runs in the machine: looks at what the last one left, then lends until the power goes.

use anyhow::{Context, ensure};
use desk::{Screen, Touch};
use exchange::{Act, Seq};
use journal::{Journal, JournalFound};
use station::bench::kiosk::{self, Kiosk};
use station::bench::school::{self, ITEMS, MAX_LOANS};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How the machine is set up.
#[derive(Debug)]
pub struct Inside {
    /// The station's program.
    pub station: PathBuf,
    /// The folder on the disk that is cut off.
    pub dir: PathBuf,
    /// A library that is laid under the station, to break it on purpose.
    pub preload: Option<PathBuf>,
}

/// Says on standard output, one a line: `there LABEL` for each loan in the journal, `sound` or `damaged`, then `yes LABEL`
/// for each loan that the screen shows, and `all` when every item is lent.
///
/// # Errors
/// The disk, or a station that does not do what it should.
pub fn run(inside: &Inside) -> anyhow::Result<()> {
    let data = inside.dir.join("data");
    if !data.exists() {
        school::fill(&data, station::clock::system_wall_s())?;
        kiosk::configure(&inside.dir, "")?;
        // Whoever sets a station up has the time to let the disk come to rest.
        rustix::fs::sync();
    }
    let lent = look(&data)?;
    let mut command = Command::new(&inside.station);
    command.arg("run").arg("--config").arg(inside.dir.join("oqyrman.toml"));
    if let Some(library) = &inside.preload {
        command.env("LD_PRELOAD", library);
    }
    let mut kiosk = Kiosk::start(&mut command, &inside.dir).with_context(|| {
        // The folder is out of reach as soon as the machine is off.
        std::fs::read_to_string(inside.dir.join("log")).unwrap_or_default()
    })?;
    let each = u32::from(MAX_LOANS);
    // Whoever was at the desk when the power went has what is in the journal; the next one begins with a card of their own.
    let first = u32::try_from(lent)?.div_ceil(each) * each;
    for number in first + 1..=ITEMS {
        if (number - 1) % each == 0 {
            kiosk.wait(|screen| matches!(screen, Screen::Idle { .. } | Screen::Finished { .. }))?;
            kiosk.scan(&school::card(1 + (number - 1) / each))?;
            kiosk.wait(|screen| matches!(screen, Screen::Visit { rows, .. } if rows.is_empty()))?;
        }
        let label = school::label(number);
        let wanted = ((number - 1) % each + 1) as usize;
        kiosk.scan(&label)?;
        let lent = |screen: &Screen| matches!(screen, Screen::Visit { rows, .. } if rows.len() == wanted);
        let no = |screen: &Screen| matches!(screen, Screen::Refused { .. } | Screen::OutOfOrder { .. });
        let view = kiosk.wait(|screen| lent(screen) || no(screen))?;
        ensure!(lent(&view.screen), "the station refused {label}: {:?}", view.screen);
        say("yes", &label)?;
        if number % each == 0 {
            kiosk.touch(Touch::Finish)?;
            kiosk.wait(|screen| matches!(screen, Screen::Idle { .. } | Screen::Finished { .. }))?;
        }
    }
    say("all", "")
}

/// Tells what the journal holds, and how many numbers are used up.
fn look(data: &Path) -> anyhow::Result<u64> {
    let (journal, report) = Journal::open(data, station::clock::system_wall_s())?;
    let mut last = 0;
    for event in journal.events(Seq(1), usize::MAX)? {
        if let Act::CheckedOut { item, .. } = &event.act {
            say("there", item.as_str())?;
            let number = (1..=ITEMS).find(|number| school::label(*number) == item.as_str());
            last = last.max(number.context("a label of another school")?);
        }
    }
    let sound = matches!(report.journal, JournalFound::Sound { .. });
    say(if sound { "sound" } else { "damaged" }, "")?;
    Ok(last.into())
}

fn say(word: &str, label: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{word} {label}")?;
    Ok(out.flush()?)
}
