//! A bundle: the messages of one station, or the region's answers to them, in a file that somebody carries. The same sealed
//! messages as over HTTPS are inside; around them is an `age` file that only the receiver opens; before that stands a cover
//! in clear that tells whose it is.
//!
//! ```text
//! bundle   = cover, age file
//! cover    = "OQYB", version: 1, kind: 0 request, 1 answer, mark of the region's key: 8 bytes,
//!            station: 4, epoch: 4, from: 8, upto: 8, length of the age file: 4 (numbers with the high byte first)
//! contents = count of messages (varint), then each: length (varint), message
//! ```
//! `age` brings the randomness and the files belong to whoever carries: neither is here.
//!
//! Invariants:
//! - A cover is believed for nothing but whose file it is and whether it is whole. What counts is signed within.
//! - No bundle is longer than [`MAX_LEN`]; nothing in one makes the reader take more memory than its file is long.

use super::bytes::{Reader, put_varint};
use super::{MAX_UNPACKED_LEN, PublicKey, WireError};
use crate::{Epoch, Seq, StationId};

/// The folder of a stick in which bundles lie.
pub const FOLDER: &str = "oqyrman";

/// The end of every bundle's name.
pub const SUFFIX: &str = ".oqb";

/// The longest bundle, in bytes.
pub const MAX_LEN: usize = MAX_UNPACKED_LEN;

/// The length of a cover, in bytes.
pub const COVER_LEN: usize = 42;

const MAGIC: &[u8; 4] = b"OQYB";
const VERSION: u8 = 1;

/// Most messages in one bundle.
const MAX_MESSAGES: usize = 4_096;

/// Which way a bundle goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// From a station to its region.
    Request,
    /// From a region to a station.
    Answer,
}

/// What stands on the outside of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cover {
    /// Which way it goes.
    pub kind: Kind,
    /// [`PublicKey::mark`] of the region's key. Stations of two regions may have one number.
    pub region: [u8; 8],
    /// Whose events, or for whom.
    pub station: StationId,
    /// Which life of the station's journal.
    pub epoch: Epoch,
    /// The first event within; of an answer, the first of the bundle that it answers.
    pub from: Seq,
    /// The last one; the one before `from` if there is none.
    pub upto: Seq,
}

/// Why a file is no bundle for whoever reads it, in words for who holds the stick.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// Something else under such a name.
    #[error("this is no bundle of a station or a region")]
    NotABundle,
    /// The system could not read the file, in its words.
    #[error("the file cannot be read: {0}; have it written again, on another stick if that does not help")]
    Unreadable(String),
    /// The file is shorter than its cover says.
    #[error("the bundle is half-written: the stick was pulled out too early; have it written again")]
    HalfWritten,
    /// Longer than the limit.
    #[error("the bundle is longer than {} MB", MAX_LEN >> 20)]
    TooLong,
    /// From a newer program.
    #[error("a newer program wrote this bundle (form {0}); this one knows form {VERSION}: update it")]
    Version(u8),
    /// It cannot be opened with the key that is here.
    #[error("the bundle is damaged, or sealed to another key")]
    Sealed,
    /// Its parts contradict each other.
    #[error("the bundle is damaged: {0}")]
    Damaged(&'static str),
    /// A message within.
    #[error("what is inside cannot be taken: {0}")]
    Message(#[from] WireError),
}

/// Why a stick cannot be read or written, in words for who holds it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StickFault {
    /// There is no such folder.
    #[error("there is no stick here: is it put in?")]
    Missing,
    /// What is called `oqyrman` on it is no folder.
    #[error("on this stick `{FOLDER}` is not a folder: delete it, or take another stick")]
    NotAFolder,
    /// It is full.
    #[error("the stick is full: delete something, or take another stick")]
    Full,
    /// It cannot be written to.
    #[error("the stick is write-protected: move its switch, or take another stick")]
    WriteProtected,
    /// It holds more files than anybody carries.
    #[error("there are too many files in `{FOLDER}` on this stick: empty it, or take another stick")]
    TooManyFiles,
    /// Something else, in the system's words.
    #[error("the stick cannot be read or written: {0}; take another stick")]
    Failing(String),
}

