//! The shell: a thread that owns the printer's line.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::PrinterConfig;
use super::escpos::{Trouble, pieces};
use super::line::Line;
use super::page::{Letters, Page};

/// How often a printer that has nothing to do is asked how it is.
const LOOK: Duration = Duration::from_secs(3);
/// How many pages may wait.
const WAITING: usize = 2;

/// What a printer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterEvent {
    /// It is ready, as far as it can be known. Told at the start and when trouble ends.
    Ready,
    /// It cannot print.
    Trouble(Trouble),
}

/// Why a printer could not be started.
#[derive(Debug, thiserror::Error)]
pub enum PrinterError {
    /// The system gave no thread.
    #[error("cannot start the printer: {0}")]
    System(#[from] io::Error),
}

/// A running printer. Dropping it waits for the page that is being printed.
#[derive(Debug)]
pub struct Printer {
    pages: Option<SyncSender<Page>>,
    thread: Option<JoinHandle<()>>,
}

impl Printer {
    /// Prints a page, if that can be done now; never waits. `false` = it was dropped, too many are waiting.
    pub fn print(&self, page: Page) -> bool {
        match self.pages.as_ref().map(|pages| pages.try_send(page)) {
            Some(Ok(())) => true,
            Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) | None => false,
        }
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.pages = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the printer's thread ended in a panic");
        }
    }
}

/// Starts the thread. A printer that is not there is no error: it is told, and looked for.
///
/// # Errors
/// [`PrinterError::System`].
pub fn start<T: From<PrinterEvent> + Send + 'static>(
    config: &PrinterConfig,
    letters: Letters,
    events: SyncSender<T>,
) -> Result<Printer, PrinterError> {
    let (sender, pages) = sync_channel(WAITING);
    let mut press = Press { config: config.clone(), letters, line: None, answers: false, told: None };
    let body = move || run(&mut press, &pages, &events);
    let thread = thread::Builder::new().name("printer".into()).spawn(body)?;
    Ok(Printer { pages: Some(sender), thread: Some(thread) })
}

/// Looks once how a printer is, and prints nothing.
///
/// # Errors
/// What keeps it from printing, in words for whoever sets it up.
pub fn look(config: &PrinterConfig) -> Result<(), String> {
    let path = config.path.display();
    let mut line = Line::open(&config.path, config.baud).map_err(|error| {
        format!("{path}: {error}; is it on, and is the station's user in the group 'lp'?")
    })?;
    line.ask(&mut false).map_err(|trouble| match trouble {
        Trouble::NoPaper => format!("{path}: there is no paper: put in a new roll"),
        Trouble::CoverOpen => format!("{path}: the cover is open: close it"),
        Trouble::Fault => format!("{path}: it tells a fault: turn it off, look for jammed paper, turn it on"),
        Trouble::Gone => format!("{path}: it takes nothing: is it on?"),
    })
}

fn run<T: From<PrinterEvent>>(press: &mut Press, pages: &Receiver<Page>, events: &SyncSender<T>) {
    let mut page = None;
    loop {
        let outcome = match page.take() {
            Some(page) => press.print(&page),
            None => press.ask(),
        };
        if outcome.is_err() && outcome != Err(Trouble::NoPaper) && outcome != Err(Trouble::CoverOpen) {
            press.line = None;
        }
        press.tell(outcome, events);
        match pages.recv_timeout(LOOK) {
            Ok(next) => page = Some(next),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

struct Press {
    config: PrinterConfig,
    letters: Letters,
    line: Option<Line>,
    /// Whether it has ever answered a question: then silence means something.
    answers: bool,
    told: Option<PrinterEvent>,
}

impl Press {
    fn line(&mut self) -> Result<&mut Line, Trouble> {
        if self.line.is_none() {
            self.line = Some(Line::open(&self.config.path, self.config.baud).map_err(|_| Trouble::Gone)?);
        }
        self.line.as_mut().ok_or(Trouble::Gone)
    }

    fn ask(&mut self) -> Result<(), Trouble> {
        let mut answers = self.answers;
        let outcome = self.line()?.ask(&mut answers);
        self.answers = answers;
        outcome
    }

    /// A page is begun only on a printer that is well; one that is cut short is not begun again.
    fn print(&mut self, page: &Page) -> Result<(), Trouble> {
        self.ask()?;
        let bitmap = page.draw(&self.letters, self.config.dots.count());
        let pieces = pieces(&bitmap, self.config.cut);
        let line = self.line()?;
        for piece in pieces {
            line.write(&piece)?;
        }
        Ok(())
    }

    fn tell<T: From<PrinterEvent>>(&mut self, outcome: Result<(), Trouble>, events: &SyncSender<T>) {
        let event = match outcome {
            Ok(()) => PrinterEvent::Ready,
            Err(trouble) => PrinterEvent::Trouble(trouble),
        };
        if self.told.replace(event) != Some(event) {
            tracing::info!(state = ?event, "the receipt printer");
            // Nobody listens any more when the station ends.
            let _ = events.send(event.into());
        }
    }
}
