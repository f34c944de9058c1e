//! Student cards by an NXP PN532 on a serial line (HSU: 115 200 bit/s, 8N1), as on the board itself or behind a USB adapter.
//!
//! The `pn532` crate makes requests and checks answers; its panics are kept out of reach by `BUFFER`. Over SPI the chip
//! wants the lowest bit first, which no Raspberry Pi sends and which the crate turns about by a feature of the whole program;
//! the serial line needs neither, nor pins.
//!
//! The chip does anticollision itself. It is asked for two cards, so that it says when there are two: nobody could say whose
//! visit that is. The field is off between two looks, so that a card hears the next one.

mod frame;

use std::io;
use std::path::Path;
use std::task::Poll;
use std::time::Duration;

use pn532::requests::{BorrowedRequest, Command, SAMMode};
use pn532::{Error, Interface, Pn532, Request};

use super::CardReader;
use crate::board::{Line, Parity, SerialLine, unusable};
use crate::rfid::ReaderFault;
use frame::Frames;

/// Bits per second after power-up.
const BAUD: u32 = 115_200;
/// Within which the chip answers what it only has to note.
const NOTED: Duration = Duration::from_millis(100);
/// Within which it has looked for cards: two tries, anticollision of ten bytes, RATS.
const LOOKED: Duration = Duration::from_millis(400);
/// After so long without a field a card has forgotten everything (ISO/IEC 14443-3, clause 5).
const FORGOTTEN: Duration = Duration::from_millis(6);
/// How long one wait for bytes is.
const WAIT: Duration = Duration::from_millis(10);
/// Within which a frame goes out.
const SENT: Duration = Duration::from_millis(100);
/// Most bytes of an answer: two cards with ten bytes and a long answer to select each.
const MOST_ANSWER: usize = 96;
/// The crate's buffer: an answer and nine bytes around it. Less would end in a panic of the crate's.
const BUFFER: usize = MOST_ANSWER + 9;
/// Wakes the chip: it takes its time after the first byte (user manual UM0701-02, clause 7.2.11).
const WAKE: [u8; 16] = [0x55, 0x55, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// The chip's own number in the answer to GetFirmwareVersion.
const IC_PN532: u8 = 0x32;

/// RFConfiguration, item 1: the field is off.
const FIELD_OFF: [u8; 2] = [0x01, 0x00];
/// RFConfiguration, item 5: how often activation is tried; without end is what the chip begins with.
const FEW_TRIES: [u8; 4] = [0x05, 0xFF, 0x01, 0x01];
/// InListPassiveTarget: at most two cards, type A at 106 kbit/s.
const TWO_CARDS: [u8; 2] = [0x02, 0x00];

/// Opens a line as the chip speaks, by a stable name as in `/dev/serial/by-id/`.
///
/// # Errors
/// [`ReaderFault::Gone`], in words that say what to do.
pub fn open(path: &Path) -> Result<SerialLine, ReaderFault> {
    SerialLine::open(path, BAUD, Parity::None)
        .map_err(|error| ReaderFault::Gone(unusable(&path.display().to_string(), "path", "dialout", &error)))
}

/// A reader of cards.
pub struct Pn532Reader<L> {
    chip: Pn532<Wire<L>, (), BUFFER>,
}

impl<L: Line> Pn532Reader<L> {
    /// Starts the chip on an open line.
    ///
    /// # Errors
    /// [`ReaderFault::Gone`] when nothing or something else answers; says where to look.
    pub fn start(line: L) -> Result<Self, ReaderFault> {
        let mut reader = Self { chip: Pn532::new_async(Wire { line, frames: Frames::default() }) };
        reader.set_up().map_err(|error| gone(&error))?;
        match reader.once(Command::GetFirmwareVersion, &[], NOTED).map_err(|error| gone(&error))?.as_slice() {
            [IC_PN532, ..] => Ok(reader),
            _ => Err(ReaderFault::Gone("what answers on this line is no PN532".into())),
        }
    }

    fn set_up(&mut self) -> Result<(), Error<io::Error>> {
        self.chip.interface.line.say(&WAKE, SENT)?;
        let sam = Request::sam_configuration(SAMMode::Normal, false);
        self.once(sam.command, &sam.data, NOTED)?;
        self.once(Command::RFConfiguration, &FEW_TRIES, NOTED)?;
        // A card that was selected before whatever went wrong is to hear the next look.
        self.once(Command::RFConfiguration, &FIELD_OFF, NOTED)?;
        let line = &mut self.chip.interface.line;
        let until = line.now() + FORGOTTEN;
        while line.now() < until {
            // Nothing was asked: what comes is meant for nobody.
            line.heard(until.saturating_sub(line.now()))?;
        }
        Ok(())
    }

    fn once(&mut self, command: Command, data: &[u8], limit: Duration) -> Result<Vec<u8>, Error<io::Error>> {
        let until = self.chip.interface.line.now() + limit;
        self.chip.send(BorrowedRequest::new(command, data))?;
        self.ready(until, Error::TimeoutAck)?;
        self.chip.receive_ack()?;
        self.ready(until, Error::TimeoutResponse)?;
        self.chip.receive_response(command, MOST_ANSWER).map(<[u8]>::to_vec)
    }

    /// Waits for a whole frame; `late` is the error when none comes by `until`.
    fn ready(&mut self, until: Duration, late: Error<io::Error>) -> Result<(), Error<io::Error>> {
        loop {
            match self.chip.interface.wait_ready() {
                Poll::Ready(outcome) => return Ok(outcome?),
                Poll::Pending if self.chip.interface.line.now() >= until => return Err(late),
                Poll::Pending => {}
            }
        }
    }

    /// Asks; where the answer does not come or is damaged, stops what the chip is at, sets it up and asks once more.
    fn ask(&mut self, command: Command, data: &[u8], limit: Duration) -> Result<Vec<u8>, ReaderFault> {
        let again = match self.once(command, data, limit) {
            Ok(answer) => return Ok(answer),
            Err(error @ Error::InterfaceError(_)) => return Err(gone(&error)),
            Err(error) => error,
        };
        tracing::debug!(?again, "the PN532 is asked again");
        self.chip.abort().and_then(|()| self.set_up()).map_err(|error| gone(&error))?;
        self.once(command, data, limit).map_err(|error| gone(&error))
    }
}

impl<L: Line> CardReader for Pn532Reader<L> {
    fn card_uid(&mut self) -> Result<Option<Vec<u8>>, ReaderFault> {
        let answer = self.ask(Command::InListPassiveTarget, &TWO_CARDS, LOOKED)?;
        self.ask(Command::RFConfiguration, &FIELD_OFF, NOTED)?;
        match *answer.as_slice() {
            [0] => Ok(None),
            // Number, SENS_RES, SEL_RES, length of the UID, UID; what a card answers to RATS may follow.
            [1, 1, _, _, _, length, ref rest @ ..] => {
                let uid = rest.get(..usize::from(length)).ok_or(ReaderFault::Nonsense)?;
                Ok(Some(uid.to_vec()))
            }
            [2, ..] => Err(ReaderFault::Garbled),
            _ => Err(ReaderFault::Nonsense),
        }
    }
}

fn gone(error: &Error<io::Error>) -> ReaderFault {
    ReaderFault::Gone(match error {
        Error::InterfaceError(error) => format!("the line is gone: {error}"),
        Error::TimeoutAck => {
            "no PN532 answers on this line; check its power, that RX and TX are crossed, and that its switches say HSU".into()
        }
        Error::TimeoutResponse => "the PN532 takes what it is asked and does not answer it".into(),
        Error::BadAck | Error::BadResponseFrame | Error::Syntax | Error::CrcError | Error::BufTooSmall => {
            "what the PN532 answers is damaged; check its ground and the length of its cable".into()
        }
    })
}

/// The line as the crate sees it.
struct Wire<L> {
    line: L,
    frames: Frames,
}

impl<L: Line> Interface for Wire<L> {
    type Error = io::Error;

    fn write(&mut self, frame: &mut [u8]) -> Result<(), io::Error> {
        // What comes before is an answer to an earlier question.
        self.frames.clear();
        self.line.forget()?;
        self.line.say(frame, SENT)
    }

    fn wait_ready(&mut self) -> Poll<Result<(), io::Error>> {
        if !self.frames.is_ready() {
            match self.line.heard(WAIT) {
                Ok(bytes) => self.frames.take(&bytes),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        if self.frames.is_ready() { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    /// One frame; zeros after it.
    fn read(&mut self, into: &mut [u8]) -> Result<(), io::Error> {
        let frame = self.frames.frame().unwrap_or_default();
        into.fill(0);
        into.iter_mut().zip(frame).for_each(|(into, byte)| *into = byte);
        Ok(())
    }
}