impl From<std::io::Error> for StickFault {
    fn from(error: std::io::Error) -> StickFault {
        use std::io::ErrorKind;
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the system has many more words, and finds new ones"
        )]
        match error.kind() {
            ErrorKind::NotFound => StickFault::Missing,
            ErrorKind::NotADirectory => StickFault::NotAFolder,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => StickFault::Full,
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => StickFault::WriteProtected,
            _ => StickFault::Failing(error.to_string()),
        }
    }
}

impl Cover {
    /// The cover of a station's bundle for the region with `region`'s key.
    pub fn request(region: &PublicKey, station: StationId, epoch: Epoch, from: Seq, upto: Seq) -> Cover {
        Cover { kind: Kind::Request, region: region.mark(), station, epoch, from, upto }
    }

    /// The cover of the answer to this one.
    #[must_use]
    pub fn answer(&self) -> Cover {
        Cover { kind: Kind::Answer, ..*self }
    }

    /// How many events its bundle says it has.
    pub fn events(&self) -> u64 {
        self.upto.next().0.saturating_sub(self.from.0)
    }

    /// The name of its file: for people, and so that no two bundles meet. Programs read the cover.
    pub fn name(&self) -> String {
        let answer = match self.kind {
            Kind::Request => "",
            Kind::Answer => ".answer",
        };
        let Cover { station, epoch, from, upto, .. } = self;
        let region = crate::hex::text(&self.region[..4]);
        format!("{region}-{station}-{epoch}-{}-{}{answer}{SUFFIX}", from.0, upto.0)
    }

    /// Puts the cover before an `age` file. `None` if that is too long.
    pub fn around(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let len = u32::try_from(sealed.len()).ok().filter(|_| sealed.len() <= MAX_LEN - COVER_LEN)?;
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        out.push(match self.kind {
            Kind::Request => 0,
            Kind::Answer => 1,
        });
        out.extend(self.region);
        out.extend(self.station.0.to_be_bytes());
        out.extend(self.epoch.0.to_be_bytes());
        out.extend(self.from.0.to_be_bytes());
        out.extend(self.upto.0.to_be_bytes());
        out.extend(len.to_be_bytes());
        out.extend(sealed);
        Some(out)
    }

    /// Reads a cover from the beginning of a file, of which [`COVER_LEN`] bytes are enough.
    ///
    /// # Errors
    /// [`BundleFault`].
    pub fn read(bytes: &[u8]) -> Result<Cover, BundleFault> {
        read(bytes).map(|(cover, _)| cover)
    }

    /// Takes the cover off a whole bundle, and checks that it is whole.
    ///
    /// # Errors
    /// [`BundleFault`].
    pub fn open(bytes: &[u8]) -> Result<(Cover, &[u8]), BundleFault> {
        if bytes.len() > MAX_LEN {
            return Err(BundleFault::TooLong);
        }
        let (cover, len) = read(bytes)?;
        let sealed = bytes.get(COVER_LEN..).unwrap_or_default();
        match sealed.len().cmp(&(len as usize)) {
            std::cmp::Ordering::Less => Err(BundleFault::HalfWritten),
            std::cmp::Ordering::Equal => Ok((cover, sealed)),
            std::cmp::Ordering::Greater => Err(BundleFault::Damaged("there is more than was written")),
        }
    }
}

fn read(bytes: &[u8]) -> Result<(Cover, u32), BundleFault> {
    let magic = bytes.get(..MAGIC.len()).unwrap_or(bytes);
    // A file system that lost power gives a file its length before its contents: nothing but zeros.
    if magic.iter().all(|byte| *byte == 0) {
        return Err(BundleFault::HalfWritten);
    }
    if !MAGIC.starts_with(magic) {
        return Err(BundleFault::NotABundle);
    }
    let mut reader = Reader(bytes.get(MAGIC.len()..).unwrap_or_default());
    let short = |_| BundleFault::HalfWritten;
    let version = reader.byte().map_err(short)?;
    if version != VERSION {
        return Err(BundleFault::Version(version));
    }
    let kind = match reader.byte().map_err(short)? {
        0 => Kind::Request,
        1 => Kind::Answer,
        _ => return Err(BundleFault::Damaged("it goes neither way")),
    };
    let cover = Cover {
        kind,
        region: reader.array().map_err(short)?,
        station: StationId(u32::from_be_bytes(reader.array().map_err(short)?)),
        epoch: Epoch(u32::from_be_bytes(reader.array().map_err(short)?)),
        from: Seq(u64::from_be_bytes(reader.array().map_err(short)?)),
        upto: Seq(u64::from_be_bytes(reader.array().map_err(short)?)),
    };
    Ok((cover, u32::from_be_bytes(reader.array().map_err(short)?)))
}

