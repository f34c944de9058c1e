//! One message: read from its bytes, and written to the same.

use super::checksum::{ChecksumMode, ChecksumState, checksum_of};
use super::{Field, Kind, SipFault};

/// Characters of a date: `YYYYMMDD`, four of zone, `HHMMSS`. No other piece is as wide.
const DATE_WIDTH: usize = 18;

/// What follows the fields: a sequence number and a checksum (error detection), each as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trailer {
    /// The character behind `AY`; 0 to 9 where the standard is kept.
    pub sequence: Option<u8>,
    /// What stands behind `AZ`; four hexadecimal digits where the standard is kept.
    pub checksum: Option<Vec<u8>>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    kind: &'static Kind,
    fixed: Vec<u8>,
    fields: Vec<Field>,
    /// Whether the last field is ended by `|`; some servers forget it.
    last_ended: bool,
    trailer: Trailer,
}

impl Message {
    /// A message to be sent: `fixed` are the pieces of its fixed part, each cut or filled with spaces to its width.
    #[must_use]
    pub fn new(kind: &'static Kind, fixed: &[&str], fields: Vec<Field>) -> Message {
        let mut bytes = Vec::with_capacity(kind.width());
        for (index, part) in kind.fixed.iter().enumerate() {
            let text = fixed.get(index).copied().unwrap_or_default();
            let sent = text.bytes().map(|byte| if byte.is_ascii_graphic() { byte } else { b' ' });
            bytes.extend(sent.chain(std::iter::repeat(b' ')).take(part.width));
        }
        Message { kind, fixed: bytes, fields, last_ended: true, trailer: Trailer::default() }
    }

    /// The same message with a sequence number, 0 to 9, and a checksum.
    #[must_use]
    pub fn with_error_detection(mut self, sequence: u8) -> Message {
        self.trailer = Trailer { sequence: Some(b'0' + sequence % 10), checksum: Some(Vec::new()) };
        let sum = checksum_of(&self.bytes());
        self.trailer.checksum = Some(sum.into_bytes());
        self
    }

    /// Reads a message without its end.
    ///
    /// # Errors
    /// [`SipFault`]; a checksum only where `mode` is strict.
    pub fn read(bytes: &[u8], mode: ChecksumMode) -> Result<Message, SipFault> {
        let code =
            bytes.get(..2).filter(|code| code.iter().all(u8::is_ascii_digit)).ok_or(SipFault::NoCode)?;
        let kind = Kind::of(code)
            .ok_or_else(|| SipFault::UnknownCode { code: String::from_utf8_lossy(code).into_owned() })?;
        let behind = 2 + kind.width();
        let Some((fixed, rest)) = bytes.get(2..).and_then(|rest| rest.split_at_checked(kind.width())) else {
            let (code, name, wanted) = (kind.code, kind.name, kind.width());
            return Err(SipFault::CutShort { code, name, wanted, found: bytes.len().saturating_sub(2) });
        };
        let misaligned = SipFault::Misaligned { code: kind.code, name: kind.name, at: behind };
        let (fields, last_ended, trailer) = tail(rest, behind, misaligned)?;
        let message = Message { kind, fixed: fixed.to_vec(), fields, last_ended, trailer };
        if message.parts().any(|(_, value)| value.len() == DATE_WIDTH && !may_be_date(value)) {
            return Err(SipFault::Misaligned { code: kind.code, name: kind.name, at: behind });
        }
        match (mode, message.checksum()) {
            (ChecksumMode::Strict, ChecksumState::Wrong { wanted }) => {
                let found = message.trailer.checksum.as_deref().unwrap_or_default();
                Err(SipFault::Checksum { found: String::from_utf8_lossy(found).into_owned(), wanted })
            }
            (ChecksumMode::Off | ChecksumMode::Lenient | ChecksumMode::Strict, _) => Ok(message),
        }
    }

