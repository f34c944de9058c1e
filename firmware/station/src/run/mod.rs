//! The running station: one thread that owns desk and journal, and hears of everything else by message.
//!
//! Everything that can be refused is looked at before anything starts; the journal is opened before a socket is made, so
//! that a second station in the same folder disturbs nothing.

mod care;
mod copies;
mod figures;
mod library;
mod link;
mod pad;
mod receipt;
mod station;
mod stick;
mod waiting;
mod watch;

use crate::caller::{Caller, LinkEvent};
use crate::config::Config;
use crate::control::{self, Ask, Told};
use crate::identity;
use crate::library::{Librarian, LibraryEvent};
use crate::screen::{ScreenEvent, Screens};
use anyhow::Context;
use desk::SetupFault;
use hardware::barcode::ReaderEvent;
use hardware::power::PowerEvent;
use hardware::printer::{Letters, PrinterEvent};
use hardware::rfid::pad::PadEvent;
use links::https::TimeFloor;
use sd_notify::NotifyState;
use station::Station;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::mpsc::{Sender, SyncSender, sync_channel};
pub use waiting::for_set_up;

/// Most messages that may wait for the loop; whoever has another one waits with it.
const MOST_WAITING: usize = 256;

/// The letters of the screen are those of the paper.
const REGULAR: &[u8] = include_bytes!("../../../../kiosk-ui/fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../../kiosk-ui/fonts/NotoSans-Bold.ttf");

/// Something that happened outside the loop.
#[derive(Debug)]
pub enum Happening {
    /// A reader.
    Reader(ReaderEvent),
    /// A pad.
    Pad(PadEvent),
    /// A screen.
    Screen(ScreenEvent),
    /// The receipt printer.
    Printer(PrinterEvent),
    /// The supply.
    Power(PowerEvent),
    /// The link.
    Link(LinkEvent),
    /// A stick.
    Stick(desk::StickNews),
    /// The library system.
    Library(LibraryEvent),
    /// A command on this machine.
    Asked(Ask, Sender<Told>),
    /// Does everything move?
    Pulse(Sender<watch::Moves>),
    /// What was seen of the machine.
    Seen(Box<crate::doctor::Machine>),
    /// The system wants the station to stop.
    Stop,
}

impl From<ReaderEvent> for Happening {
    fn from(event: ReaderEvent) -> Happening {
        Happening::Reader(event)
    }
}

impl From<PadEvent> for Happening {
    fn from(event: PadEvent) -> Happening {
        Happening::Pad(event)
    }
}

impl From<PowerEvent> for Happening {
    fn from(event: PowerEvent) -> Happening {
        Happening::Power(event)
    }
}

impl From<PrinterEvent> for Happening {
    fn from(event: PrinterEvent) -> Happening {
        Happening::Printer(event)
    }
}

impl From<ScreenEvent> for Happening {
    fn from(event: ScreenEvent) -> Happening {
        Happening::Screen(event)
    }
}

/// Runs a station until the system asks it to stop. `setup`: a set-up file that was not taken, for the screen.
///
/// # Errors
/// What keeps it from starting, in words.
pub fn run(config: &Config, setup: Option<SetupFault>) -> anyhow::Result<()> {
    make_data_dir(&config.data_dir)?;
    let key = identity::key(&config.data_dir)?;
    let floor = TimeFloor::new(0);
    let caller = match &config.region {
        Some(region) => Some({
            let voucher = identity::voucher(&config.data_dir)?;
            Caller::new(region, &config.name, (key.clone(), voucher), &floor)?
        }),
        None => None,
    };
    let librarian = config.library.as_ref().map(|library| Librarian::new(library, &floor)).transpose()?;
    let (events, happenings) = sync_channel(MOST_WAITING);
    stop_on_signal(events.clone())?;
    let mut station = Station::open(config, floor)?;
    control::listen(&config.data_dir, events.clone())?;
    station.show_on(Screens::listen(&config.screen.socket, events.clone())?);
    station.read_by(hardware::barcode::start(&config.readers, events.clone())?);
    let power =
        config.power.as_ref().map(|power| hardware::power::start(power, events.clone())).transpose()?;
    station.signal_by(hardware::signal::start(&config.signals)?);
    station.write_gate_by(hardware::rfid::pad::start(&config.pads, &config.tag, &events)?);
    if let Some(printer) = &config.printer {
        let letters = Letters::new(REGULAR, BOLD)?;
        station.print_on(hardware::printer::start(printer, letters, events.clone())?, key);
    }
    if let Some(caller) = caller {
        station.nudge_by(caller.start(station.membership(), events.clone())?);
    }
    if let Some(librarian) = librarian {
        station.ask_library_by(librarian.start(events.clone())?);
    }
    station.write_sticks_by(stick::start(&config.data_dir, events.clone())?);
    station.say_of_set_up(setup);
    let care = care::start(&config.data_dir, events.clone())?;
    let watched = watch::start(events.clone())?;
    drop(events);
    tracing::info!(name = config.name, readers = config.readers.len(), "the station is open");
    let end = station.serve(&happenings);
    watch::tell(&[NotifyState::Stopping, NotifyState::Status("stops")]);
    drop((power, care, watched));
    tracing::info!("the station stops");
    end
}

/// Makes the data folder if it is not there: what is remembered of pupils is for the station's user alone.
///
/// # Errors
/// It cannot be made.
pub fn make_data_dir(path: &Path) -> anyhow::Result<()> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.with_context(|| format!("{}: the data folder cannot be made", path.display()))
}

fn stop_on_signal(events: SyncSender<Happening>) -> anyhow::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new([
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGHUP,
    ])
    .context("the system's wish to stop cannot be heard")?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        if signals.forever().next().is_some() {
            // Nobody hears it only when the station stops already.
            let _ = events.send(Happening::Stop);
        }
    })?;
    Ok(())
}
