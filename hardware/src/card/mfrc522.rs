//! NXP MFRC522: a small reader chip for student cards, on SPI, through the `mfrc522` crate.
//!
//! The crate carries frames; what is asked is ours, since its own selection trusts the card with the number of cascade
//! levels. It waits without end for a chip that is gone, so each call has a bound of frames on the bus ([`Fuse`]).

use embedded_hal::spi::{ErrorKind, ErrorType, Operation, SpiDevice};
use mfrc522::comm::blocking::spi::{DummyDelay, SpiInterface};
use mfrc522::{Error, Initialized, Mfrc522};

use super::CardReader;
use super::select::read_uid;
use crate::rfid::ReaderFault;

/// Most frames on the bus in one call: a whole UID needs some 150 and the polls of three time-outs of 25 ms.
const MOST_FRAMES: u32 = 6_000;
/// Versions that chips tell: 1.0 and 2.0, a common copy, and one that another maker's copies tell.
const VERSIONS: [u8; 4] = [0x91, 0x92, 0x88, 0xB2];

/// A bus that fails after so many frames, until it is wound up again.
#[derive(Debug)]
pub struct Fuse<S> {
    spi: S,
    left: std::rc::Rc<std::cell::Cell<u32>>,
}

/// Why a frame did not go.
#[derive(Debug, PartialEq, Eq)]
pub enum FuseError<E> {
    /// The bus failed.
    Bus(E),
    /// The call's frames are used up: the chip does not answer.
    Blown,
}

impl<E: embedded_hal::spi::Error> embedded_hal::spi::Error for FuseError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Bus(error) => error.kind(),
            Self::Blown => ErrorKind::Other,
        }
    }
}

impl<S: SpiDevice> ErrorType for Fuse<S> {
    type Error = FuseError<S::Error>;
}

impl<S: SpiDevice> SpiDevice for Fuse<S> {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Self::Error> {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            None => return Err(FuseError::Blown),
        }
        self.spi.transaction(operations).map_err(FuseError::Bus)
    }
}

type Chip<S> = Mfrc522<SpiInterface<Fuse<S>, DummyDelay>, Initialized>;

/// The reader.
pub struct Mfrc522Reader<S: SpiDevice> {
    chip: Chip<S>,
    fuse: std::rc::Rc<std::cell::Cell<u32>>,
}

impl<S: SpiDevice> Mfrc522Reader<S> {
    /// Starts the chip. SPI: mode 0, most significant bit first, at most 10 MHz.
    ///
    /// # Errors
    /// [`ReaderFault::Gone`] when nothing or something else answers; says where to look.
    pub fn start(spi: S) -> Result<Self, ReaderFault> {
        let fuse = std::rc::Rc::new(std::cell::Cell::new(MOST_FRAMES));
        let spi = Fuse { spi, left: std::rc::Rc::clone(&fuse) };
        let mut chip = Mfrc522::new(SpiInterface::new(spi)).init().map_err(|error| gone(&error))?;
        match chip.version().map_err(|error| gone(&error))? {
            version if VERSIONS.contains(&version) => Ok(Self { chip, fuse }),
            0x00 | 0xFF => Err(ReaderFault::Gone(
                "nothing answers on this bus; look at the wires MISO, MOSI, SCK, SDA and at 3.3 V".into(),
            )),
            other => {
                Err(ReaderFault::Gone(format!("it says it is of version {other:02X}, which is no MFRC522")))
            }
        }
    }

    fn exchange(&mut self, frame: &[u8], answer_bytes: usize) -> Result<Vec<u8>, ReaderFault> {
        match self.chip.transceive::<5>(frame, 0, 0) {
            Ok(answer) if answer.valid_bytes == answer_bytes && answer.valid_bits == 0 => {
                Ok(answer.buffer.into_iter().take(answer_bytes).collect())
            }
            Ok(_) => Err(ReaderFault::Garbled),
            Err(error) => Err(fault(&error)),
        }
    }
}

impl<S: SpiDevice> CardReader for Mfrc522Reader<S> {
    fn card_uid(&mut self) -> Result<Option<Vec<u8>>, ReaderFault> {
        self.fuse.set(MOST_FRAMES);
        match self.chip.wupa() {
            Ok(_) => {}
            Err(Error::Timeout) => {
                // A chip that is gone is as silent as an empty field.
                let version = self.chip.version().map_err(|error| gone(&error))?;
                return if VERSIONS.contains(&version) {
                    Ok(None)
                } else {
                    Err(ReaderFault::Gone("the chip has lost its supply or its wires".into()))
                };
            }
            Err(error) => return Err(fault(&error)),
        }
        let uid = read_uid(|frame, answer_bytes| self.exchange(frame, answer_bytes));
        // A card that sleeps is woken by the next look; one that stays awake would not answer it.
        match self.chip.hlta() {
            Ok(()) | Err(Error::Nak) => {}
            Err(error) => {
                if let gone @ ReaderFault::Gone(_) = fault(&error) {
                    return Err(gone);
                }
            }
        }
        uid.map(Some)
    }
}

fn fault<E: std::fmt::Debug>(error: &Error<FuseError<E>>) -> ReaderFault {
    match error {
        Error::Comm(_) | Error::Overheating => gone(error),
        Error::Timeout => ReaderFault::NoAnswer,
        Error::Bcc
        | Error::BufferOverflow
        | Error::Collision
        | Error::Crc
        | Error::IncompleteFrame
        | Error::Parity
        | Error::Protocol
        | Error::Wr
        | Error::Nak
        | Error::NoRoom
        | Error::Proprietary => ReaderFault::Garbled,
    }
}

fn gone<E: std::fmt::Debug>(error: &Error<FuseError<E>>) -> ReaderFault {
    ReaderFault::Gone(match error {
        Error::Comm(FuseError::Bus(fault)) => format!("{fault:?}"),
        Error::Comm(FuseError::Blown)
        | Error::Bcc
        | Error::BufferOverflow
        | Error::Collision
        | Error::Crc
        | Error::IncompleteFrame
        | Error::Overheating
        | Error::Parity
        | Error::Protocol
        | Error::Timeout
        | Error::Wr
        | Error::Nak
        | Error::NoRoom
        | Error::Proprietary => "it does not answer as it should; look at its wires and its 3.3 V".into(),
    })
}