/// What is to be sealed: the messages, one after the other.
pub fn pack(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(messages.iter().map(|message| message.len() + 5).sum());
    put_varint(&mut out, messages.len() as u64);
    for message in messages {
        put_varint(&mut out, message.len() as u64);
        out.extend(message);
    }
    out
}

/// The messages of what was opened.
///
/// # Errors
/// [`BundleFault::Damaged`].
pub fn unpack(contents: &[u8]) -> Result<Vec<&[u8]>, BundleFault> {
    let damaged = |_| BundleFault::Damaged("its messages do not fit it");
    let mut reader = Reader(contents);
    let count: usize = reader.narrow().map_err(damaged)?;
    if count > MAX_MESSAGES {
        return Err(BundleFault::Damaged("it has too many messages"));
    }
    let mut messages = Vec::new();
    for _ in 0..count {
        let len = reader.narrow().map_err(damaged)?;
        messages.push(reader.take(len).map_err(damaged)?);
    }
    reader.end().map_err(damaged)?;
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::SecretKey;

    fn cover() -> Cover {
        let region = SecretKey::from_seed([9; 32]).public();
        Cover::request(&region, StationId(7), Epoch(2), Seq(501), Seq(620))
    }

    #[test]
    fn a_cover_comes_back() {
        for cover in [cover(), cover().answer()] {
            let bytes = cover.around(b"sealed").unwrap();
            assert_eq!(bytes.len(), COVER_LEN + 6);
            assert_eq!(Cover::open(&bytes), Ok((cover, &b"sealed"[..])));
            assert_eq!(Cover::read(&bytes[..COVER_LEN]), Ok(cover));
        }
        assert_eq!(cover().events(), 120);
        assert_eq!(Cover { upto: Seq(500), ..cover() }.events(), 0);
        let name = cover().name();
        assert!(name.ends_with("-7-2-501-620.oqb") && name.len() == 8 + 16, "{name}");
        assert!(cover().answer().name().ends_with("-7-2-501-620.answer.oqb"));
    }

    #[test]
    fn a_bundle_cut_anywhere_is_half_written() {
        let bytes = cover().around(b"sealed").unwrap();
        for len in 0..bytes.len() {
            assert_eq!(Cover::open(&bytes[..len]), Err(BundleFault::HalfWritten), "{len}");
        }
        assert_eq!(Cover::open(&[0; 100]), Err(BundleFault::HalfWritten));
        let more = [&bytes[..], b"x"].concat();
        assert!(matches!(Cover::open(&more), Err(BundleFault::Damaged(_))));
    }

    #[test]
    fn what_is_no_bundle_is_named() {
        assert_eq!(
            Cover::open(b"%PDF-1.7 and so on, at some length, as files are"),
            Err(BundleFault::NotABundle)
        );
        let mut newer = cover().around(b"sealed").unwrap();
        newer[4] = 2;
        assert_eq!(Cover::open(&newer), Err(BundleFault::Version(2)));
        newer[4] = 1;
        newer[5] = 2;
        assert!(matches!(Cover::open(&newer), Err(BundleFault::Damaged(_))));
        assert_eq!(Cover::open(&vec![b'O'; MAX_LEN + 1]), Err(BundleFault::TooLong));
        assert_eq!(cover().around(&vec![0; MAX_LEN]), None);
    }

    #[test]
    fn messages_come_back_and_hostile_ones_do_not() {
        let messages = [b"one".to_vec(), Vec::new(), vec![7; 300]];
        assert_eq!(unpack(&pack(&messages)).unwrap(), messages);
        assert_eq!(unpack(&pack(&[])).unwrap(), Vec::<&[u8]>::new());
        let packed = pack(&messages);
        for len in 0..packed.len() {
            assert!(unpack(&packed[..len]).is_err(), "{len}");
        }
        assert!(unpack(&[packed, vec![0]].concat()).is_err());
        // A count and a length of 2^63 and more.
        let mut huge = vec![0xff; 9];
        huge.push(1);
        assert!(unpack(&huge).is_err());
        huge.insert(0, 1);
        assert!(unpack(&huge).is_err());
    }
}
