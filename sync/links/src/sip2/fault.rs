//! Why bytes are no message.

/// Why bytes are no message. Places are counted in bytes from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SipFault {
    /// Fewer than two characters, or no digits where the code is.
    #[error("a message begins with two digits, its code")]
    NoCode,
    /// No message of SIP2 has this code.
    #[error("no message has the code {code}")]
    UnknownCode {
        /// What stands there.
        code: String,
    },
    /// It ends in the middle of its fixed part.
    #[error("{name} ({code}) ends after {found} of the {wanted} characters of its fixed part")]
    CutShort {
        /// Its code.
        code: &'static str,
        /// Its name.
        name: &'static str,
        /// Characters that its fixed part has.
        wanted: usize,
        /// Characters that are there.
        found: usize,
    },
    /// What stands behind the fixed part is no field: a character is missing or too many before it.
    #[error(
        "{name} ({code}): no field begins at place {at}, behind the fixed part; a character is missing or too many before it"
    )]
    Misaligned {
        /// Its code.
        code: &'static str,
        /// Its name.
        name: &'static str,
        /// Where a field should begin.
        at: usize,
    },
    /// A field without an identifier of two characters.
    #[error("at place {at} no field begins: a capital letter and another or a digit are expected")]
    NotAField {
        /// Where.
        at: usize,
    },
    /// More bytes than a message may have.
    #[error("more than {limit} bytes without an end of the message")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// The checksum is wrong, and the site wants it right.
    #[error("the checksum is {found}, {wanted} would be right")]
    Checksum {
        /// As it came.
        found: String,
        /// As it should be.
        wanted: String,
    },
}

impl SipFault {
    /// A word for programs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            SipFault::NoCode => "no_code",
            SipFault::UnknownCode { .. } => "unknown_code",
            SipFault::CutShort { .. } => "cut_short",
            SipFault::Misaligned { .. } => "misaligned",
            SipFault::NotAField { .. } => "not_a_field",
            SipFault::TooLong { .. } => "too_long",
            SipFault::Checksum { .. } => "checksum",
        }
    }

    /// Where, in bytes from 0, if it is about a place.
    #[must_use]
    pub fn at(&self) -> Option<usize> {
        match self {
            SipFault::NoCode | SipFault::UnknownCode { .. } => Some(0),
            SipFault::CutShort { found, .. } => Some(found + 2),
            SipFault::Misaligned { at, .. } | SipFault::NotAField { at } => Some(*at),
            SipFault::TooLong { .. } | SipFault::Checksum { .. } => None,
        }
    }
}