    /// Its bytes, without its end.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.kind.code.as_bytes().to_vec();
        bytes.extend(&self.fixed);
        for (index, field) in self.fields.iter().enumerate() {
            bytes.extend(&field.id);
            bytes.extend(&field.value);
            if self.last_ended || index + 1 < self.fields.len() {
                bytes.push(b'|');
            }
        }
        if let Some(sequence) = self.trailer.sequence {
            bytes.extend([b'A', b'Y', sequence]);
        }
        if let Some(checksum) = &self.trailer.checksum {
            bytes.extend(b"AZ");
            bytes.extend(checksum);
        }
        bytes
    }

    /// Its bytes with the end of a message, CR alone, as they go down the wire in one piece.
    #[must_use]
    pub fn on_the_wire(&self) -> Vec<u8> {
        let mut bytes = self.bytes();
        bytes.push(b'\r');
        bytes
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// A piece of its fixed part, by its name.
    #[must_use]
    pub fn fixed(&self, name: &str) -> Option<&[u8]> {
        self.parts().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The pieces of its fixed part, in order.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        let mut rest = self.fixed.as_slice();
        self.kind.fixed.iter().map(move |part| {
            let (value, behind) = rest.split_at_checked(part.width).unwrap_or((rest, &[]));
            rest = behind;
            (part.name, value)
        })
    }

    /// Its fields, in order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The first field with this identifier.
    #[must_use]
    pub fn field(&self, id: &[u8; 2]) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == *id)
    }

    /// What follows the fields.
    #[must_use]
    pub fn trailer(&self) -> &Trailer {
        &self.trailer
    }

    /// How its checksum is.
    #[must_use]
    pub fn checksum(&self) -> ChecksumState {
        // Some send `AZ` and no digits.
        let Some(found) = self.trailer.checksum.as_ref().filter(|found| !found.is_empty()) else {
            return ChecksumState::Absent;
        };
        let bytes = self.bytes();
        let wanted = checksum_of(bytes.get(..bytes.len() - found.len()).unwrap_or_default());
        if found.eq_ignore_ascii_case(wanted.as_bytes()) {
            ChecksumState::Good
        } else {
            ChecksumState::Wrong { wanted }
        }
    }
}

/// Fields and trailer of what follows the fixed part at place `behind`.
fn tail(rest: &[u8], behind: usize, misaligned: SipFault) -> Result<(Vec<Field>, bool, Trailer), SipFault> {
    let mut fields = Vec::new();
    let mut at = behind;
    for segment in rest.split_inclusive(|byte| *byte == b'|') {
        let ended = segment.ends_with(b"|");
        let segment = segment.strip_suffix(b"|").unwrap_or(segment);
        if !ended && let Some(trailer) = trailer(segment) {
            return Ok((fields, true, trailer));
        }
        match segment.split_first_chunk::<2>() {
            Some((id, value)) if is_id(*id) => {
                fields.push(Field { id: *id, value: value.to_vec() });
            }
            Some(_) | None if at == behind => return Err(misaligned),
            Some(_) | None => return Err(SipFault::NotAField { at }),
        }
        if !ended {
            return Ok((fields, false, Trailer::default()));
        }
        at += segment.len() + 1;
    }
    Ok((fields, true, Trailer::default()))
}

/// Whether a field may begin so: a capital letter, and another or a digit.
fn is_id([first, second]: [u8; 2]) -> bool {
    first.is_ascii_uppercase() && (second.is_ascii_uppercase() || second.is_ascii_digit())
}

/// Whether a date may stand there: digits and spaces but in its zone. A character missing before it brings a field's letter in.
fn may_be_date(value: &[u8]) -> bool {
    let is_zone = |place: usize| (8..12).contains(&place);
    value.iter().enumerate().all(|(place, byte)| is_zone(place) || byte.is_ascii_digit() || *byte == b' ')
}

/// `AYn`, `AZxxxx`, or both: what is not ended by `|`.
fn trailer(segment: &[u8]) -> Option<Trailer> {
    let (sequence, rest) = match segment.strip_prefix(b"AY").and_then(<[u8]>::split_first) {
        Some((sequence, rest)) => (Some(*sequence), rest),
        None => (None, segment),
    };
    match rest.strip_prefix(b"AZ") {
        Some(checksum) => Some(Trailer { sequence, checksum: Some(checksum.to_vec()) }),
        None if rest.is_empty() && sequence.is_some() => Some(Trailer { sequence, checksum: None }),
        None => None,
    }
}
